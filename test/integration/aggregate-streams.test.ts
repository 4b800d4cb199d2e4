import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/genesys/api.js';
import type { Stream } from '../../src/model/extraction.js';
import { allStreams } from '../../src/streams/catalog.js';
import { openApi, type Respond, startServer } from '../genesys/api-server.js';
import { batchesOf, pull } from '../support/pull.js';

const noon = new Date('2026-03-12T12:05:00Z');
const queueId = '0a5bcd9a-3a54-4c5e-9d0c-000000000001';
const userId = (n: number) => `0a5bcd9a-3a54-4c5e-9d0c-${String(n).padStart(12, '0')}`;
const refusal = (message: string, code = 'invalid.value') => ({ status: 400, body: { message, code, status: 400 } });

async function open(name: string, respond: Respond) {
  const server = await startServer(respond);
  const stream = allStreams(openApi(server.url), { granularity: 'PT30M' }).find((each) => each.name === name) as Stream;
  const bodies = () => server.seen.map(({ body }) => JSON.parse(body) as JsonObject);
  return { stream, seen: server.seen, bodies };
}

function answer(interval: string, metrics: readonly string[], group: object = { queueId, mediaType: 'voice' }) {
  const data = [{ interval, metrics: metrics.map((metric) => ({ metric, stats: { count: 1 } })) }];
  return { body: { results: [{ group, data }] } };
}

describe('conversation aggregates', () => {
  const half = '2026-03-12T11:30:00.000Z/2026-03-12T12:00:00.000Z';

  test('a metric that the API refuses is left out with one warning, the rest is pulled', async () => {
    const { stream, bodies } = await open('queue_aggregates', ({ body }) => {
      const refused = ['tPark', 'nCfcOffered'].find((name) => JSON.parse(body).metrics.includes(name));
      return refused === undefined
        ? answer(half, ['nOffered'])
        : refusal(`Value [${refused}] is not valid for field type [metric]. Allowable values are: nOffered, tHandle`);
    });
    const log: string[] = [];
    for (let times = 0; times < 2; times += 1) await pull(stream, half, { now: noon, log });
    expect(bodies()).toHaveLength(4);
    expect(bodies().at(-1)?.metrics).not.toContain('tPark');
    expect(bodies().at(-1)?.metrics).toContain('oServiceLevel');
    expect(log.filter((line) => line.includes('is not supported by this organization; skipped'))).toHaveLength(2);
  });

  test('a dimension that the API refuses is left out as well', async () => {
    const { stream, bodies } = await open('queue_aggregates', ({ body }) =>
      JSON.parse(body).groupBy.includes('direction')
        ? refusal('Value [direction] is not valid for field type [dimension]. Allowable values are: queueId, mediaType')
        : answer(half, ['nOffered']),
    );
    const pages = await pull(stream, half, { now: noon });
    expect(bodies().at(-1)?.groupBy).toEqual(['queueId', 'mediaType']);
    expect(batchesOf(pages)[0]?.rows).toMatchObject([{ queue_id: queueId, direction: null, count: 1 }]);
  });

  test.each([
    ['bad.request', "Metric 'nOutboundConnected' is not supported by this query"],
    ['metric.unknown', 'Unsupported: nOutboundConnected. Supported metrics: nOffered, tHandle, tAcw'],
    ['', 'The query for nOutboundConnected, tTalkXyz cannot be answered'],
  ])('a metric that a 400 with code "%s" names is left out, and no other', async (code, message) => {
    const { stream, bodies } = await open('queue_aggregates', ({ body }) =>
      JSON.parse(body).metrics.includes('nOutboundConnected') ? refusal(message, code) : answer(half, ['nOffered']),
    );
    const pages = await pull(stream, half, { now: noon });
    expect(bodies()).toHaveLength(2);
    const [first = [], second = []] = bodies().map(({ metrics }) => metrics as string[]);
    expect(first.filter((metric) => !second.includes(metric))).toEqual(['nOutboundConnected']);
    expect(batchesOf(pages)[0]?.rows).toHaveLength(1);
  });

  test('a dimension that a 400 with another code names stays, since the answer would have other rows', async () => {
    const { stream } = await open('queue_aggregates', () => refusal('queueId of the filter is bad', 'bad.request'));
    await expect(pull(stream, half, { now: noon })).rejects.toThrow('queueId of the filter is bad');
  });

  /** Answers with one row per metric that is asked for, unless it is asked for one of `bad`, without saying which. */
  const silent =
    (bad: readonly string[], atOnceMax = 1_000): Respond =>
    ({ body }) => {
      const { metrics } = JSON.parse(body) as { metrics: string[] };
      if (metrics.length > atOnceMax || metrics.some((metric) => bad.includes(metric))) {
        return refusal('The query is not valid.', 'bad.request');
      }
      return answer(half, metrics);
    };
  const metricsIn = (pages: Awaited<ReturnType<typeof pull>>) =>
    (batchesOf(pages)[0]?.rows ?? []).map(({ metric }) => String(metric)).sort();

  test('metrics whose refusal names none are found by halves, and all others stored', async () => {
    const bad = ['nCfcOffered', 'tPark', 'oServiceLevel'];
    const { stream, bodies } = await open('queue_aggregates', silent(bad));
    const log: string[] = [];
    const first = await pull(stream, half, { now: noon, log });
    const asked = bodies()[0]?.metrics as string[];
    expect(metricsIn(first)).toEqual(asked.filter((metric) => !bad.includes(metric)).sort());
    expect(log.filter((line) => line.includes('is not supported by this organization; skipped'))).toHaveLength(3);
    const requests = bodies().length;
    expect(requests).toBeLessThan(60);
    expect(metricsIn(await pull(stream, half, { now: noon }))).toEqual(metricsIn(first));
    expect(bodies()).toHaveLength(requests + 1);
  });

  test('metrics that are too many for one question are asked for in parts, and none is left out', async () => {
    const { stream, bodies } = await open('queue_aggregates', silent([], 30));
    const log: string[] = [];
    const first = await pull(stream, half, { now: noon, log });
    expect(metricsIn(first)).toEqual([...((bodies()[0]?.metrics ?? []) as string[])].sort());
    expect(metricsIn(await pull(stream, half, { now: noon, log }))).toEqual(metricsIn(first));
    expect(log.filter((line) => line.includes('is refused'))).toEqual([]);
  });

  test('a refusal that is not about metrics fails the slice after a few halves, and later ones at once', async () => {
    const { stream, seen } = await open('queue_aggregates', () => refusal('Value [x] is not valid.'));
    await expect(pull(stream, half, { now: noon })).rejects.toThrow('Value [x] is not valid');
    expect(seen).toHaveLength(15);
    await expect(pull(stream, half, { now: noon })).rejects.toThrow('Value [x] is not valid');
    expect(seen).toHaveLength(16);
  });

  test('a live pull reaches two hours back in the same request and speaks about all of it', async () => {
    const { stream, bodies } = await open('agent_aggregates', () => answer(half, ['tHandle']));
    const pages = await pull(stream, half, { now: noon });
    expect(bodies().map(({ interval }) => interval)).toEqual(['2026-03-12T09:30:00.000Z/2026-03-12T12:00:00.000Z']);
    expect(batchesOf(pages)[0]?.interval.from).toEqual(new Date('2026-03-12T09:30:00Z'));
  });

  test('a later pass and a slice that is not live ask for their own interval only', async () => {
    const { stream, bodies } = await open('agent_aggregates', () => ({ body: { results: [] } }));
    await pull(stream, half, { now: noon, pass: 1 });
    await pull(stream, '2026-03-11T00:00:00Z/2026-03-12T00:00:00Z', { now: noon });
    expect(bodies().map(({ interval }) => interval)).toEqual([
      half,
      '2026-03-11T00:00:00.000Z/2026-03-12T00:00:00.000Z',
    ]);
  });

  test('where reaching back makes the answer too large it is given up, before the slice is cut', async () => {
    const tooLarge = refusal('Result set is larger than result limit', 'bad.request');
    const { stream, bodies } = await open('agent_aggregates', ({ body }) =>
      JSON.parse(body).interval === half ? answer(half, ['tHandle']) : tooLarge,
    );
    for (let times = 0; times < 2; times += 1) await pull(stream, half, { now: noon });
    expect(bodies()).toHaveLength(3);
  });

  test('a slice that begins or ends inside a half hour is pulled in whole half hours', async () => {
    const { stream, bodies } = await open('queue_aggregates', () => ({ body: {} }));
    await pull(stream, '2026-03-10T10:07:00Z/2026-03-10T11:45:00Z', { now: noon });
    expect(bodies()[0]?.interval).toBe('2026-03-10T10:00:00.000Z/2026-03-10T12:00:00.000Z');
  });

  test('a slice too short to be cut in the ledger is pulled half hour by half hour', async () => {
    const { stream, bodies } = await open('queue_aggregates', ({ body }) => {
      const { interval } = JSON.parse(body);
      const [from = '', to = ''] = interval.split('/');
      return Date.parse(to) - Date.parse(from) > 1_800_000
        ? refusal('Result set is larger than result limit', 'bad.request')
        : answer(interval, ['nOffered']);
    });
    const pages = await pull(stream, '2026-03-10T10:00:00Z/2026-03-10T11:30:00Z', { now: noon });
    expect(pages).toHaveLength(3);
    expect(bodies()).toHaveLength(4);
    expect(pages.map(({ cursor }) => cursor)).toEqual([
      { next: '2026-03-10T10:30:00.000Z' },
      { next: '2026-03-10T11:00:00.000Z' },
      { next: '2026-03-10T11:30:00.000Z' },
    ]);
  });

  test('an interrupted pull resumes at its cursor', async () => {
    const { stream, bodies } = await open('queue_aggregates', () => ({ body: {} }));
    const cursor = { next: '2026-03-10T11:00:00.000Z' };
    await pull(stream, '2026-03-10T10:00:00Z/2026-03-10T11:30:00Z', { now: noon, cursor });
    expect(bodies().map(({ interval }) => interval)).toEqual(['2026-03-10T11:00:00.000Z/2026-03-10T11:30:00.000Z']);
  });
});

describe('user aggregates', () => {
  const interval = '2026-03-11T00:00:00Z/2026-03-12T00:00:00Z';

  test('asks for a hundred users a request, all of them full but the last', async () => {
    const { stream, bodies } = await open('user_aggregates', () => ({ body: { results: [] } }));
    const userIds = Array.from({ length: 250 }, (_, n) => userId(n + 1));
    const pages = await pull(stream, interval, { now: noon, userIds });
    const asked = bodies().map(({ filter }) => (filter as { predicates: { value: string }[] }).predicates);
    expect(asked.map((predicates) => predicates.length)).toEqual([100, 100, 50]);
    expect(asked.flat().map(({ value }) => value)).toEqual(userIds);
    expect(batchesOf(pages)[0]).toMatchObject({ scope: { column: 'user_id', values: userIds.slice(0, 100) } });
  });

  const atTen = '2026-03-11T10:00:00.000Z/2026-03-11T10:30:00.000Z';
  const askedIn = (body: string) =>
    (JSON.parse(body).filter.predicates as { value: string }[]).map((predicate) => predicate.value);
  /** Answers about those of `users` that are asked for, at most `atOnceMax` of them and without a word about the others. */
  const about =
    (users: readonly string[], atOnceMax = 1_000): Respond =>
    ({ body }) => {
      const known = askedIn(body).filter((id) => users.includes(id));
      const data = [
        { interval: atTen, metrics: [{ metric: 'tSystemPresence', qualifier: 'BUSY', stats: { sum: 9 } }] },
      ];
      return { body: { results: known.slice(0, atOnceMax).map((id) => ({ group: { userId: id }, data })) } };
    };
  const usersIn = (pages: Awaited<ReturnType<typeof pull>>) =>
    batchesOf(pages).flatMap(({ rows }) => rows.map(({ user_id }) => String(user_id)));
  const many = Array.from({ length: 230 }, (_, n) => userId(n + 1));

  test('users whom an answer leaves out are asked for again, and fewer are asked for at once from then on', async () => {
    const { stream, bodies } = await open('user_aggregates', about(many, 20));
    const log: string[] = [];
    expect(usersIn(await pull(stream, interval, { now: noon, userIds: many, log }))).toEqual(many);
    expect(log.filter((line) => line.includes('An answer left out users'))).toHaveLength(1);
    const requests = bodies().length;
    expect(usersIn(await pull(stream, interval, { now: noon, userIds: many }))).toEqual(many);
    expect(bodies().length - requests).toBe(Math.ceil(230 / 20));
  });

  test('users about whom there is nothing cost one more request, not one each time', async () => {
    const present = many.filter((_, n) => n % 3 === 0);
    const { stream, bodies } = await open('user_aggregates', about(present));
    const log: string[] = [];
    for (let times = 0; times < 2; times += 1) {
      expect(usersIn(await pull(stream, interval, { now: noon, userIds: many, log }))).toEqual(present);
    }
    expect(bodies()).toHaveLength(3 + 1 + 3);
    expect(log.filter((line) => line.includes('left out'))).toEqual([]);
  });

  test('resumes after the last user whose answer was stored', async () => {
    const { stream, bodies } = await open('user_aggregates', () => ({ body: { results: [] } }));
    const userIds = Array.from({ length: 250 }, (_, n) => userId(n + 1));
    await pull(stream, interval, { now: noon, userIds, cursor: { after: userId(200) } });
    expect(bodies()).toHaveLength(1);
  });

  test('lists the users itself while the directory is not stored yet', async () => {
    const { stream, seen } = await open('user_aggregates', ({ path }) =>
      path === '/api/v2/users'
        ? { body: { entities: [{ id: userId(2) }, { id: userId(1) }], pageNumber: 1, pageCount: 1 } }
        : { body: { results: [] } },
    );
    for (let times = 0; times < 2; times += 1) await pull(stream, interval, { now: noon });
    expect(seen.map(({ path }) => path)).toEqual([
      '/api/v2/users',
      '/api/v2/analytics/users/aggregates/query',
      '/api/v2/analytics/users/aggregates/query',
    ]);
  });

  test('a group without a user is put aside', async () => {
    const half = '2026-03-11T10:00:00.000Z/2026-03-11T10:30:00.000Z';
    const { stream } = await open('user_aggregates', () => answer(half, ['tSystemPresence'], {}));
    const pages = await pull(stream, interval, { now: noon, userIds: [userId(1)] });
    expect(pages[0]?.rejects).toHaveLength(1);
    expect(batchesOf(pages)[0]?.rows).toEqual([]);
  });
});

describe('user details', () => {
  const users = (from: number, count: number) =>
    Array.from({ length: count }, (_, n) => ({ userId: userId(from + n) }));
  const paged = (sizes: readonly number[], totalHits: number): Respond => {
    return ({ body }) => {
      const { pageNumber } = JSON.parse(body).paging;
      const size = sizes[pageNumber - 1] ?? 0;
      return { body: { ...(size > 0 && { userDetails: users(pageNumber * 100, size) }), totalHits } };
    };
  };

  test.each([
    ['2026-03-12T11:00:00Z/2026-03-12T12:00:00Z', '2026-03-12T12:03:00Z', '2026-03-12T12:03:00.000Z'],
    ['2026-03-12T11:00:00Z/2026-03-12T12:00:00Z', '2026-03-20T08:00:00Z', '2026-03-13T00:00:00.000Z'],
  ])('%s is asked for from midnight to what is known of the day at %s', async (slice, at, to) => {
    const { stream, bodies } = await open('user_details', paged([], 0));
    await pull(stream, slice, { now: new Date(new Date(at).getTime() + 2 * 60_000) });
    expect(bodies()).toMatchObject([{ interval: `2026-03-12T00:00:00.000Z/${to}` }]);
  });

  test.each([
    ['a short last page ends it', [100, 100, 20], 220, 3],
    ['a short page before the last does not', [100, 97, 100, 20], 317, 4],
    ['a total that is too low does not end it at a full page', [100, 100, 20], 190, 3],
    ['a total that is too high ends it after two empty pages', [100, 20], 900, 4],
    ['nothing found is one request', [], 0, 1],
  ])('%s', async (_name, sizes, totalHits, requests) => {
    const { stream, seen } = await open('user_details', paged(sizes, totalHits));
    const pages = await pull(stream, '2026-03-11T00:00:00Z/2026-03-12T00:00:00Z', { now: noon });
    expect(seen).toHaveLength(requests);
    expect(pages.reduce((sum, page) => sum + page.recordCount, 0)).toBe(sizes.reduce((sum, size) => sum + size, 0));
  });

  test('spans keep their columns; times that are none and users without an id are put aside', async () => {
    const presence = {
      startTime: '2026-03-11T08:00:00.123Z',
      systemPresence: 'BREAK',
      organizationPresenceId: queueId,
    };
    const { stream } = await open('user_details', () => ({
      body: {
        totalHits: 2,
        userDetails: [
          {
            userId: userId(1),
            primaryPresence: [
              { ...presence, endTime: '2026-03-11T09:00:00Z', note: 'x' },
              { ...presence, startTime: 'soon' },
              { startTime: '2026-03-11T10:00:00.000Z' },
            ],
            routingStatus: [{ startTime: '2026-03-11T08:00:00.000Z', routingStatus: 'IDLE' }],
          },
          { primaryPresence: [presence] },
        ],
      },
    }));
    const pages = await pull(stream, '2026-03-11T00:00:00Z/2026-03-12T00:00:00Z', { now: noon });
    const [presences, statuses] = batchesOf(pages);
    expect(presences).toMatchObject({ relation: 'user_presences', userIds: [userId(1)] });
    expect(presences?.rows).toEqual([
      {
        user_id: userId(1),
        start_time: Date.parse('2026-03-11T08:00:00.123Z'),
        end_time: Date.parse('2026-03-11T09:00:00Z'),
        system_presence: 'BREAK',
        organization_presence_id: queueId,
        extra: { note: 'x' },
      },
    ]);
    expect(statuses?.rows).toMatchObject([{ routing_status: 'IDLE', end_time: null, extra: null }]);
    expect(pages[0]?.rejects).toHaveLength(3);
  });
});

test('queue observations are asked for a hundred queues at a time and are not part of a plain sync', async () => {
  const ids = Array.from({ length: 120 }, (_, n) => ({ id: userId(n + 1) }));
  const { stream, seen } = await open('queue_observations', ({ path }) => {
    if (path === '/api/v2/routing/queues') return { body: { entities: ids, pageNumber: 1, pageCount: 1 } };
    const data = [
      { metric: 'oWaiting', stats: { count: 2 } },
      { metric: 'oLongestWaiting', stats: { calculatedMetricValue: 1_773_316_800_000 } },
      { metric: 'oUserPresences', qualifier: queueId, stats: { count: 4 }, truncated: false },
    ];
    return { body: { results: [{ group: { queueId: userId(1), mediaType: 'voice' }, data }] } };
  });
  expect(stream).toMatchObject({ isDefault: false, kind: 'snapshot' });
  const pages = await pull(stream, '2026-03-12T12:05:00Z/2026-03-12T12:10:00Z', { now: noon });
  expect(seen).toHaveLength(3);
  expect(batchesOf(pages)[0]?.rows).toMatchObject([
    { metric: 'oWaiting', qualifier: null, count: 2, calculated_metric_value: null, extra: null },
    { metric: 'oLongestWaiting', count: null, calculated_metric_value: 1_773_316_800_000, extra: null },
    { metric: 'oUserPresences', qualifier: queueId, count: 4, extra: { truncated: false } },
  ]);
});
