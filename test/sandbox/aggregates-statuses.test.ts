import { describe, expect, test } from 'vitest';
import { queueObservations, userDetails, withoutRepeats } from '../../src/sandbox/aggregates/index.js';
import type { UserDetailsQuery } from '../../src/sandbox/server/aggregates/analytics-modules.js';
import { objects } from '../../src/sandbox/server/faults/record-faults.js';
import { createWorld } from '../../src/sandbox/world/index.js';
import type { JsonObject } from '../../src/sandbox/world.js';
import { add, ask, dayMs, differences, type Figures, figuresOf, textOf } from './figures.js';

const halfHourMs = 1_800_000;
const metrics = ['tAgentRoutingStatus', 'tOrganizationPresence', 'tSystemPresence'];
const fromMs = Date.UTC(2026, 2, 10);
const toMs = fromMs + 2 * dayMs;
/** In the afternoon of the second day: people are at work, some with a customer. */
const nowMs = fromMs + dayMs + 14.3 * 3_600_000;
const world = createWorld({ seed: 4, agents: 20, conversationsPerDay: 200, timeZone: 'UTC' });

function details(more: Partial<UserDetailsQuery> = {}, asOfMs = nowMs): JsonObject[] {
  const any = () => true;
  const query = { matchesUser: any, matchesPresence: any, matchesRoutingStatus: any, order: 'asc' };
  return userDetails({ span: { fromMs, toMs }, ...query, ...more }, world, asOfMs);
}

interface Record {
  readonly userId: string;
  readonly member: string;
  readonly json: JsonObject;
}

/** Without those that come again under another of their days. */
function recordsOf(found: readonly JsonObject[]): Record[] {
  const all = found.flatMap((user) =>
    ['primaryPresence', 'routingStatus'].flatMap((member) =>
      objects(user[member]).map((json) => ({ userId: String(user.userId), member, json })),
    ),
  );
  return [...new Map(all.map((record) => [JSON.stringify(record), record])).values()];
}

/** Time in statuses by half hour, from the records of the details query. */
function figuresOfRecords(records: readonly Record[]): Figures {
  const figures: Figures = new Map();
  for (const { userId, json } of records) {
    const endMs = Math.min(nowMs, toMs, json.endTime === undefined ? nowMs : Date.parse(String(json.endTime)));
    const startMs = Math.max(fromMs, Date.parse(String(json.startTime)));
    for (let bucket = Math.floor(startMs / halfHourMs) * halfHourMs; bucket < endMs; bucket += halfHourMs) {
      const lengthMs = Math.min(endMs, bucket + halfHourMs) - Math.max(startMs, bucket);
      const key = `${new Date(bucket).toISOString()} ${userId}`;
      if (json.routingStatus !== undefined)
        add(figures, `${key} tAgentRoutingStatus ${textOf(json.routingStatus)}`, lengthMs);
      else {
        add(figures, `${key} tSystemPresence ${textOf(json.systemPresence)}`, lengthMs);
        add(figures, `${key} tOrganizationPresence ${textOf(json.organizationPresenceId)}`, lengthMs);
      }
    }
  }
  return figures;
}

describe('user aggregates', () => {
  const answer = ask(world, { kind: 'users', fromMs, toMs, nowMs, metrics, granularity: 'PT30M', groupBy: ['userId'] });
  const figures = figuresOf(answer, ['userId']);

  test('split every status at the borders of intervals: the statuses of an interval fill it', () => {
    const totals: Figures = new Map();
    for (const [key, { sum }] of figures) add(totals, key.split(' ').slice(0, 3).join(' '), sum);
    const intervals = Math.ceil((nowMs - fromMs) / halfHourMs);
    expect(totals.size).toBe(intervals * world.directory.users.length * metrics.length);
    const lastStart = new Date(Math.floor(nowMs / halfHourMs) * halfHourMs).toISOString();
    const wrong = [...totals].filter(
      ([key, { sum }]) => sum !== (key.startsWith(lastStart) ? nowMs % halfHourMs : halfHourMs),
    );
    expect(wrong).toEqual([]);
  });

  test('agree with the spans of the details query', () => {
    expect(differences(figuresOfRecords(recordsOf(details())), figures)).toEqual([]);
  });

  test('have all that an agent does as qualifiers, and say which presences are of which kind', () => {
    const qualifiers = new Set([...figures.keys()].map((key) => key.split(' ').slice(2).join(' ')));
    for (const status of ['OFF_QUEUE', 'IDLE', 'INTERACTING'])
      expect(qualifiers).toContain(`tAgentRoutingStatus ${status}`);
    for (const presence of ['OFFLINE', 'ON_QUEUE', 'MEAL']) expect(qualifiers).toContain(`tSystemPresence ${presence}`);
    const mappings = answer.systemToOrganizationMappings as { [presence: string]: string[] };
    expect(Object.values(mappings).flat()).toHaveLength(world.directory.presences.length);
    expect(mappings.BREAK?.length).toBeGreaterThan(1);
  });

  test('without grouping are those of all users together, and the filter leaves users out', () => {
    const userId = String(world.directory.users[3]?.id);
    const asked = { kind: 'users', fromMs, toMs, nowMs, metrics: ['tSystemPresence'], granularity: 'P1D' } as const;
    const sum = (filter?: JsonObject) =>
      [...figuresOf(ask(world, { ...asked, ...(filter && { filter }) }), []).values()].reduce(
        (total, { sum }) => total + sum,
        0,
      );
    expect(sum()).toBe((nowMs - fromMs) * world.directory.users.length);
    expect(sum({ type: 'or', predicates: [{ dimension: 'userId', value: userId }] })).toBe(nowMs - fromMs);
  });
});

describe('user details', () => {
  const found = details();

  test('have one open presence and one open status for each user, which are the last', () => {
    const open = recordsOf(found).filter(({ json }) => json.endTime === undefined);
    expect(open).toHaveLength(world.directory.users.length * 2);
    expect(new Set(open.map(({ userId, member }) => `${userId} ${member}`)).size).toBe(open.length);
  });

  test('return a status over midnight under both days, from its beginning to its end', () => {
    const midnight = new Date(fromMs + dayMs).toISOString();
    const records = found.flatMap((user) =>
      objects(user.primaryPresence).map((json) => JSON.stringify([user.userId, json])),
    );
    const over = records.filter((text) => {
      const [, { startTime, endTime }] = JSON.parse(text);
      return startTime < midnight && (endTime === undefined || endTime > midnight);
    });
    expect(over.length).toBe(2 * world.directory.users.length);
    expect(new Set(over).size).toBe(world.directory.users.length);
    expect(over.every((text) => !text.includes(`"startTime":"${midnight}"`))).toBe(true);
  });

  test('return the same status for any requested days, at any time', () => {
    const known = new Set(recordsOf(found).map((record) => JSON.stringify(record)));
    const second = recordsOf(details({ span: { fromMs: fromMs + dayMs, toMs } }));
    expect(second.length).toBeGreaterThan(100);
    expect(second.filter((record) => !known.has(JSON.stringify(record)))).toEqual([]);
    const later = new Set(recordsOf(details({}, nowMs + 3_600_000)).map((record) => JSON.stringify(record)));
    const closed = recordsOf(found).filter(({ json }) => json.endTime !== undefined);
    expect(closed.filter((record) => !later.has(JSON.stringify(record)))).toEqual([]);
  });

  test('are open again when the clock is put back', () => {
    const open = (asOfMs: number) => recordsOf(details({}, asOfMs)).filter(({ json }) => json.endTime === undefined);
    const before = open(nowMs - dayMs);
    expect(open(nowMs + dayMs)).toEqual([]);
    expect(open(nowMs - dayMs)).toEqual(before);
    expect(before).toHaveLength(world.directory.users.length * 2);
  });

  test('leave out what the filters do not match, and a user of whom nothing is left', () => {
    const isMeal = (lookup: (name: string) => readonly unknown[]) => lookup('systemPresence').includes('MEAL');
    const meals = details({ matchesPresence: isMeal, matchesRoutingStatus: () => false });
    expect(meals.length).toBeGreaterThan(0);
    expect(meals.every((user) => user.routingStatus === undefined)).toBe(true);
    expect(recordsOf(meals).every(({ json }) => json.systemPresence === 'MEAL')).toBe(true);
  });

  test('return a record once on a page, which is shorter then, and nothing is lost', () => {
    const page = withoutRepeats(found);
    const records = recordsOf(found);
    expect(page.flatMap((user) => [...objects(user.primaryPresence), ...objects(user.routingStatus)])).toHaveLength(
      records.length,
    );
    expect(recordsOf(page)).toEqual(expect.arrayContaining(records));
    expect(page.length).toBeLessThan(found.length);
  });

  test('of the time to come are none', () => {
    expect(details({ span: { fromMs: nowMs, toMs: nowMs + dayMs } })).toEqual([]);
  });
});

test('queue observations count the sessions of this instant as the records show them', () => {
  const expected = new Map<string, number>();
  for (let day = fromMs - world.lifetimeMsMax; day <= nowMs; day += dayMs) {
    for (const conversation of world.conversationsOfDay(day)) {
      const record = conversation.endMs > nowMs ? conversation.render(nowMs, false) : undefined;
      for (const key of record === undefined ? [] : presences(record)) expected.set(key, (expected.get(key) ?? 0) + 1);
    }
  }
  const observed = ['oWaiting', 'oAlerting', 'oInteracting', 'oUserRoutingStatuses', 'oMemberUsers'];
  const answer = queueObservations({ metrics: observed, detailMetrics: [], matches: () => true }, world, nowMs);
  const found = new Map<string, number>();
  for (const { group, data } of objects(answer.results)) {
    const { queueId, mediaType } = group as JsonObject;
    for (const { metric, stats } of objects(data)) {
      const { count } = stats as { count: number };
      if (mediaType !== undefined && count > 0) found.set(`${queueId} ${mediaType} ${metric}`, count);
    }
  }
  expect([...found].sort()).toEqual([...expected].sort());
  expect(found.size).toBeGreaterThan(3);
  const users = objects(answer.results).find(({ group }) => (group as JsonObject).mediaType === undefined);
  const counts = (name: string) =>
    objects(users?.data).flatMap(({ metric, stats }) => (metric === name ? [(stats as { count: number }).count] : []));
  expect(counts('oUserRoutingStatuses').reduce((sum, count) => sum + count, 0)).toBe(counts('oMemberUsers')[0]);
});

function presences(record: JsonObject): string[] {
  return objects(record.participants).flatMap((participant) =>
    objects(participant.sessions).flatMap((session) => {
      const open = objects(session.segments).find(
        ({ segmentEnd, segmentType }) => segmentEnd === undefined && segmentType !== 'wrapup',
      );
      if (open?.queueId === undefined) return [];
      const key = `${open.queueId} ${session.mediaType}`;
      const type = String(open.segmentType);
      if (participant.purpose === 'acd') return type === 'scheduled' ? [] : [`${key} oWaiting`];
      if (participant.purpose !== 'agent') return [];
      if (type === 'alert') return [`${key} oAlerting`];
      return type === 'interact' || type === 'hold' ? [`${key} oInteracting`] : [];
    }),
  );
}
