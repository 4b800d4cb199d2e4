import type { JsonObject } from '../../world.js';
import type { DisconnectType, MediaType } from '../events.js';
import { iso } from '../instant.js';
import type { Agent, Flow, Queue } from '../organization/organization-types.js';
import { customerAttributes } from './attributes.js';
import { createContact, openCustomer, sessionFields } from './contacts.js';
import { playQuality } from './quality.js';
import type { Encounter } from './routing.js';
import type { Leg, Scene } from './scene.js';
import { chooseWrapup, playWrapup } from './wrapup.js';

/** A caller comes in. Some conversations are stamped a few milliseconds later than their first segment. */
export function startInbound(scene: Scene, media: MediaType): { encounter: Encounter; atMs: number } {
  const { random, organization } = scene;
  const contact = createContact(scene, media, 'inbound');
  const home = organization.divisions[0]?.id ?? '';
  scene.begin('inbound', { divisionIds: [home] });
  const atMs = random.chance(0.12) ? scene.startMs - random.int(2, 40) : scene.startMs;
  const customer = openCustomer(scene, atMs, media, 'inbound', contact);
  scene.phase(customer, atMs, 'interact');
  scene.mark(customer, atMs, 'connected');
  return { encounter: { scene, contact, media, customer }, atMs };
}

export interface FlowEnd {
  readonly exitReason: 'TRANSFER' | 'DISCONNECT' | 'FLOW_DISCONNECT';
  readonly transferType?: 'ACD' | 'VOICEMAIL';
  readonly queue?: Queue;
}

/** The customer talks to a flow first. Returns when the flow lets go. */
export function playFlow(encounter: Encounter, flow: Flow, atMs: number, lengthMs: number, end: FlowEnd): number {
  const { scene, contact, media, customer } = encounter;
  const bot = flow.type === 'BOT' || flow.type === 'DIGITALBOT';
  const endMs = atMs + lengthMs;
  const leg = scene.open(atMs, {
    purpose: bot ? 'botflow' : media === 'voice' ? 'ivr' : 'workflow',
    media,
    direction: 'inbound',
    peer: customer,
    fields: sessionFields(scene, media, contact, 'inside'),
    participantFields: { participantName: flow.name },
  });
  scene.phase(leg, atMs, media === 'voice' ? 'ivr' : 'interact');
  scene.mark(leg, atMs, 'connected');
  scene.measure(leg, atMs, 'nFlow', 1);
  if (bot) scene.measure(leg, atMs, 'nBotInteractions', scene.detail.int(1, 6));
  scene.close(leg, endMs, end.exitReason === 'TRANSFER' ? 'transfer' : 'peer');
  scene.measure(leg, endMs, 'tFlow', lengthMs);
  scene.measure(leg, endMs, end.exitReason === 'TRANSFER' ? 'tFlowExit' : 'tFlowDisconnect', lengthMs);
  if (!scene.rehearsal) {
    const json = flowJson(encounter, flow, atMs, endMs, end);
    scene.flow(leg, endMs, json);
    countOutcomes(scene, leg, endMs, json);
    scene.attributes(customer, endMs, customerAttributes(scene.detail, contact.ani));
  }
  return endMs;
}

function countOutcomes(scene: Scene, leg: Leg, atMs: number, flow: JsonObject): void {
  for (const outcome of (flow.outcomes ?? []) as JsonObject[]) {
    scene.measure(leg, atMs, outcome.flowOutcomeValue === 'SUCCESS' ? 'nFlowOutcome' : 'nFlowOutcomeFailed', 1);
  }
}

function flowJson(encounter: Encounter, flow: Flow, atMs: number, endMs: number, end: FlowEnd): JsonObject {
  const { scene, contact } = encounter;
  const json: JsonObject = {
    flowId: flow.id,
    flowName: flow.name,
    flowType: flow.type,
    flowVersion: flow.version,
    entryType: 'dnis',
    entryReason: contact.dnis,
    exitReason: end.exitReason,
    startingLanguage: 'en-us',
    endingLanguage: 'en-us',
  };
  if (end.transferType !== undefined) json.transferType = end.transferType;
  if (end.queue !== undefined) {
    json.transferTargetName = end.queue.name;
    json.transferTargetAddress = end.queue.id;
  }
  const outcomes = scene.organization.outcomes.filter(() => scene.detail.chance(0.25));
  if (outcomes.length === 0) return json;
  json.outcomes = outcomes.map((outcome) => {
    const value = scene.detail.chance(0.75) ? 'SUCCESS' : 'FAILURE';
    const start = atMs + Math.floor((endMs - atMs) / 3);
    return {
      flowOutcome: `${outcome.id}:${value}`,
      flowOutcomeId: outcome.id,
      flowOutcomeValue: value,
      flowOutcomeStartTimestamp: iso(start),
      ...(value === 'SUCCESS' ? { flowOutcomeEndTimestamp: iso(endMs) } : {}),
    };
  });
  return json;
}

export interface TalkOptions {
  readonly holds?: number;
  /** Talk is at most this long. */
  readonly talkMsMax?: number;
}

/** Talk and hold in turns; the session ends with talk. Returns the end of the last talk, which is left open. */
export function converse(encounter: Encounter, leg: Leg, atMs: number, options: TalkOptions = {}): number {
  const { scene } = encounter;
  const { random } = scene;
  const medianMs = (leg.queue?.template.talkMedianMs ?? 240_000) * (leg.agent?.pace ?? 1) * scene.organization.pace;
  const talkMs = random.durationMs(medianMs, 0.75, 8_000, options.talkMsMax ?? 3 * 3_600_000);
  const holds = options.holds ?? (random.chance(0.22) ? random.int(1, 2) : 0);
  let now = atMs;
  for (let hold = 0; hold < holds; hold++) {
    now += Math.round((talkMs / (holds + 1)) * (0.6 + 0.7 * random.next()));
    scene.phase(leg, now, 'hold');
    now += random.durationMs(38_000, 0.8, 1_200, 1_200_000);
    scene.phase(leg, now, 'interact');
  }
  return now + Math.max(4_000, Math.round(talkMs / (holds + 1)));
}

/** Both sides hang up; the customer's side carries the queue, which tempts people to count segments by queue. Returns when the agent's side is closed. */
export function hangUp(encounter: Encounter, leg: Leg, atMs: number): number {
  const { scene, customer } = encounter;
  const byCustomer = scene.random.chance(0.55);
  const lagMs = scene.random.int(1, 25);
  const closedMs = byCustomer ? atMs + lagMs : atMs;
  scene.close(leg, closedMs, byCustomer ? 'peer' : 'client');
  endCustomer(encounter, byCustomer ? atMs : atMs + lagMs, byCustomer ? 'client' : 'peer', leg.queue);
  if (leg.media === 'voice') voiceQuality(scene, customer, leg, atMs);
  return closedMs;
}

export function endCustomer(encounter: Encounter, atMs: number, disconnect: DisconnectType, queue?: Queue): void {
  encounter.scene.close(encounter.customer, atMs, disconnect, queue === undefined ? {} : { queueId: queue.id });
}

function voiceQuality(scene: Scene, customer: Leg, leg: Leg, atMs: number): void {
  const random = scene.detail;
  if (scene.rehearsal || !random.chance(0.7)) return;
  const mos = 3.2 + 1.7 * random.next() ** 0.3;
  const rFactor = 60 + 33 * random.next() ** 0.3;
  for (const side of [customer, leg]) {
    scene.mediaStats(side, atMs + 300, {
      codecs: ['audio/opus'],
      minMos: mos,
      minRFactor: rFactor,
      maxLatencyMs: random.int(5, 240),
      receivedPackets: random.int(2_000, 60_000),
      discardedPackets: random.int(0, 40),
      duplicatePackets: 0,
      invalidPackets: 0,
      overrunPackets: random.int(0, 4),
      underrunPackets: random.int(0, 9),
      eventTime: iso(atMs + 300),
    });
  }
  scene.record({
    kind: 'conversationField',
    atMs: atMs + 300,
    fields: { mediaStatsMinConversationMos: mos, mediaStatsMinConversationRFactor: rFactor },
  });
}

/** A wrap-up that nobody finishes blocks the agent no longer than this; then a supervisor sends him back to work. */
export const forgottenMs = 900_000;

/** After-call work as the queue asks for it, then surveys and evaluations. Returns when the agent is free. */
export function wrapUp(encounter: Encounter, leg: Leg, ringMs: number, atMs: number): number {
  const { scene } = encounter;
  const agent = leg.agent as Agent;
  if (leg.queue === undefined) {
    scene.handled(leg, atMs);
    scene.staff.occupy(agent, ringMs, atMs, 'nonQueueCall');
    return atMs;
  }
  const freeMs = playWrapup(scene, leg, atMs, chooseWrapup(scene, leg.queue, agent, leg.media));
  scene.staff.occupy(agent, ringMs, Math.min(freeMs, atMs + forgottenMs), 'call');
  playQuality(scene, leg.queue, agent, freeMs);
  return freeMs;
}
