import { describe, expect, it } from 'vitest';
import {
  createWorld,
  type SimulatedWorld,
  type WorldConversation,
  type WorldEvent,
} from '../../src/sandbox/world/index.js';

const dayMs = 86_400_000;
const hourMs = 3_600_000;
/** A Tuesday. */
const day = Date.UTC(2026, 10, 17);
const world = createWorld({ seed: 7, agents: 60, conversationsPerDay: 1_500, timeZone: 'UTC' });
const conversations = world.conversationsOfDay(day);

function groupBy<T, K>(items: readonly T[], keyOf: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group === undefined) groups.set(keyOf(item), [item]);
    else group.push(item);
  }
  return groups;
}

type Handling = { readonly userId: string; readonly fromMs: number; readonly toMs: number };

/** Voice sessions of agents reached through a queue, from ring to hang-up, from the records. */
function queueCalls(of: readonly WorldConversation[]): Handling[] {
  return of.flatMap((conversation) => {
    const sessions = new Map<number, { userId: string; fromMs: number; toMs: number; answered: boolean }>();
    for (const event of conversation.events) applyToCalls(sessions, event);
    return [...sessions.values()].filter((one) => one.answered);
  });
}

function applyToCalls(
  sessions: Map<number, { userId: string; fromMs: number; toMs: number; answered: boolean }>,
  event: WorldEvent,
): void {
  if (
    event.kind === 'sessionOpened' &&
    event.mediaType === 'voice' &&
    event.purpose === 'agent' &&
    event.userId !== undefined
  ) {
    sessions.set(event.session, { userId: event.userId, fromMs: event.atMs, toMs: event.atMs, answered: false });
  }
  if (!('session' in event)) return;
  const session = sessions.get(event.session);
  if (session === undefined) return;
  if (event.kind === 'answered') session.answered = true;
  if (event.kind === 'phaseEnded') session.toMs = event.atMs;
}

function hoursOf(of: SimulatedWorld, at: number, field: 'routingStatuses' | 'presences'): Map<string, number> {
  const hours = new Map<string, number>();
  for (const agent of of.organization.agents) {
    for (const span of of.agentTimeline(agent.id, at)?.[field] ?? []) {
      const key = 'status' in span ? span.status : span.systemPresence;
      hours.set(key, (hours.get(key) ?? 0) + (span.toMs - span.fromMs) / hourMs);
    }
  }
  return hours;
}

interface QueueFigures {
  offered: number;
  answered: number;
  abandoned: number;
  over: number;
}

function figures(of: readonly WorldConversation[]): QueueFigures {
  const sum: QueueFigures = { offered: 0, answered: 0, abandoned: 0, over: 0 };
  for (const event of of.flatMap((one) => one.events)) {
    if (event.kind === 'offered') sum.offered += 1;
    if (event.kind === 'answered') {
      sum.answered += 1;
      if (event.overServiceLevel) sum.over += 1;
    }
    if (event.kind === 'queueLeft' && event.exit.toLowerCase().includes('abandoned')) sum.abandoned += 1;
  }
  return sum;
}

const voiceOnly = (of: readonly WorldConversation[]) => of.filter((one) => one.kind.startsWith('voice'));

describe('the contact centre', () => {
  it('never has an agent on two queue calls at once', () => {
    const byAgent = groupBy(queueCalls(conversations), (call) => call.userId);
    const overlaps = [...byAgent.values()].flatMap((calls) => {
      const inTime = calls.sort((a, b) => a.fromMs - b.fromMs);
      return inTime.filter((call, position) => position > 0 && call.fromMs < (inTime[position - 1]?.toMs ?? 0));
    });
    expect(byAgent.size).toBeGreaterThan(20);
    expect(overlaps).toEqual([]);
  });

  it('lets only agents answer who are on queue', () => {
    const timelines = new Map<string, ReturnType<SimulatedWorld['agentTimeline']>>();
    for (const call of queueCalls(conversations)) {
      if (!timelines.has(call.userId)) timelines.set(call.userId, world.agentTimeline(call.userId, day));
      const presence = timelines
        .get(call.userId)
        ?.presences.find((span) => span.fromMs <= call.fromMs && call.fromMs < span.toMs);
      expect(presence?.systemPresence).toBe('ON_QUEUE');
    }
  });

  it('shows an agent as interacting while he has a queue call', () => {
    for (const call of queueCalls(conversations)) {
      const middleMs = (call.fromMs + Math.min(call.toMs, day + dayMs - 1)) / 2;
      const status = world
        .agentTimeline(call.userId, day)
        ?.routingStatuses.find((span) => span.fromMs <= middleMs && middleMs < span.toMs);
      expect(status?.status).toBe('INTERACTING');
    }
  });

  it('answers most calls, loses some, and is neither idle nor drowned', () => {
    const { offered, answered, abandoned, over } = figures(voiceOnly(conversations));
    expect(answered / offered).toBeGreaterThan(0.7);
    expect(abandoned / offered).toBeGreaterThan(0.03);
    expect(abandoned / offered).toBeLessThan(0.3);
    expect((answered - over) / (answered + abandoned)).toBeGreaterThan(0.5);
    const hours = hoursOf(world, day, 'routingStatuses');
    const busy = hours.get('INTERACTING') ?? 0;
    const occupancy = busy / (busy + (hours.get('IDLE') ?? 0) + (hours.get('COMMUNICATING') ?? 0));
    expect(occupancy).toBeGreaterThan(0.25);
    expect(occupancy).toBeLessThan(0.9);
  });

  it('serves worse with fewer people: longer waits and more who give up', () => {
    const few = createWorld({ seed: 7, agents: 14, conversationsPerDay: 1_500, timeZone: 'UTC' });
    const strained = figures(voiceOnly(few.conversationsOfDay(day)));
    const normal = figures(voiceOnly(conversations));
    expect(strained.abandoned / strained.offered).toBeGreaterThan((1.5 * normal.abandoned) / normal.offered);
  });

  it('has a busy morning, a quiet night and a quiet Sunday', () => {
    const within = (from: number, to: number) =>
      conversations.filter((one) => one.startMs >= day + from * hourMs && one.startMs < day + to * hourMs).length;
    expect(within(9, 12)).toBeGreaterThan(8 * within(1, 4));
    expect(world.conversationsOfDay(day + 5 * dayMs).length).toBeLessThan(conversations.length / 2);
  });

  it('has its days in its own time zone', () => {
    const tokyo = createWorld({ seed: 7, agents: 20, conversationsPerDay: 400, timeZone: 'Asia/Tokyo' });
    const busiest = groupBy(tokyo.conversationsOfDay(day), (one) => new Date(one.startMs).getUTCHours());
    // Ten in the morning in Tokyo is one o'clock in UTC.
    expect(busiest.get(1)?.length ?? 0).toBeGreaterThan(5 * (busiest.get(18)?.length ?? 0));
  });

  it('occasionally has a day with an incident, on which one queue overflows', () => {
    const year = Array.from({ length: 60 }, (_, n) => world.conversationsOfDay(day - n * dayMs));
    const crowds = year.map((of) => {
      const byHour = groupBy(of, (one) => Math.floor(one.startMs / hourMs));
      return Math.max(...[...byHour.values()].map((one) => one.length)) / of.length;
    });
    expect(Math.max(...crowds)).toBeGreaterThan(1.4 * (crowds.toSorted((a, b) => a - b)[30] ?? 0));
  });
});

describe('an agent’s timeline', () => {
  it('fills the day from end to end, without overlap, and neighbours differ', () => {
    for (const agent of world.organization.agents) {
      const timeline = world.agentTimeline(agent.id, day);
      for (const spans of [timeline?.presences ?? [], timeline?.routingStatuses ?? []]) {
        expect(spans[0]?.fromMs).toBe(day);
        expect(spans.at(-1)?.toMs).toBe(day + dayMs);
        spans.forEach((span, position) => {
          expect(span.toMs).toBeGreaterThan(span.fromMs);
          if (position > 0) expect(span.fromMs).toBe(spans[position - 1]?.toMs);
        });
      }
    }
  });

  it('is off queue whenever the presence is anything but on queue', () => {
    for (const agent of world.organization.agents) {
      const timeline = world.agentTimeline(agent.id, day);
      const onQueue = (timeline?.presences ?? []).filter((span) => span.systemPresence === 'ON_QUEUE');
      for (const span of timeline?.routingStatuses ?? []) {
        const within = onQueue.some((one) => one.fromMs <= span.fromMs && span.toMs <= one.toMs);
        expect(within).toBe(span.status !== 'OFF_QUEUE');
      }
    }
  });

  it('knows all statuses and the organisation’s own presences', () => {
    const statuses = hoursOf(world, day, 'routingStatuses');
    expect([...statuses.keys()].sort()).toEqual([
      'COMMUNICATING',
      'IDLE',
      'INTERACTING',
      'NOT_RESPONDING',
      'OFF_QUEUE',
    ]);
    const presences = new Set(world.directory.presences.map((presence) => presence.id));
    const used = world.organization.agents.flatMap((agent) => world.agentTimeline(agent.id, day)?.presences ?? []);
    expect(used.every((span) => presences.has(span.organizationPresenceId))).toBe(true);
    expect(new Set(used.map((span) => span.organizationPresenceId)).size).toBeGreaterThan(
      new Set(used.map((span) => span.systemPresence)).size,
    );
    expect(world.agentTimeline('nobody', day)).toBeUndefined();
  });
});

describe('the directory', () => {
  const { directory } = world;

  it('has users in every state and codes that are deleted, starred, unmodified or of an old id version', () => {
    expect(new Set(directory.users.map((user) => user.state))).toEqual(new Set(['active', 'inactive', 'deleted']));
    const codes = directory.wrapupCodes;
    expect(codes.length).toBeGreaterThanOrEqual(30);
    expect(codes.some((code) => code.state === 'deleted')).toBe(true);
    expect(codes.some((code) => JSON.stringify(code.division) === '{"id":"*"}')).toBe(true);
    expect(codes.some((code) => code.dateModified === undefined)).toBe(true);
    expect(codes.some((code) => String(code.id).charAt(14) === '1')).toBe(true);
  });

  it('has queues for every medium and every after-call-work setting, with members and codes', () => {
    const small = createWorld({ seed: 1, agents: 5, conversationsPerDay: 100, timeZone: 'UTC' });
    for (const { directory: one } of [world, small]) {
      const prompts = one.queues.map((queue) => (queue.acwSettings as { wrapupPrompt: string }).wrapupPrompt);
      expect(new Set(prompts).size).toBe(5);
      for (const queue of one.queues) {
        expect(one.queueMembers.get(String(queue.id))?.length).toBeGreaterThan(1);
        expect(one.queueWrapupCodes.get(String(queue.id))?.length).toBeGreaterThan(5);
      }
    }
  });

  it('gives every entity an id of its own', () => {
    const all = [
      directory.queues,
      directory.users,
      directory.wrapupCodes,
      directory.skills,
      directory.flows,
      directory.campaigns,
    ];
    const ids = all.flat().map((entity) => entity.id);
    expect(new Set(ids).size).toBe(ids.length);
  });
});

describe('sizes', () => {
  it('reach from five agents and a hundred conversations to thousands of agents', () => {
    const small = createWorld({ seed: 2, agents: 5, conversationsPerDay: 100, timeZone: 'UTC' });
    expect(small.conversationsOfDay(day).every((one) => one.render(one.settledMs, true) !== undefined)).toBe(true);
    const large = createWorld({ seed: 2, agents: 5_000, conversationsPerDay: 3_000, timeZone: 'UTC' });
    expect(large.directory.users.length).toBe(5_500);
    expect(large.directory.queues.length).toBe(20);
    expect(large.conversationsOfDay(day).length).toBeGreaterThan(2_000);
  });
});
