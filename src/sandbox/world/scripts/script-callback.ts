import { minuteMs } from '../../../lib/interval.js';
import { iso } from '../instant.js';
import type { Agent, Queue } from '../organization/organization-types.js';
import { createContact, personName, phoneNumber, sessionFields } from './contacts.js';
import { playQuality } from './quality.js';
import { type Encounter, ringAgent } from './routing.js';
import type { Leg, Play, Scene } from './scene.js';
import { pickQueue } from './script-inbound.js';
import { converse } from './voice.js';
import { chooseWrapup, playWrapup } from './wrapup.js';

export type CallbackEnd = 'reached' | 'notReached' | 'neverAnswered';

/**
 * A customer asked to be called back. The agent gets the callback as one session and dials in a second one of the same
 * participant, so media types differ within it.
 */
export function* callbackConversation(scene: Scene, end: CallbackEnd): Play<void> {
  const { random, organization } = scene;
  const queue = pickQueue(random, organization.inboundQueues.callback);
  const contact = createContact(scene, 'voice', 'inbound');
  const dueMs = scene.startMs + random.int(5 * minuteMs, random.chance(0.2) ? 2_160 * minuteMs : 90 * minuteMs);
  const fields = {
    ...sessionFields(scene, 'callback', contact, 'customer'),
    callbackUserName: personName(scene.detail),
    callbackNumbers: [phoneNumber(scene.detail)],
    callbackScheduledTime: iso(dueMs),
    timeoutSeconds: 0,
    skipEnabled: false,
  };
  scene.begin('inbound', { divisionIds: [queue.divisionId] });
  const customer = scene.open(scene.startMs, { purpose: 'customer', media: 'callback', direction: 'inbound', fields });
  scene.phase(customer, scene.startMs, 'interact');
  const encounter: Encounter = { scene, contact, media: 'callback', customer };
  const acd = scene.open(scene.startMs + 4, {
    purpose: 'acd',
    media: 'callback',
    direction: 'inbound',
    queue,
    peer: customer,
    fields: { ...fields, requestedRoutings: ['Standard'] },
    participantFields: { participantName: queue.name },
  });
  scene.measure(acd, scene.startMs + 4, 'nCallbackScheduled', 1);
  scene.phase(acd, scene.startMs + 4, 'scheduled');
  scene.phase(acd, dueMs, 'interact');
  scene.offer(acd, queue, dueMs);
  yield* playCallback(encounter, queue, acd, dueMs, end);
  scene.end();
}

function* playCallback(encounter: Encounter, queue: Queue, acd: Leg, dueMs: number, end: CallbackEnd): Play<void> {
  const { scene, customer } = encounter;
  const found =
    end === 'neverAnswered' ? undefined : yield { queue, media: 'callback', atMs: dueMs, patienceMs: 180 * minuteMs };
  if (found === undefined) {
    const endMs = dueMs + 180 * minuteMs;
    scene.close(acd, endMs, 'timeout');
    scene.leaveQueue(acd, queue, endMs, 'abandoned', endMs - dueMs);
    scene.close(customer, endMs, 'timeout');
    return;
  }
  const { agent } = found;
  const leg = ringAgent(encounter, queue, agent, found.atMs, undefined, acd);
  const answerMs = found.atMs + scene.random.int(1_500, 12_000);
  scene.close(acd, answerMs, 'transfer');
  scene.leaveQueue(acd, queue, answerMs, 'answered', answerMs - dueMs);
  scene.phase(leg, answerMs, 'interact');
  scene.answer(leg, queue, answerMs, answerMs - dueMs, answerMs - dueMs > 60 * minuteMs);
  scene.mark(leg, answerMs, 'connected');
  const talkedMs = dialCustomer(encounter, leg, queue, agent, answerMs, end === 'reached');
  const endMs = talkedMs + scene.random.int(300, 4_000);
  scene.close(leg, endMs, 'client');
  scene.close(customer, endMs + 12, 'peer');
  playWrapup(scene, leg, endMs, chooseWrapup(scene, queue, agent, 'callback'));
  scene.staff.occupy(agent, found.atMs, endMs, 'call');
  playQuality(scene, queue, agent, endMs);
}

/** The call itself, placed by the agent: outbound sessions inside a conversation that began inbound. */
function dialCustomer(
  encounter: Encounter,
  from: Leg,
  queue: Queue,
  agent: Agent,
  atMs: number,
  reached: boolean,
): number {
  const { scene, contact, customer } = encounter;
  const { random } = scene;
  const dialMs = atMs + random.int(2_000, 20_000);
  const fields = sessionFields(scene, 'voice', contact, 'inside');
  const leg = scene.open(dialMs, {
    purpose: 'agent',
    media: 'voice',
    direction: 'outbound',
    agent,
    queue,
    peer: from,
    fields,
    participant: from.participant,
  });
  const callee = scene.open(dialMs, {
    purpose: 'customer',
    media: 'voice',
    direction: 'outbound',
    fields: sessionFields(scene, 'voice', contact, 'customer'),
    participant: customer.participant,
  });
  scene.mark(leg, dialMs, 'outboundMade');
  scene.measure(leg, dialMs, 'nCallbackAttempts', 1);
  scene.phase(leg, dialMs, 'contacting');
  scene.phase(callee, dialMs, 'dialing');
  const pickedMs = dialMs + random.int(4_000, 25_000);
  if (!reached) {
    scene.close(leg, pickedMs, 'uncallable');
    scene.close(callee, pickedMs, 'endpoint', { sipResponseCodes: [480], q850ResponseCodes: [19] });
    scene.measure(leg, pickedMs, 'tCallbackNotReached', pickedMs - dialMs);
    scene.handled(leg, pickedMs);
    return pickedMs;
  }
  scene.phase(leg, pickedMs, 'interact');
  scene.phase(callee, pickedMs, 'interact');
  scene.mark(leg, pickedMs, 'connected');
  const endMs = converse(encounter, leg, pickedMs);
  scene.close(leg, endMs, 'client');
  scene.close(callee, endMs + 8, 'peer');
  scene.handled(leg, endMs);
  return endMs;
}
