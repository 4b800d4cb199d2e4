import type { SessionOpened, WorldEvent } from '../../src/sandbox/world/events.js';
import type { SimulatedWorld } from '../../src/sandbox/world/index.js';
import { createWorld } from '../../src/sandbox/world/index.js';
import { dayMs } from './figures.js';

/** 2026-03-10, a Tuesday, 00:00 UTC. */
export const day = Date.UTC(2026, 2, 10);
export const at = (time: string): number => {
  const [hours = 0, minutes = 0, seconds = 0] = time.split(':').map(Number);
  return day + ((hours * 60 + minutes) * 60 + seconds) * 1_000;
};

/** An organisation without conversations of its own. */
const empty = createWorld({ seed: 1, agents: 5, conversationsPerDay: 100, timeZone: 'UTC' });

export const queue = String(empty.directory.queues[0]?.id);
export const otherQueue = String(empty.directory.queues[1]?.id);

/** A world in which just this happened. */
export function worldOf(...conversations: readonly (readonly WorldEvent[])[]): SimulatedWorld {
  const made = conversations.map((events, n) => {
    const startMs = events.find((event) => event.kind === 'conversationStarted')?.atMs ?? Number.NaN;
    const endMs = events.findLast((event) => event.kind === 'conversationEnded')?.atMs ?? Number.POSITIVE_INFINITY;
    return { id: `conversation-${n + 1}`, startMs, endMs, events };
  });
  const ofDay = (dayStartMs: number) =>
    made.filter(({ startMs }) => startMs >= dayStartMs && startMs < dayStartMs + dayMs);
  return {
    ...empty,
    lifetimeMsMax: 5 * dayMs,
    shortLifetimeMsMax: 5 * dayMs,
    conversationsOfDay: ofDay as unknown as SimulatedWorld['conversationsOfDay'],
    longConversationsOfDay: () => [],
  };
}

export function started(time: string, fields = {}): WorldEvent {
  return { kind: 'conversationStarted', atMs: at(time), direction: 'inbound', fields };
}

export function ended(time: string): WorldEvent {
  return { kind: 'conversationEnded', atMs: at(time) };
}

/** A participant with one session, both with this number. */
export function joined(time: string, session: number, more: Partial<SessionOpened> = {}): WorldEvent[] {
  const { purpose = 'agent', userId = purpose === 'agent' ? `user-${session}` : undefined } = more;
  const base = { atMs: at(time), participant: session, purpose, userId, fields: {} };
  return [
    { kind: 'participantJoined', ...base },
    { kind: 'sessionOpened', ...base, session, mediaType: 'voice', direction: 'inbound', peer: undefined, ...more },
  ];
}

export function phase(
  time: string,
  session: number,
  name: Extract<WorldEvent, { kind: 'phaseStarted' }>['phase'],
  queueId: string | undefined = queue,
  fields = {},
): WorldEvent {
  return { kind: 'phaseStarted', atMs: at(time), session, phase: name, queueId, fields };
}

export function closed(time: string, session: number, fields = {}): WorldEvent {
  return { kind: 'phaseEnded', atMs: at(time), session, disconnect: 'peer', fields };
}

export function handled(time: string, session: number, emitDelayMs = 0): WorldEvent {
  return { kind: 'handled', atMs: at(time), session, emitDelayMs };
}

/** Talks from one time to another, and is done. */
export function talk(from: string, to: string, session = 1): WorldEvent[] {
  return [...joined(from, session), phase(from, session, 'interact'), closed(to, session), handled(to, session)];
}

/** After-call work until `to`, from where the session is left. */
export function wrapup(from: string, to: string, session: number, code: string | undefined): WorldEvent[] {
  const end = { code, note: undefined, tags: undefined, disconnect: undefined, acwMs: at(to) - at(from) };
  return [
    { kind: 'wrapupStarted', atMs: at(from), session, queueId: queue },
    { kind: 'wrapupEnded', atMs: at(to), session, ...end },
  ];
}

type Exit = Extract<WorldEvent, { kind: 'queueLeft' }>['exit'];

/** A stay in a queue that nobody answers. */
export function unanswered(from: string, to: string, exit: Exit, session = 1, queueId = queue): WorldEvent[] {
  return [
    ...joined(from, session, { purpose: 'acd' }),
    { kind: 'offered', atMs: at(from), session, queueId },
    phase(from, session, 'interact', queueId),
    closed(to, session),
    { kind: 'queueLeft', atMs: at(to), session, queueId, exit, waitMs: at(to) - at(from) },
  ];
}

/** A stay in a queue that session `agent` answers. */
export function answered(from: string, to: string, isLate: boolean, session = 1, agent = 2): WorldEvent[] {
  return [
    ...unanswered(from, to, 'answered', session),
    ...joined(to, agent),
    phase(to, agent, 'interact'),
    {
      kind: 'answered',
      atMs: at(to),
      session: agent,
      queueId: queue,
      waitMs: at(to) - at(from),
      overServiceLevel: isLate,
    },
  ];
}
