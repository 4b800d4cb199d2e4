import { dayMs, hourMs, minuteMs } from '../../../lib/interval.js';
import type { JsonObject } from '../../world.js';
import type { MediaType } from '../events.js';
import type { Agent, Queue } from '../organization/organization-types.js';
import { playQuality } from './quality.js';
import { type Answer, type Encounter, waitInQueue } from './routing.js';
import type { Leg, Play, Scene } from './scene.js';
import { flowOf, pickQueue } from './script-inbound.js';
import { endCustomer, playFlow, startInbound } from './voice.js';
import { chooseWrapup, playWrapup } from './wrapup.js';

/** A written conversation holds an agent's attention no longer than this at a stretch, however long it stays open. */
const attentionMs = 40 * minuteMs;

const frontDoors: Readonly<Record<string, string>> = {
  message: 'INBOUNDSHORTMESSAGE',
  email: 'INBOUNDEMAIL',
  chat: 'INBOUNDCHAT',
};

function begin(scene: Scene, media: MediaType, flowMs: number): { encounter: Encounter; queue: Queue; atMs: number } {
  const { encounter, atMs } = startInbound(scene, media);
  const queue = pickQueue(scene.random, scene.organization.inboundQueues[media]);
  const flow = flowOf(scene.organization, frontDoors[media] ?? 'INBOUNDCHAT');
  const end = { exitReason: 'TRANSFER', transferType: 'ACD', queue } as const;
  return { encounter, queue, atMs: playFlow(encounter, flow, atMs + 3, flowMs, end) + 2 };
}

/** Counts of messages and the agent's and customer's response times, as far as the medium has them. */
function measureTurns(scene: Scene, leg: Leg, fromMs: number, toMs: number): void {
  if (scene.rehearsal) return;
  const random = scene.detail;
  if (leg.media === 'email') {
    scene.measure(leg, toMs, 'oMessageCount', random.int(1, 3));
    return;
  }
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

interface WorkPlan {
  /** Time at work, all bursts together. */
  readonly talkMs: number;
  readonly bursts?: number;
  /** Time for which it is put aside between two bursts: messages on hold, which counts as handle time, e-mails parked, which does not. */
  readonly asideMs?: number;
}

/** The agent works on it in bursts; returns the end of the last, which is left open. */
function work(scene: Scene, leg: Leg, atMs: number, plan: WorkPlan): number {
  const bursts = plan.bursts ?? 1;
  const step = Math.max(2_000, Math.round(plan.talkMs / bursts));
  let now = atMs;
  for (let burst = 1; burst < bursts; burst++) {
    now += step;
    scene.phase(leg, now, leg.media === 'email' ? 'parked' : 'hold');
    now += plan.asideMs ?? 60_000;
    scene.phase(leg, now, 'interact');
  }
  measureTurns(scene, leg, atMs, now + step);
  return now + step;
}

function workMs(scene: Scene, queue: Queue, agent: Agent): number {
  const medianMs = queue.template.talkMedianMs * agent.pace * scene.organization.pace;
  return scene.random.durationMs(medianMs, 0.7, 15_000, 2 * hourMs);
}

/** One answer, one agent, done: most chats and many messages. */
export function* simpleDigital(scene: Scene, media: 'chat' | 'message' | 'email'): Play<void> {
  const { random } = scene;
  const { encounter, queue, atMs } = begin(scene, media, random.int(400, 30_000));
  if (media === 'chat' && !scene.staff.isOpen(queue, atMs)) {
    // Chat is answered at once or not at all: outside office hours the page takes nobody in.
    endCustomer(encounter, atMs, 'system');
    return void scene.end();
  }
  const stay = yield* waitInQueue(encounter, queue, atMs, {
    patienceMs: media === 'email' ? 20 * hourMs : random.int(2 * minuteMs, 40 * minuteMs),
  });
  if (stay.agentLeg === undefined) endCustomer(encounter, stay.atMs, 'client', queue);
  else {
    const endMs = work(scene, stay.agentLeg, stay.atMs, {
      talkMs: workMs(scene, queue, stay.agent),
      bursts: random.chance(0.2) ? 2 : 1,
      asideMs: random.int(20_000, 600_000),
    });
    scene.close(stay.agentLeg, endMs, 'client');
    endCustomer(encounter, endMs + 7, 'peer', queue);
    finish(encounter, stay, queue, endMs);
  }
  scene.end();
}

function finish(encounter: Encounter, stay: Answer, queue: Queue, endMs: number): void {
  const { scene } = encounter;
  const { agentLeg, agent } = stay;
  const freeMs = playWrapup(scene, agentLeg, endMs, chooseWrapup(scene, queue, agent, agentLeg.media));
  scene.staff.occupy(agent, stay.atMs, Math.min(freeMs, stay.atMs + attentionMs), 'digital');
  playQuality(scene, queue, agent, freeMs);
}

/**
 * A message that lives for hours or weeks: the customer answers when it suits him, the session goes back to the queue in
 * between and comes to the same agent, as a further session of the same participant, ended by transfer and without a code.
 */
export function* relayedMessage(scene: Scene, spreadMs: number): Play<void> {
  const { random } = scene;
  const { encounter, queue, atMs } = begin(scene, 'message', random.int(400, 20_000));
  const first = yield* waitInQueue(encounter, queue, atMs, { patienceMs: 6 * hourMs, missChance: 0 });
  if (first.agentLeg === undefined) {
    endCustomer(encounter, first.atMs, 'inactivity', queue);
    return void scene.end();
  }
  const sessions = random.int(3, 6);
  let stay: Answer = first;
  for (let session = 1; session <= sessions; session++) {
    const endMs = work(scene, stay.agentLeg, stay.atMs, {
      talkMs: workMs(scene, queue, stay.agent),
      bursts: random.int(1, 3),
      asideMs: random.int(30_000, 900_000),
    });
    if (session === sessions) {
      closeRelayed(encounter, stay, queue, endMs);
      break;
    }
    const next = yield* transferSession(
      encounter,
      stay,
      queue,
      endMs,
      random.int(minuteMs, Math.round(spreadMs / sessions)),
    );
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
  scene.staff.occupy(stay.agent, stay.atMs, Math.min(endMs, stay.atMs + attentionMs), 'digital');
  scene.close(stay.agentLeg, endMs, 'client');
  endCustomer(encounter, endMs + 9, 'peer', queue);
  shortWrapup(scene, stay.agentLeg, endMs, scene.random.chance(0.3));
}

/** The session ends by transfer with a second or two of after-call work in which nobody gives a code. */
function* transferSession(
  encounter: Encounter,
  stay: Answer,
  queue: Queue,
  atMs: number,
  pauseMs: number,
): Play<Answer | undefined> {
  const { scene } = encounter;
  scene.staff.occupy(stay.agent, stay.atMs, Math.min(atMs, stay.atMs + attentionMs), 'digital');
  scene.close(stay.agentLeg, atMs, 'transfer');
  scene.transfer(stay.agentLeg, atMs, 'blind');
  shortWrapup(scene, stay.agentLeg, atMs, false);
  const next = yield* waitInQueue(encounter, queue, atMs + pauseMs, {
    patienceMs: dayMs,
    missChance: 0,
    agent: { who: stay.agent, freeMs: 0 },
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
}

export interface ThreadPlan {
  /** Time for which the first agent keeps it parked, which has a metric of its own and is not handle time. */
  readonly spreadMs: number;
  /** The customer writes again after the answer, and it is routed once more. */
  readonly reopened?: boolean;
}

/** An e-mail that stays with an agent for days, is answered, and perhaps written to again. */
export function* emailThread(scene: Scene, plan: ThreadPlan): Play<void> {
  const { encounter, queue, atMs } = begin(scene, 'email', scene.random.int(100, 2_000));
  const first = yield* waitInQueue(encounter, queue, atMs, { patienceMs: 2 * dayMs, missChance: 0.05 });
  if (first.agentLeg === undefined) {
    endCustomer(encounter, first.atMs, 'system', queue);
    return void scene.end();
  }
  subject(encounter, first.agentLeg, first.atMs);
  const talkMs = workMs(scene, queue, first.agent);
  const answeredMs = work(scene, first.agentLeg, first.atMs + 5, { talkMs, bursts: 2, asideMs: plan.spreadMs });
  scene.close(first.agentLeg, answeredMs, 'client');
  finish(encounter, first, queue, answeredMs);
  if (plan.reopened === true) yield* reopen(encounter, queue, answeredMs, plan.spreadMs);
  else endCustomer(encounter, answeredMs + 20, 'peer', queue);
  scene.end();
}

function* reopen(encounter: Encounter, queue: Queue, answeredMs: number, spreadMs: number): Play<void> {
  const { scene } = encounter;
  scene.phase(encounter.customer, answeredMs + 30, 'parked');
  const backMs = answeredMs + Math.round(spreadMs * 0.4);
  scene.phase(encounter.customer, backMs, 'interact');
  const second = yield* waitInQueue(encounter, queue, backMs + 4, { patienceMs: dayMs, missChance: 0 });
  if (second.agentLeg === undefined) return void endCustomer(encounter, second.atMs, 'system', queue);
  const endMs = work(scene, second.agentLeg, second.atMs, { talkMs: workMs(scene, queue, second.agent) });
  scene.close(second.agentLeg, endMs, 'client');
  endCustomer(encounter, endMs + 11, 'peer', queue);
  finish(encounter, second, queue, endMs);
}

function subject(encounter: Encounter, leg: Leg, atMs: number): void {
  const { scene } = encounter;
  const subjects = ['Re: your invoice', 'Fwd: order 10023', '', 'Frage zu "Tarif Ü"'];
  scene.phase(leg, atMs + 5, 'interact', { subject: scene.detail.pick(subjects) });
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
