import type { Agent, Flow, Organization, Queue } from '../organization/organization-types.js';
import type { Random } from '../random.js';
import { sessionFields } from './contacts.js';
import { type Encounter, waitInQueue } from './routing.js';
import type { Leg, Play, Scene } from './scene.js';
import { converse, endCustomer, hangUp, playFlow, startInbound, wrapUp } from './voice.js';

export function flowOf(organization: Organization, type: string): Flow {
  return (organization.flows.find((flow) => flow.type === type) ?? organization.flows[0]) as Flow;
}

/** Inbound voice queues by their share of the traffic. */
export function pickQueue(random: Random, queues: readonly Queue[]): Queue {
  let rest = random.next() * queues.reduce((sum, queue) => sum + queue.template.weight, 0);
  const found = queues.find((queue) => {
    rest -= queue.template.weight;
    return rest < 0;
  });
  return found ?? random.pick(queues);
}

export function voiceQueue(scene: Scene): Queue {
  return pickQueue(scene.random, scene.organization.inboundQueues.voice);
}

/** Patience of callers before they give up; a few never do. */
export function patienceMs(random: Random): number {
  return random.chance(0.05) ? 3_600_000 : Math.round(8_000 + random.exponential(210_000));
}

/** Rings in, goes through the menu, waits, is answered; the ordinary case and the frame of most others. */
export interface InboundPlan {
  readonly holds?: number;
  readonly missesAtLeast?: number;
  readonly wrapupAfterMiss?: boolean;
  /** Nobody picks up at all. */
  readonly allMiss?: boolean;
  readonly patienceMs?: number;
  readonly exit?: 'abandoned' | 'flowOut' | 'voicemail';
  /** Nobody is asked: the customer leaves before the system finds an agent. */
  readonly leavesFirst?: boolean;
}

export interface Connected {
  readonly encounter: Encounter;
  readonly agentLeg: Leg;
  readonly agent: Agent;
  readonly queue: Queue;
  readonly ringMs: number;
  readonly answeredMs: number;
}

export function* connectInbound(scene: Scene, plan: InboundPlan = {}): Play<Connected | undefined> {
  const { random, organization } = scene;
  const { encounter, atMs } = startInbound(scene, 'voice');
  const queue = scene.focus ?? voiceQueue(scene);
  const ivrMs = random.durationMs(28_000, 0.6, 3_000, 300_000);
  if (!scene.staff.isOpen(queue, atMs + ivrMs)) return closedHours(encounter, atMs, ivrMs);
  const end = { exitReason: 'TRANSFER', transferType: 'ACD', queue } as const;
  const queuedMs = playFlow(encounter, flowOf(organization, 'INBOUNDCALL'), atMs + 6, ivrMs, end) + 2;
  const stay = yield* waitInQueue(encounter, queue, queuedMs, {
    patienceMs: plan.patienceMs ?? patienceMs(random),
    missesAtLeast: plan.allMiss === true ? 9 : (plan.missesAtLeast ?? 0),
    missChance: plan.missesAtLeast === undefined ? 0.03 : 0,
    wrapupAfterMiss: plan.wrapupAfterMiss ?? false,
    exit: plan.exit ?? 'abandoned',
    leavesFirst: plan.leavesFirst ?? false,
  });
  if (stay.agentLeg !== undefined)
    return { encounter, queue, agentLeg: stay.agentLeg, agent: stay.agent, ringMs: stay.ringMs, answeredMs: stay.atMs };
  if (plan.exit === 'voicemail') leaveVoicemail(encounter, queue, stay.atMs);
  else if (plan.exit === 'flowOut') flowElsewhere(encounter, stay.atMs);
  else endCustomer(encounter, stay.atMs, 'client', queue);
  return undefined;
}

export function* answeredCall(scene: Scene, plan: InboundPlan = {}): Play<void> {
  const call = yield* connectInbound(scene, plan);
  if (call !== undefined) {
    const endMs = converse(
      call.encounter,
      call.agentLeg,
      call.answeredMs,
      plan.holds === undefined ? {} : { holds: plan.holds },
    );
    wrapUp(call.encounter, call.agentLeg, call.ringMs, hangUp(call.encounter, call.agentLeg, endMs));
  }
  scene.end();
}

/** The menu was enough, or the caller gave up in it. */
export function ivrOnlyCall(scene: Scene): void {
  const { random, organization } = scene;
  const { encounter, atMs } = startInbound(scene, 'voice');
  const selfServed = random.chance(0.4);
  const flow = selfServed ? flowOf(organization, 'BOT') : flowOf(organization, 'INBOUNDCALL');
  const endMs = playFlow(encounter, flow, atMs + 5, random.durationMs(35_000, 0.8, 1_500, 600_000), {
    exitReason: random.chance(0.5) ? 'DISCONNECT' : 'FLOW_DISCONNECT',
  });
  endCustomer(encounter, endMs, 'client');
  if (selfServed) scene.record({ kind: 'conversationField', atMs: endMs, fields: { selfServed: true } });
  scene.end();
}

/** Nobody is on duty: the menu says so and hangs up. */
function closedHours(encounter: Encounter, atMs: number, lengthMs: number): undefined {
  const flow = encounter.scene.organization.flows[1] as Flow;
  const endMs = playFlow(encounter, flow, atMs + 6, lengthMs, { exitReason: 'DISCONNECT' });
  endCustomer(encounter, endMs, 'system');
  return undefined;
}

/** The queue's flow sends the caller to an announcement, which ends the call. */
function flowElsewhere(encounter: Encounter, atMs: number): void {
  const { scene } = encounter;
  const flow = scene.organization.flows[1] as Flow;
  const endMs = playFlow(encounter, flow, atMs + 1, scene.random.int(5_000, 40_000), { exitReason: 'DISCONNECT' });
  endCustomer(encounter, endMs, 'system');
}

function leaveVoicemail(encounter: Encounter, queue: Queue, atMs: number): void {
  const { scene, contact, customer } = encounter;
  const leg = scene.open(atMs, {
    purpose: 'voicemail',
    media: 'voice',
    direction: 'inbound',
    queue,
    peer: customer,
    fields: sessionFields(scene, 'voice', contact, 'inside'),
    participantFields: { participantName: 'Voicemail' },
  });
  scene.phase(leg, atMs, 'voicemail');
  const endMs = atMs + scene.random.int(6_000, 90_000);
  scene.close(leg, endMs, 'peer');
  endCustomer(encounter, endMs, 'client', queue);
}
