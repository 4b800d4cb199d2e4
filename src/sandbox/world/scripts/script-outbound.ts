import type { JsonObject } from '../../world.js';
import type { Campaign } from '../organization/organization-types.js';
import { createContact, dialerContactId, personName, sessionFields } from './contacts.js';
import { agentFields, type Encounter } from './routing.js';
import type { Leg, Play, Scene } from './scene.js';
import { converse, endCustomer, hangUp, wrapUp } from './voice.js';

const noContactCodes: readonly (readonly [string, number])[] = [
  ['ININ-OUTBOUND-NO-ANSWER', 42],
  ['ININ-OUTBOUND-MACHINE', 24],
  ['ININ-OUTBOUND-BUSY', 12],
  ['ININ-OUTBOUND-DISCONNECT', 6],
  ['ININ-OUTBOUND-SIT-UNCALLABLE', 5],
  ['ININ-OUTBOUND-INVALID-PHONE-NUMBER', 3],
  ['ININ-OUTBOUND-FAX', 2],
  ['ININ-OUTBOUND-FAILED-TO-REACH-AGENT', 6],
];

function pickCampaign(scene: Scene, mode: 'preview' | 'power'): Campaign {
  return scene.random.pick(scene.organization.campaigns.filter((campaign) => campaign.dialingMode === mode));
}

function campaignFields(scene: Scene, campaign: Campaign): JsonObject {
  return {
    outboundCampaignId: campaign.id,
    outboundContactListId: campaign.contactList.id,
    outboundContactId: dialerContactId(scene.detail),
  };
}

function openDialed(scene: Scene, fields: JsonObject, atMs: number, purpose: 'outbound' | 'customer'): Encounter {
  const contact = { ...createContact(scene, 'voice', 'outbound'), purpose: 'customer' as const };
  const customer = scene.open(atMs, {
    purpose,
    media: 'voice',
    direction: 'outbound',
    fields: { ...sessionFields(scene, 'voice', contact, 'customer'), ...fields },
    participantFields: contact.name === undefined ? {} : { participantName: contact.name },
  });
  return { scene, contact, media: 'voice', customer };
}

/** The dialer calls automatically. Without an answer there is no agent, and the code is the dialer's own. */
export function* powerDial(scene: Scene, answered: boolean): Play<void> {
  const { random } = scene;
  const campaign = pickCampaign(scene, 'power');
  const fields = campaignFields(scene, campaign);
  scene.begin('outbound', { divisionIds: [campaign.queue.divisionId] });
  // The conversation is opened when the contact is drawn, well before the line is seized.
  const dialMs = scene.startMs + random.int(200, 8_000);
  const dialer = scene.open(dialMs, {
    purpose: 'dialer',
    media: 'voice',
    direction: 'outbound',
    fields,
    participantFields: { participantName: campaign.name },
  });
  const encounter = openDialed(scene, fields, dialMs, random.chance(0.6) ? 'outbound' : 'customer');
  scene.phase(dialer, dialMs, 'dialing');
  scene.phase(encounter.customer, dialMs, 'dialing');
  scene.dialer(dialer, dialMs, 'attempted');
  const pickedMs = dialMs + random.int(3_000, 28_000);
  if (answered) yield* connectDialed(encounter, campaign, fields, dialer, pickedMs);
  else endWithoutContact(encounter, dialer, pickedMs);
  scene.end();
}

function endWithoutContact(encounter: Encounter, dialer: Leg, atMs: number): void {
  const { scene, customer } = encounter;
  const total = noContactCodes.reduce((sum, [, weight]) => sum + weight, 0);
  let rest = scene.random.next() * total;
  const [code] = noContactCodes.find(([, weight]) => {
    rest -= weight;
    return rest < 0;
  }) ?? ['ININ-OUTBOUND-AMBIGUOUS'];
  scene.set(customer, atMs, {
    dispositionAnalyzer: code.endsWith('MACHINE') ? 'speech.machine' : 'network',
    dispositionName: `disposition.classification.callable.${code.slice('ININ-OUTBOUND-'.length).toLowerCase()}`,
  });
  scene.close(dialer, atMs, 'endpoint');
  scene.close(customer, atMs, code.includes('SIT') || code.includes('INVALID') ? 'uncallable' : 'endpoint', {
    sipResponseCodes: [code.endsWith('BUSY') ? 486 : 480],
  });
  if (code.endsWith('FAILED-TO-REACH-AGENT')) scene.dialer(dialer, atMs, 'abandoned');
  for (const leg of scene.random.chance(0.5) ? [customer] : [dialer, customer]) {
    scene.startWrapup(leg, atMs);
    scene.endWrapup(leg, atMs, { code, note: '' });
  }
}

function* connectDialed(
  encounter: Encounter,
  campaign: Campaign,
  fields: JsonObject,
  dialer: Leg,
  pickedMs: number,
): Play<void> {
  const { scene, customer, contact } = encounter;
  scene.phase(customer, pickedMs, 'interact');
  scene.mark(customer, pickedMs, 'connected');
  scene.dialer(dialer, pickedMs, 'connected');
  scene.close(dialer, pickedMs, 'transfer');
  const found = yield { queue: campaign.queue, media: 'voice', atMs: pickedMs, patienceMs: 6_000 };
  if (found === undefined) {
    const atMs = pickedMs + 6_000;
    scene.dialer(dialer, atMs, 'abandoned');
    endCustomer(encounter, atMs, 'system');
    scene.startWrapup(customer, atMs);
    scene.endWrapup(customer, atMs, { code: 'ININ-OUTBOUND-FAILED-TO-REACH-AGENT', note: '' });
    return;
  }
  const leg = scene.open(found.atMs, {
    purpose: 'agent',
    media: 'voice',
    direction: 'outbound',
    agent: found.agent,
    queue: campaign.queue,
    peer: customer,
    fields: { ...sessionFields(scene, 'voice', contact, 'inside'), ...fields },
    participantFields: agentFields(found.agent),
  });
  scene.phase(leg, found.atMs, 'interact');
  scene.mark(leg, found.atMs, 'connected');
  const endMs = converse(encounter, leg, found.atMs, { talkMsMax: 1_200_000 });
  wrapUp(encounter, leg, found.atMs, hangUp(encounter, leg, endMs));
}

/** The agent sees the contact first and may dial, or skip it: then the only code is the system's own. */
export function* previewDial(scene: Scene, skipped: boolean): Play<void> {
  const campaign = pickCampaign(scene, 'preview');
  const { queue } = campaign;
  const contact = createContact(scene, 'voice', 'outbound');
  const fields: JsonObject = {
    ...campaignFields(scene, campaign),
    callbackUserName: personName(scene.detail),
    callbackNumbers: [contact.remote.replace(/^tel:/, '')],
    callbackScheduledTime: new Date(scene.startMs).toISOString(),
    skipEnabled: true,
    timeoutSeconds: 0,
  };
  scene.begin('outbound', { divisionIds: [queue.divisionId] });
  const customer = scene.open(scene.startMs, { purpose: 'customer', media: 'callback', fields });
  scene.phase(customer, scene.startMs, 'interact');
  const acd = scene.open(scene.startMs + 3, { purpose: 'acd', media: 'callback', queue, peer: customer, fields });
  scene.offer(acd, queue, scene.startMs + 3);
  scene.phase(acd, scene.startMs + 3, 'interact');
  const found = yield { queue, media: 'callback', atMs: scene.startMs + 3, patienceMs: 1_800_000 };
  if (found === undefined) {
    const endMs = scene.startMs + 1_800_000;
    scene.close(acd, endMs, 'timeout');
    scene.leaveQueue(acd, queue, endMs, 'abandoned', 1_800_000);
    scene.close(customer, endMs, 'timeout');
    return void scene.end();
  }
  playPreview({ scene, contact, media: 'callback', customer }, campaign, acd, found.agent, found.atMs, fields, skipped);
  scene.end();
}

function playPreview(
  encounter: Encounter,
  campaign: Campaign,
  acd: Leg,
  agent: Campaign['queue']['agents'][number],
  ringMs: number,
  fields: JsonObject,
  skipped: boolean,
): void {
  const { scene, customer } = encounter;
  const { queue } = campaign;
  const leg = scene.open(ringMs, { purpose: 'agent', media: 'callback', agent, queue, peer: customer, fields });
  scene.phase(leg, ringMs, 'alert');
  const takenMs = ringMs + scene.random.int(800, 6_000);
  const waitMs = takenMs - scene.startMs - 3;
  scene.close(acd, takenMs, 'transfer');
  scene.leaveQueue(acd, queue, takenMs, 'answered', waitMs);
  scene.phase(leg, takenMs, 'interact');
  scene.answer(leg, queue, takenMs, waitMs, false);
  const readMs = takenMs + scene.random.int(4_000, 60_000);
  const endMs = skipped ? readMs : dialContact(encounter, campaign, leg, agent, readMs, fields);
  if (skipped) {
    // The switch files the skip a moment before it has closed the preview itself.
    scene.startWrapup(leg, readMs - 115);
    scene.endWrapup(leg, readMs - 115, { code: 'ININ-OUTBOUND-PREVIEW-SKIPPED', note: '', disconnect: 'client' });
  }
  scene.close(leg, endMs, 'client');
  scene.close(customer, endMs + 3, 'peer');
  scene.handled(leg, endMs);
  if (skipped) scene.staff.occupy(agent, ringMs, endMs, 'call');
}

/** The agent dials what he has read: a second session of the same participant, which carries the code. */
function dialContact(
  encounter: Encounter,
  campaign: Campaign,
  preview: Leg,
  agent: Campaign['queue']['agents'][number],
  atMs: number,
  fields: JsonObject,
): number {
  const { scene, contact, customer } = encounter;
  const voice = sessionFields(scene, 'voice', contact, 'inside');
  const leg = scene.open(atMs, {
    purpose: 'agent',
    media: 'voice',
    direction: 'outbound',
    agent,
    queue: campaign.queue,
    peer: customer,
    participant: preview.participant,
    fields: { ...voice, ...fields },
  });
  const callee = scene.open(atMs, {
    purpose: 'customer',
    media: 'voice',
    direction: 'outbound',
    participant: customer.participant,
    fields: voice,
  });
  scene.mark(leg, atMs, 'outboundMade');
  scene.phase(leg, atMs, 'dialing');
  scene.phase(callee, atMs, 'dialing');
  const pickedMs = atMs + scene.random.int(4_000, 22_000);
  scene.phase(leg, pickedMs, 'interact');
  scene.phase(callee, pickedMs, 'interact');
  scene.mark(leg, pickedMs, 'connected');
  const endMs = converse(encounter, leg, pickedMs, { talkMsMax: 1_200_000 });
  scene.close(leg, endMs, 'peer');
  scene.close(callee, endMs, 'client');
  wrapUp(encounter, leg, atMs, endMs);
  return endMs;
}
