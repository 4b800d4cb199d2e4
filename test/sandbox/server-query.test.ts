import { afterEach, describe, expect, test } from 'vitest';
import type { Client } from './server-client.js';
import { startWithClient } from './server-client.js';

const path = '/api/v2/analytics/conversations/details/query';
const day = '2026-01-05T00:00:00Z/2026-01-06T00:00:00Z';

let client: Client;
afterEach(() => client.sandbox.close());

async function everything(interval: string, more: object = {}, pageSize = 50) {
  const ids: string[] = [];
  for (let pageNumber = 1; pageNumber <= 100; pageNumber += 1) {
    const { body } = await client.post(path, { interval, paging: { pageSize, pageNumber }, ...more });
    if (body.conversations === undefined) return ids;
    ids.push(...body.conversations.map((conversation: { conversationId: string }) => conversation.conversationId));
  }
  return ids;
}

describe('the details query', () => {
  test('pages hold every conversation of the day once, and after the last the key is absent', async () => {
    client = await startWithClient();
    const ids = await everything(day);
    expect(ids).toHaveLength(120);
    expect(new Set(ids).size).toBe(120);
    const beyond = await client.post(path, { interval: day, paging: { pageSize: 50, pageNumber: 4 } });
    expect(beyond.body).toEqual({ totalHits: 120 });
  });

  test('without paging it gives the first 25', async () => {
    client = await startWithClient();
    const { body } = await client.post(path, { interval: day });
    expect(body.conversations).toHaveLength(25);
    expect(body.totalHits).toBe(120);
  });

  test('a conversation counts if it started on a touched day and lived in the interval', async () => {
    client = await startWithClient();
    // Twelve minutes apart and ten minutes long: at 10:00 one begins, the one of 9:48 ended at 9:58, the day's first lasts for days.
    const ids = await everything('2026-01-05T10:00:00Z/2026-01-05T10:12:00Z');
    expect(ids).toEqual(['20458-0', '20458-50']);
  });

  test('one that started on an earlier day is not given, though it is still open', async () => {
    client = await startWithClient();
    const ids = await everything('2026-01-06T00:00:00Z/2026-01-06T00:05:00Z');
    expect(ids).toEqual(['20459-0']);
  });

  test('records are as of now: an open conversation has no end and gets one when the clock moves', async () => {
    client = await startWithClient({ clock: { kind: 'fixed', at: new Date('2026-01-05T00:05:00Z') } });
    const open = await client.post(path, { interval: day });
    expect(open.body.totalHits).toBe(1);
    expect(open.body.conversations[0]).not.toHaveProperty('conversationEnd');
    client.sandbox.setNow(new Date('2026-01-09T00:00:00Z'));
    const ended = await client.post(path, { interval: day });
    expect(ended.body.conversations[0].conversationEnd).toBe('2026-01-08T00:00:00.000Z');
  });

  test('conversations have no attributes', async () => {
    client = await startWithClient();
    const { text } = await client.post(path, { interval: day });
    expect(text).not.toContain('attributes');
  });

  test('descending order turns the result round', async () => {
    client = await startWithClient();
    expect(await everything(day, { order: 'desc' })).toEqual((await everything(day)).reverse());
  });

  test.each([
    [
      'an interval of more than 7 days without a filter',
      { interval: '2026-01-01T00:00:00Z/2026-01-09T00:00:00Z' },
      'bad.request',
      '7 days',
    ],
    ['no interval', {}, 'bad.request', 'interval'],
    ['an interval that is not a date', { interval: 'yesterday/today' }, 'invalid.date', 'ISO-8601'],
    ['an interval that ends before it starts', { interval: '2026-01-02/2026-01-01' }, 'bad.request', 'after'],
    ['a page size above 100', { interval: day, paging: { pageSize: 101, pageNumber: 1 } }, 'bad.request', '100'],
    [
      'a page beyond 100,000 results',
      { interval: day, paging: { pageSize: 100, pageNumber: 1001 } },
      'bad.request',
      'Pagination may not exceed 100000 results',
    ],
    ['an unknown order', { interval: day, order: 'up' }, 'invalid.value', 'asc, desc, unordered'],
    [
      'an unknown dimension',
      filter('segmentFilters', { dimension: 'colour', value: 'red' }),
      'invalid.value',
      'colour',
    ],
  ])('%s is refused', async (_what, body, code, text) => {
    client = await startWithClient();
    const refused = await client.post(path, body);
    expect(refused.status).toBe(400);
    expect(refused.body).toMatchObject({ code, status: 400, details: [], errors: [] });
    expect(refused.body.message).toContain(text);
  });

  test('an interval of up to 31 days is taken with a filter', async () => {
    client = await startWithClient();
    const body = {
      ...filter('conversationFilters', { dimension: 'conversationEnd', operator: 'exists' }),
      interval: '2026-01-01/2026-02-01',
    };
    expect((await client.post(path, body)).status).toBe(200);
    expect((await client.post(path, { ...body, interval: '2026-01-01/2026-02-02' })).status).toBe(400);
  });
});

function filter(key: string, predicate: object, interval = day) {
  return { interval, [key]: [{ type: 'and', predicates: [predicate] }] };
}

describe('filters', () => {
  test.each([
    ['conversationFilters', { dimension: 'originatingDirection', value: 'outbound' }, 60],
    ['conversationFilters', { dimension: 'conversationEnd', operator: 'notExists' }, 0],
    ['conversationFilters', { dimension: 'conversationId', value: '20458-7' }, 1],
    ['conversationFilters', { metric: 'tTalk', range: { gt: 600_000 } }, 1],
    ['segmentFilters', { dimension: 'queueId', value: 'queue-1' }, 60],
    ['segmentFilters', { dimension: 'userId', value: 'user-2' }, 40],
    ['segmentFilters', { dimension: 'wrapUpCode', operator: 'exists' }, 120],
    ['surveyFilters', { dimension: 'surveyId', operator: 'exists' }, 0],
    ['surveyFilters', { dimension: 'surveyId', operator: 'notExists' }, 120],
  ])('%s %j keep %i conversations', async (key, predicate, count) => {
    client = await startWithClient();
    const { body } = await client.post(path, filter(key, predicate));
    expect(body.totalHits).toBe(count);
  });

  test('a segment must satisfy all predicates of one filter, different segments those of different filters', async () => {
    client = await startWithClient();
    const interact = { dimension: 'segmentType', value: 'interact' };
    const coded = { dimension: 'wrapUpCode', value: 'code-1' };
    const one = await client.post(path, {
      interval: day,
      segmentFilters: [{ type: 'and', predicates: [interact, coded] }],
    });
    const two = await client.post(path, {
      interval: day,
      segmentFilters: [
        { type: 'and', predicates: [interact] },
        { type: 'and', predicates: [coded] },
      ],
    });
    expect([one.body.totalHits, two.body.totalHits]).toEqual([0, 120]);
  });

  test('clauses nest one level', async () => {
    client = await startWithClient();
    const ids = ['20458-1', '20458-2', '20458-3'];
    const clause = { type: 'or', predicates: ids.map((value) => ({ dimension: 'conversationId', value })) };
    const outbound = { dimension: 'originatingDirection', value: 'outbound' };
    const { body } = await client.post(path, {
      interval: day,
      conversationFilters: [{ type: 'and', predicates: [outbound], clauses: [clause] }],
    });
    expect(body.totalHits).toBe(2);
  });
});
