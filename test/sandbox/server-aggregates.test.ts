import { afterEach, describe, expect, test } from 'vitest';
import type { AggregateQuery } from '../../src/sandbox/index.js';
import { splitByGranularity } from '../../src/sandbox/server/aggregates/granularity.js';
import type { Client } from './server-client.js';
import { startWithClient } from './server-client.js';

const path = '/api/v2/analytics/conversations/aggregates/query';
const interval = '2026-01-05T00:00:00Z/2026-01-06T00:00:00Z';

let client: Client;
let asked: AggregateQuery[];
afterEach(() => client?.sandbox.close());

async function start(): Promise<void> {
  asked = [];
  client = await startWithClient({
    aggregateRowsMax: 50,
    aggregates: (query) => {
      asked.push(query);
      const data = query.buckets.map((_bucket, n) => ({ interval: String(n), metrics: [] }));
      return { results: [{ group: {}, data }] };
    },
    userDetails: ({ matchesUser }) =>
      ['user-1', 'user-2', 'user-3']
        .filter((id) => matchesUser((name) => (name === 'userId' ? [id] : [])))
        .map((userId) => ({ userId })),
  });
}

describe('an aggregates query', () => {
  test('reaches the module checked, split by granularity and with its filter compiled', async () => {
    await start();
    const filter = { type: 'and', predicates: [{ dimension: 'queueId', value: 'queue-1' }] };
    const body = { interval, granularity: 'PT30M', groupBy: ['queueId', 'mediaType'], metrics: ['tHandle'], filter };
    expect((await client.post(path, body)).status).toBe(200);
    const [query] = asked;
    expect(query?.kind).toBe('conversations');
    expect(query?.buckets).toHaveLength(48);
    expect(query?.groupBy).toEqual(['queueId', 'mediaType']);
    const matches = (queueId: string) => query?.matches((name) => (name === 'queueId' ? [queueId] : []));
    expect([matches('queue-1'), matches('queue-2')]).toEqual([true, false]);
  });

  test.each([
    [
      'a metric',
      { metrics: ['tHandel'] },
      'invalid.value',
      'Value [tHandel] is not valid for field type [metric]. Allowable values are: n',
    ],
    [
      'a dimension',
      { metrics: ['tHandle'], groupBy: ['queue'] },
      'invalid.value',
      'Value [queue] is not valid for field type [dimension]',
    ],
    [
      'a filter dimension',
      { metrics: ['tHandle'], filter: { type: 'and', predicates: [{ dimension: 'x', value: '1' }] } },
      'invalid.value',
      '[x]',
    ],
    ['a granularity', { metrics: ['tHandle'], granularity: '30 minutes' }, 'invalid.value', '30 minutes'],
    ['a time zone', { metrics: ['tHandle'], timeZone: 'Moon', granularity: 'P1D' }, 'invalid.value', 'Moon'],
    ['no metric', {}, 'bad.request', 'metric'],
    [
      'too many rows',
      { metrics: ['tHandle'], granularity: 'PT15M' },
      'bad.request',
      'Result set is larger than result limit',
    ],
  ])('with a wrong %s is refused by name', async (_what, body, code, text) => {
    await start();
    const refused = await client.post(path, { interval, ...body });
    expect([refused.status, refused.body.code]).toEqual([400, code]);
    expect(refused.body.message).toContain(text);
  });

  test('of users takes no more than 100 of them', async () => {
    await start();
    const predicates = Array.from({ length: 101 }, (_, n) => ({ dimension: 'userId', value: `user-${n}` }));
    const body = { interval, metrics: ['tSystemPresence'], groupBy: ['userId'], filter: { type: 'or', predicates } };
    expect((await client.post('/api/v2/analytics/users/aggregates/query', body)).status).toBe(400);
    body.filter.predicates.pop();
    expect((await client.post('/api/v2/analytics/users/aggregates/query', body)).status).toBe(200);
    expect(asked.at(-1)?.kind).toBe('users');
  });

  test.each([
    ['flows', 'nFlow'],
    ['surveys', 'oSurveyTotalScore'],
    ['evaluations', 'oTotalScore'],
  ])('of %s exists', async (kind, metric) => {
    await start();
    expect(
      (await client.post(`/api/v2/analytics/${kind}/aggregates/query`, { interval, metrics: [metric] })).status,
    ).toBe(200);
  });
});

test('a users details query is filtered and paged, and without a find the key is absent', async () => {
  await start();
  const users = '/api/v2/analytics/users/details/query';
  const page = await client.post(users, { interval, paging: { pageSize: 2, pageNumber: 2 } });
  expect(page.body).toEqual({ userDetails: [{ userId: 'user-3' }], totalHits: 3 });
  const only = (value: string) => ({
    interval,
    userFilters: [{ type: 'or', predicates: [{ dimension: 'userId', value }] }],
  });
  expect((await client.post(users, only('user-2'))).body.totalHits).toBe(1);
  expect((await client.post(users, only('nobody'))).body).toEqual({ totalHits: 0 });
});

describe('granularity', () => {
  const split = (from: string, to: string, granularity: string, zone = 'UTC') =>
    splitByGranularity({ fromMs: Date.parse(from), toMs: Date.parse(to) }, granularity, zone).map(({ fromMs }) =>
      new Date(fromMs).toISOString(),
    );

  test('cuts from the start of the interval and leaves the last part short', () => {
    expect(split('2026-01-05T00:10:00Z', '2026-01-05T01:00:00Z', 'PT30M')).toEqual([
      '2026-01-05T00:10:00.000Z',
      '2026-01-05T00:40:00.000Z',
    ]);
  });

  test('knows that a local day is 23 or 25 hours long when the clocks change', () => {
    expect(split('2026-03-27T23:00:00Z', '2026-03-30T22:00:00Z', 'P1D', 'Europe/Berlin')).toEqual([
      '2026-03-27T23:00:00.000Z',
      '2026-03-28T23:00:00.000Z',
      '2026-03-29T22:00:00.000Z',
    ]);
    expect(split('2026-10-24T22:00:00Z', '2026-10-26T23:00:00Z', 'P1D', 'Europe/Berlin')).toEqual([
      '2026-10-24T22:00:00.000Z',
      '2026-10-25T23:00:00.000Z',
    ]);
  });

  test('steps through months from the first start', () => {
    expect(split('2026-01-31T00:00:00Z', '2026-04-01T00:00:00Z', 'P1M')).toEqual([
      '2026-01-31T00:00:00.000Z',
      '2026-02-28T00:00:00.000Z',
      '2026-03-31T00:00:00.000Z',
    ]);
  });
});
