import type { JsonObject } from '../world.js';
import type { MediaType } from './events.js';
import { type Agent, type Queue, queuesFor } from './organization.js';
import { playQuality } from './quality.js';
import { type Answer, type Encounter, waitInQueue } from './routing.js';
import type { Leg, Scene } from './scene.js';
import { flowOf, pickQueue } from './script-inbound.js';
import { endCustomer, playFlow, startInbound } from './voice.js';
import { chooseWrapup, playWrapup } from './wrapup.js';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

const frontDoors: Readonly<Record<string, string>> = {
  message: 'INBOUNDSHORTMESSAGE',
  email: 'INBOUNDEMAIL',
  chat: 'INBOUNDCHAT',
};

function begin(scene: Scene, media: MediaType, flowMs: number): { encounter: Encounter; queue: Queue; atMs: number } {
  const { encounter, atMs } = startInbound(scene, media);
  const queue = pickQueue(scene.random, queuesFor(scene.organization, media));
  const flow = flowOf(scene.organization, frontDoors[media] ?? 'INBOUNDCHAT');
  const end = { exitReason: 'TRANSFER', transferType: 'ACD', queue } as const;
  return { encounter, queue, atMs: playFlow(encounter, flow, atMs + 3, flowMs, end) + 2 };
}

/** Counts of messages and the agent's and customer's response times, as far as the medium has them. */
function measureTurns(scene: Scene, leg: Leg, fromMs: number, toMs: number): void {
  const { random } = scene;
  if (leg.media === 'email') return scene.measure(leg, toMs, 'oMessageCount', random.int(1, 3));
  const turns = random.int(1, 5);
  for (let turn = 1; turn <= turns; turn++) {
    const atMs = fromMs + Math.round(((toMs - fromMs) * turn) / (turns + 1));
    scene.measure(leg, atMs, 'tAgentResponseTime', random.durationMs(25_000, 0.7, 500, hourMs));
    if (turn === 1) scene.measure(leg, atMs, 'tFirstResponse', atMs - fromMs);
    if (turn < turns) scene.measure(leg, atMs, 'tUserResponseTime', random.durationMs(40_000, 0.9, 500, dayMs));
  }
  scene.measure(leg, toMs, 'oMessageTurn', turns);
  scene.measure(leg, toMs, 'oMessageCount', turns + random.int(0, 6));
}

/** The agent works on it in bursts; between them the conversation is put aside, which counts as hold. */
function work(scene: Scene, leg: Leg, atMs: number, lengthMs: number, bursts: number): number {
  let now = atMs;
  const step = Math.round(lengthMs / (bursts * 2 - 1));
  for (let burst = 1; burst < bursts; burst++) {
    scene.phase(leg, now + step, 'hold');
    now += step * 2;
    scene.phase(leg, now, 'interact');
  }
  const endMs = now + step;
  measureTurns(scene, leg, atMs, endMs);
  return endMs;
}

/** One answer, one agent, done: most chats and many messages. */
export function simpleDigital(scene: Scene, media: 'chat' | 'message' | 'email'): void {
  const { random } = scene;
  const { encounter, queue, atMs } = begin(scene, media, random.int(400, 30_000));
  const stay = waitInQueue(encounter, queue, atMs, {
    patienceMs: media === 'email' ? 20 * hourMs : random.int(2 * minuteMs, 40 * minuteMs),
  });
  if (stay.agentLeg === undefined) endCustomer(encounter, stay.atMs, 'client', queue);
  else {
    const lengthMs = random.durationMs(queue.template.talkMedianMs * stay.agent.pace, 0.7, 15_000, 6 * hourMs);
    const endMs = work(scene, stay.agentLeg, stay.atMs, lengthMs, random.chance(0.2) ? 2 : 1);
    scene.close(stay.agentLeg, endMs, 'client');
    endCustomer(encounter, endMs + 7, 'peer', queue);
    finish(encounter, stay, queue, endMs);
  }
  scene.end();
}

function finish(encounter: Encounter, stay: Answer, queue: Queue, endMs: number): void {
  const { scene } = encounter;
  const { agentLeg, agent } = stay;
  const freeMs = playWrapup(scene, agentLeg, endMs, chooseWrapup(scene.random, queue, agent, agentLeg.media));
  scene.staff.occupy(agent, stay.atMs, Math.min(freeMs, stay.atMs + 2 * hourMs));
  playQuality(scene, queue, agent, freeMs);
}

/**
 * A message that lives for hours or weeks: the customer answers when it suits him, the session goes back to the queue in
 * between and comes to the same agent, as a further session of the same participant, ended by transfer and without a code.
 */
export function relayedMessage(scene: Scene, spreadMs: number): void {
  const { random } = scene;
  const { encounter, queue, atMs } = begin(scene, 'message', random.int(400, 20_000));
  const first = waitInQueue(encounter, queue, atMs, { patienceMs: 6 * hourMs, missChance: 0 });
  if (first.agentLeg === undefined) {
    endCustomer(encounter, first.atMs, 'inactivity', queue);
    return void scene.end();
  }
  const sessions = random.int(3, 6);
  let stay: Answer = first;
  for (let session = 1; session <= sessions; session++) {
    const lengthMs = random.durationMs(spreadMs / sessions / 2, 0.5, 30_000, spreadMs / sessions);
    const endMs = work(scene, stay.agentLeg, stay.atMs, lengthMs, random.int(1, 3));
    if (session === sessions) {
      closeRelayed(encounter, stay, queue, endMs);
      break;
    }
    const next = handOver(encounter, stay, queue, endMs, random.int(minuteMs, Math.round(spreadMs / sessions / 2)));
    if (next === undefined) break;
    stay = next;
  }
  scene.record({
    kind: 'conversationField',
    atMs: stay.atMs,
    fields: { customerParticipation: true, conversationInitiator: 'customer' },
  });
  scene.end();
}

function closeRelayed(encounter: Encounter, stay: Answer, queue: Queue, endMs: number): void {
  const { scene } = encounter;
  scene.close(stay.agentLeg, endMs, 'client');
  endCustomer(encounter, endMs + 9, 'peer', queue);
  shortWrapup(scene, stay.agentLeg, endMs, scene.random.chance(0.3));
}

/** The session ends by transfer with a second or two of after-call work in which nobody gives a code. */
function handOver(encounter: Encounter, stay: Answer, queue: Queue, atMs: number, pauseMs: number): Answer | undefined {
  const { scene } = encounter;
  scene.close(stay.agentLeg, atMs, 'transfer');
  scene.transfer(stay.agentLeg, atMs, 'blind');
  shortWrapup(scene, stay.agentLeg, atMs, false);
  const next = waitInQueue(encounter, queue, atMs + pauseMs, {
    patienceMs: dayMs,
    missChance: 0,
    agent: stay.agent,
    participant: stay.agentLeg.participant,
  });
  if (next.agentLeg !== undefined) return next;
  endCustomer(encounter, next.atMs, 'inactivity', queue);
  return undefined;
}

function shortWrapup(scene: Scene, leg: Leg, atMs: number, coded: boolean): void {
  const lengthMs = scene.random.int(600, 3_200);
  const code = coded ? leg.queue?.codes[1]?.id : undefined;
  scene.startWrapup(leg, atMs);
  scene.endWrapup(leg, atMs + lengthMs, { code, acwMs: lengthMs });
  scene.handled(leg, atMs + lengthMs);
  scene.staff.occupy(leg.agent as Agent, atMs, atMs + lengthMs);
}

/** An e-mail that is answered, written to again, and answered once more days later: closed and reopened. */
export function emailThread(scene: Scene, spreadMs: number, reopened: boolean): void {
  const { random } = scene;
  const { encounter, queue, atMs } = begin(scene, 'email', random.int(100, 2_000));
  const first = waitInQueue(encounter, queue, atMs, { patienceMs: 2 * dayMs, missChance: 0.05 });
  if (first.agentLeg === undefined) {
    endCustomer(encounter, first.atMs, 'system', queue);
    return void scene.end();
  }
  subject(encounter, first.agentLeg, first.atMs);
  const answeredMs = work(scene, first.agentLeg, first.atMs, Math.round(spreadMs * (0.3 + 0.3 * random.next())), 2);
  scene.close(first.agentLeg, answeredMs, 'client');
  finish(encounter, first, queue, answeredMs);
  if (!reopened) endCustomer(encounter, answeredMs + 20, 'peer', queue);
  else reopen(encounter, queue, answeredMs, spreadMs);
  scene.end();
}

function reopen(encounter: Encounter, queue: Queue, answeredMs: number, spreadMs: number): void {
  const { scene } = encounter;
  scene.phase(encounter.customer, answeredMs + 30, 'parked');
  const backMs = answeredMs + Math.round(spreadMs * 0.2);
  scene.phase(encounter.customer, backMs, 'interact');
  const second = waitInQueue(encounter, queue, backMs + 4, { patienceMs: dayMs, missChance: 0 });
  if (second.agentLeg === undefined) return endCustomer(encounter, second.atMs, 'system', queue);
  const endMs = work(scene, second.agentLeg, second.atMs, Math.round(spreadMs * 0.2), 1);
  scene.close(second.agentLeg, endMs, 'client');
  endCustomer(encounter, endMs + 11, 'peer', queue);
  finish(encounter, second, queue, endMs);
}

function subject(encounter: Encounter, leg: Leg, atMs: number): void {
  const { scene } = encounter;
  const subjects = ['Re: your invoice', 'Fwd: order 10023', '', 'Frage zu "Tarif Ü"'];
  scene.phase(leg, atMs + 5, 'interact', { subject: scene.random.pick(subjects) });
}

/** The assistant settles it; no queue, no agent. */
export function botMessage(scene: Scene): void {
  const { random, organization } = scene;
  const { encounter, atMs } = startInbound(scene, 'message');
  const lengthMs = random.durationMs(90_000, 0.9, 4_000, 2 * hourMs);
  const endMs = playFlow(encounter, flowOf(organization, 'DIGITALBOT'), atMs + 3, lengthMs, {
    exitReason: 'DISCONNECT',
  });
  endCustomer(encounter, endMs, random.chance(0.3) ? 'inactivity' : 'client');
  const fields: JsonObject = { selfServed: true, customerParticipation: true };
  scene.record({ kind: 'conversationField', atMs: endMs, fields });
  scene.end();
}
