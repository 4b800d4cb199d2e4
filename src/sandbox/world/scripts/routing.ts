import type { JsonObject } from '../../world.js';
import type { MediaType } from '../events.js';
import { serviceLevelTargetMs } from '../organization/organization.js';
import type { Agent, Queue } from '../organization/organization-types.js';
import { mediaDefaults, shortAbandonMs } from '../organization/queue-catalog.js';
import { type Contact, routingFields, sessionFields } from './contacts.js';
import type { Leg, Play, Scene } from './scene.js';
import { chooseCode } from './wrapup.js';

/** A conversation under way: whom it is with, and the customer's session. */
export interface Encounter {
  readonly scene: Scene;
  readonly contact: Contact;
  readonly media: MediaType;
  readonly customer: Leg;
}

export interface Answer {
  readonly agentLeg: Leg;
  readonly agent: Agent;
  /** Instant at which it began to ring: from then on the agent is taken. */
  readonly ringMs: number;
  readonly atMs: number;
}
/** The customer left, or was taken away, before anyone answered. */
export interface NoAnswer {
  readonly agentLeg: undefined;
  readonly atMs: number;
}

export interface StayOptions {
  /** The customer waits this long and no longer. */
  readonly patienceMs: number;
  /** Chance that a rung agent does not pick up. */
  readonly missChance?: number;
  /** The first so many rung agents do not pick up, whatever the chance. */
  readonly missesAtLeast?: number;
  /** Puts the agent's session into this participant. */
  readonly participant?: number | undefined;
  /** Sends the conversation to this agent, who has just had it and is free again at that instant. */
  readonly agent?: { readonly who: Agent; readonly freeMs: number } | undefined;
  /** A missed ring leaves a wrap-up with a code, as happens when the agent's client comes back late. */
  readonly wrapupAfterMiss?: boolean;
  /** Outcome when patience ends: the customer hangs up, or the flow takes the conversation elsewhere. */
  readonly exit?: 'abandoned' | 'flowOut' | 'voicemail';
  /** The customer is gone before the system has looked for an agent. */
  readonly leavesFirst?: boolean;
}

/** After this many rings the customer is dropped, so that no loop is endless. */
const ringsMax = 4;

/** One stay in a queue, from the offer until an agent answers or the customer is gone. */
export function* waitInQueue(
  encounter: Encounter,
  queue: Queue,
  atMs: number,
  options: StayOptions,
): Play<Answer | NoAnswer> {
  const { scene } = encounter;
  const acd = openQueue(encounter, queue, atMs);
  let readyMs = atMs;
  const rings = options.leavesFirst === true ? 0 : ringsMax;
  for (let ring = 0; ring < rings; ring++) {
    const restMs = atMs + options.patienceMs - readyMs;
    const assignment =
      ring === 0 && options.agent !== undefined
        ? { agent: options.agent.who, atMs: Math.max(readyMs, options.agent.freeMs) + 500 }
        : yield { queue, media: encounter.media, atMs: readyMs, patienceMs: restMs };
    if (assignment === undefined || restMs <= 0) break;
    const misses = ring < (options.missesAtLeast ?? 0) || scene.random.chance(options.missChance ?? 0.03);
    const leg = ringAgent(encounter, queue, assignment.agent, assignment.atMs, options.participant, acd);
    if (!misses) return pickUp(encounter, queue, acd, leg, atMs, assignment.atMs);
    readyMs = missRing(encounter, queue, leg, assignment.atMs, options.wrapupAfterMiss === true);
  }
  return giveUp(encounter, queue, acd, atMs, Math.max(atMs + options.patienceMs, readyMs), options.exit ?? 'abandoned');
}

function openQueue(encounter: Encounter, queue: Queue, atMs: number): Leg {
  const { scene, contact, media, customer } = encounter;
  const fields = sessionFields(scene, media, contact, 'inside');
  fields.requestedRoutings = ['Standard'];
  if (scene.detail.chance(0.3)) fields.activeSkillIds = [queue.skill.id];
  const acd = scene.open(atMs, {
    purpose: 'acd',
    media,
    direction: customer.direction,
    queue,
    peer: customer,
    fields,
    participantFields: { participantName: queue.name },
  });
  scene.offer(acd, queue, atMs);
  scene.phase(acd, atMs, 'interact', routingFields(scene, queue));
  return acd;
}

export function ringAgent(
  encounter: Encounter,
  queue: Queue,
  agent: Agent,
  atMs: number,
  participant: number | undefined,
  acd: Leg | undefined,
): Leg {
  const { scene, contact, media, customer } = encounter;
  const fields = sessionFields(scene, media, contact, 'inside');
  fields.requestedRoutings = ['Standard'];
  fields.usedRouting = 'Standard';
  fields.selectedAgentId = agent.id;
  if (acd !== undefined) scene.set(acd, atMs, { selectedAgentId: agent.id, usedRouting: 'Standard' });
  const leg = scene.open(atMs, {
    purpose: 'agent',
    media,
    direction: customer.direction,
    agent,
    queue,
    peer: customer,
    fields,
    participantFields: agentFields(agent),
    participant,
  });
  scene.phase(leg, atMs, 'alert', scene.detail.chance(0.3) ? { requestedRoutingSkillIds: [queue.skill.id] } : {});
  return leg;
}

/** Agents carry no name in a third of the records, as in the real system. */
export function agentFields(agent: Agent): JsonObject {
  return agent.no % 3 === 0 ? { teamId: agent.team.id } : { participantName: agent.name, teamId: agent.team.id };
}

function pickUp(encounter: Encounter, queue: Queue, acd: Leg, leg: Leg, offeredMs: number, ringMs: number): Answer {
  const { scene, media } = encounter;
  const slowest = media === 'voice' || media === 'chat' ? 9_000 : 25_000;
  const atMs = ringMs + scene.random.int(900, slowest);
  const waitMs = atMs - offeredMs;
  scene.close(acd, atMs, 'transfer');
  scene.leaveQueue(acd, queue, atMs, 'answered', waitMs);
  scene.phase(leg, atMs, 'interact');
  scene.answer(leg, queue, atMs, waitMs, waitMs > serviceLevelTargetMs(media));
  scene.mark(leg, atMs, 'connected');
  return { agentLeg: leg, agent: leg.agent as Agent, ringMs, atMs };
}

/** The ring runs out. Returns when the conversation can be offered to somebody else. */
function missRing(encounter: Encounter, queue: Queue, leg: Leg, ringMs: number, wrapup: boolean): number {
  const { scene, media } = encounter;
  const alertMs = media === 'cobrowse' ? 18_000 : mediaDefaults[media].alertSeconds * 1_000;
  const atMs = ringMs + alertMs + scene.random.int(0, 40);
  scene.mark(leg, atMs, 'notResponding');
  scene.close(
    leg,
    atMs,
    'noAnswerTransfer',
    scene.detail.chance(0.5) ? { errorCode: 'error.ininedgecontrol.session.inactive' } : {},
  );
  scene.mark(leg, atMs, 'errorRaised');
  const agent = leg.agent as Agent;
  scene.staff.occupy(agent, ringMs, atMs, media === 'voice' || media === 'callback' ? 'call' : 'digital');
  scene.staff.occupy(agent, atMs, atMs + scene.random.int(15_000, 150_000), 'notResponding');
  if (!wrapup) return atMs;
  const lengthMs = scene.random.int(20_000, 90_000);
  scene.startWrapup(leg, atMs);
  scene.endWrapup(leg, atMs + lengthMs, { code: chooseCode(scene.random, queue), acwMs: lengthMs - 4_000 });
  scene.handled(leg, atMs + lengthMs);
  return atMs;
}

function giveUp(
  encounter: Encounter,
  queue: Queue,
  acd: Leg,
  offeredMs: number,
  atMs: number,
  exit: 'abandoned' | 'flowOut' | 'voicemail',
): NoAnswer {
  const { scene } = encounter;
  const waitMs = atMs - offeredMs;
  if (exit === 'abandoned') {
    scene.close(acd, atMs, 'peer');
    scene.leaveQueue(acd, queue, atMs, waitMs < shortAbandonMs ? 'shortAbandoned' : 'abandoned', waitMs);
    return { agentLeg: undefined, atMs };
  }
  scene.set(acd, atMs, { flowOutType: exit === 'voicemail' ? 'voicemail' : 'transfer' });
  scene.close(acd, atMs, 'transfer');
  scene.leaveQueue(acd, queue, atMs, exit, waitMs);
  return { agentLeg: undefined, atMs };
}
