import type { DisconnectType } from '../events.js';
import type { Agent, Queue } from '../organization/organization-types.js';
import { sessionFields } from './contacts.js';
import { agentFields, type Encounter, waitInQueue } from './routing.js';
import type { Leg, Play, Scene } from './scene.js';
import { connectInbound, patienceMs, pickQueue } from './script-inbound.js';
import { converse, endCustomer, forgottenMs, hangUp, wrapUp } from './voice.js';
import { chooseWrapup, playWrapup } from './wrapup.js';

function otherQueue(scene: Scene, queue: Queue): Queue {
  const others = scene.organization.inboundQueues.voice.filter((candidate) => candidate !== queue);
  return pickQueue(scene.random, others);
}

/** The first agent lets go; whether after-call work follows depends on how the transfer was made. Returns when he is free. */
function leave(
  encounter: Encounter,
  leg: Leg,
  ringMs: number,
  atMs: number,
  disconnect: DisconnectType,
  acw: boolean,
): number {
  const { scene } = encounter;
  const agent = leg.agent as Agent;
  scene.close(leg, atMs, disconnect);
  scene.transfer(leg, atMs, disconnect === 'transfer' ? 'blind' : 'consult');
  if (!acw || leg.queue === undefined) {
    scene.handled(leg, atMs);
    scene.staff.occupy(agent, ringMs, atMs, 'call');
    return atMs;
  }
  const freeMs = playWrapup(scene, leg, atMs, chooseWrapup(scene, leg.queue, agent, leg.media), disconnect);
  scene.staff.occupy(agent, ringMs, Math.min(freeMs, atMs + forgottenMs), 'call');
  return freeMs;
}

/** From one queue straight into another. With `acw` the first agent still wraps up; without, the segment is missing. */
export function* blindTransferCall(scene: Scene, acw: boolean, sameAgent = false): Play<void> {
  const call = yield* connectInbound(scene, { patienceMs: 1_800_000 });
  if (call === undefined) return void scene.end();
  const { encounter, agentLeg, agent, queue, ringMs, answeredMs } = call;
  const leftMs = converse(encounter, agentLeg, answeredMs, { talkMsMax: 600_000 });
  const freeMs = leave(encounter, agentLeg, ringMs, leftMs, 'transfer', acw);
  const target = sameAgent ? queue : otherQueue(scene, queue);
  const second = yield* waitInQueue(encounter, target, leftMs + 3, {
    patienceMs: sameAgent ? 900_000 : patienceMs(scene.random),
    missChance: 0.02,
    agent: sameAgent ? { who: agent, freeMs } : undefined,
  });
  if (second.agentLeg === undefined) endCustomer(encounter, second.atMs, 'client', target);
  else {
    const endMs = converse(encounter, second.agentLeg, second.atMs);
    wrapUp(encounter, second.agentLeg, second.ringMs, hangUp(encounter, second.agentLeg, endMs));
  }
  scene.end();
}

/** The customer holds while the first agent asks a second one, who then takes over. */
export function* consultTransferCall(scene: Scene): Play<void> {
  const call = yield* connectInbound(scene, { patienceMs: 1_800_000 });
  if (call === undefined) return void scene.end();
  const { encounter, agentLeg, agent, queue, ringMs, answeredMs } = call;
  const consultMs = converse(encounter, agentLeg, answeredMs, { holds: 0, talkMsMax: 900_000 });
  scene.phase(agentLeg, consultMs, 'hold');
  const second = openColleague(encounter, agentLeg, scene.staff.grab(queue, consultMs, agent), consultMs);
  scene.mark(agentLeg, consultMs, 'consultStarted');
  const joinedMs = consultMs + scene.random.int(2_000, 9_000);
  scene.phase(second, joinedMs, 'interact');
  scene.mark(second, joinedMs, 'connected');
  const leftMs = joinedMs + scene.random.int(10_000, 120_000);
  leave(encounter, agentLeg, ringMs, leftMs, 'consultTransfer', true);
  const endMs = converse(encounter, second, leftMs, { holds: 0 });
  wrapUp(encounter, second, consultMs, hangUp(encounter, second, endMs));
  scene.end();
}

/** A colleague reached directly: rung by a person and not by a queue, yet the leg carries the queue of the call. */
function openColleague(encounter: Encounter, from: Leg, agent: Agent, atMs: number): Leg {
  const { scene, contact } = encounter;
  const fields = sessionFields(scene, 'voice', contact, 'inside');
  fields.destinationAddresses = [agent.id];
  const leg = scene.open(atMs, {
    purpose: 'agent',
    media: 'voice',
    direction: 'inbound',
    agent,
    queue: from.queue,
    peer: from,
    fields,
    participantFields: agentFields(agent),
  });
  scene.phase(leg, atMs, 'alert');
  return leg;
}

/** Three people in one call until the first agent drops out. */
export function* conferenceCall(scene: Scene): Play<void> {
  const call = yield* connectInbound(scene, { patienceMs: 1_800_000 });
  if (call === undefined) return void scene.end();
  const { encounter, agentLeg, agent, queue, ringMs, answeredMs } = call;
  const { random } = scene;
  const askMs = converse(encounter, agentLeg, answeredMs, { holds: 0, talkMsMax: 900_000 });
  const second = openColleague(encounter, agentLeg, scene.staff.grab(queue, askMs, agent), askMs);
  const joinedMs = askMs + random.int(2_000, 9_000);
  scene.record({
    kind: 'conversationField',
    atMs: joinedMs,
    fields: { conferenceStart: new Date(joinedMs).toISOString() },
  });
  scene.mark(agentLeg, askMs, 'consultStarted');
  scene.phase(agentLeg, joinedMs, 'interact', { conference: true });
  scene.phase(second, joinedMs, 'interact', { conference: true });
  scene.mark(second, joinedMs, 'connected');
  const leftMs = joinedMs + random.int(30_000, 240_000);
  leave(encounter, agentLeg, ringMs, leftMs, 'conferenceTransfer', true);
  scene.phase(second, leftMs, 'interact');
  const endMs = converse(encounter, second, leftMs, { holds: 0 });
  wrapUp(encounter, second, askMs, hangUp(encounter, second, endMs));
  scene.end();
}

/** The agent looks over the customer's shoulder for a while: a second session, beside the call, in the same participant. */
export function* cobrowseCall(scene: Scene): Play<void> {
  const call = yield* connectInbound(scene, { patienceMs: 1_800_000 });
  if (call === undefined) return void scene.end();
  const { encounter, agentLeg, ringMs, answeredMs } = call;
  const { detail } = scene;
  const endMs = converse(encounter, agentLeg, answeredMs, { holds: 0 });
  const fromMs = answeredMs + Math.round((endMs - answeredMs) * 0.3);
  const room = { cobrowseRoomId: String(detail.int(100_000_000, 999_999_999)), provider: 'PureCloud Cobrowse' };
  const share = (participant: number, purpose: 'agent' | 'customer', role: 'sharer' | 'viewer') =>
    scene.open(fromMs, {
      purpose,
      media: 'cobrowse',
      participant,
      agent: purpose === 'agent' ? agentLeg.agent : undefined,
      fields: { ...room, cobrowseRole: role },
    });
  const legs = [
    share(encounter.customer.participant, 'customer', 'sharer'),
    share(agentLeg.participant, 'agent', 'viewer'),
  ];
  const toMs = endMs - Math.round((endMs - answeredMs) * 0.2);
  for (const leg of legs) {
    scene.phase(leg, fromMs, 'sharing');
    scene.close(leg, toMs, 'client');
  }
  wrapUp(encounter, agentLeg, ringMs, hangUp(encounter, agentLeg, endMs));
  scene.end();
}
