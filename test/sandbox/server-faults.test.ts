import { afterEach, describe, expect, test } from 'vitest';
import type { FaultSettings } from '../../src/sandbox/index.js';
import type { Client } from './server-client.js';
import { login, startWithClient } from './server-client.js';

const me = '/api/v2/organizations/me';
const query = '/api/v2/analytics/conversations/details/query';
const jobs = '/api/v2/analytics/conversations/details/jobs';
const day = '2026-01-05T00:00:00Z/2026-01-06T00:00:00Z';

let client: Client;
afterEach(() => client.sandbox.close());

async function start(faults: FaultSettings): Promise<void> {
  client = await startWithClient();
  client.sandbox.setFaults(faults);
}

async function page(pageNumber = 1, pageSize = 100) {
  return (await client.post(query, { interval: day, paging: { pageSize, pageNumber } })).body;
}

describe('a request can meet', () => {
  test('a 429 with a Retry-After', async () => {
    await start({ http429: { rate: 1, times: 1, retryAfterSeconds: 7 } });
    const busy = await client.get(me);
    expect([busy.status, busy.body.code, busy.headers['retry-after']]).toEqual([429, 'too.many.requests', '7']);
    expect((await client.get(me)).status).toBe(200);
    expect(client.sandbox.faultsInjected()).toEqual({ http429: 1 });
  });

  test.each([
    ['json', '"code":"service.unavailable"'],
    ['html', '<html>'],
    ['empty', ''],
  ] as const)('a 503 with a body of %s', async (body, text) => {
    await start({ http5xx: { rate: 1, body } });
    const broken = await client.get(me);
    expect(broken.status).toBe(503);
    expect(broken.text).toContain(text);
  });

  test.each(['before-headers', 'after-headers'] as const)('a connection cut %s', async (when) => {
    await start({ reset: { rate: 1, when } });
    await expect(client.get(me)).rejects.toThrow();
    expect(client.sandbox.requests().at(-1)).toMatchObject({ fault: 'reset' });
  });

  test.each(['before-headers', 'in-body'] as const)('a delay %s', async (when) => {
    await start({ stall: { rate: 1, ms: 30, when } });
    expect((await client.get(me)).status).toBe(200);
    expect(client.sandbox.requests().at(-1)).toMatchObject({ fault: 'stall' });
  });

  test.each([
    ['truncatedJson', 'application/json'],
    ['garbage', 'application/json'],
    ['emptyBody', 'application/json'],
    ['htmlInsteadOfJson', 'text/html'],
  ] as const)('%s with status 200', async (fault, contentType) => {
    await start({ [fault]: 1 });
    const spoiled = await client.get(me);
    expect(spoiled.status).toBe(200);
    expect(spoiled.body).toBeUndefined();
    expect(spoiled.headers['content-type']).toBe(contentType);
  });

  test('an expired token', async () => {
    await start({ expireTokens: { rate: 1, times: 1 } });
    expect((await client.get(me)).body.code).toBe('bad.credentials');
    expect((await client.get(me)).status).toBe(401);
  });

  test('credentials that were revoked', async () => {
    await start({ revokedCredentials: 1, expireTokens: 1 });
    expect((await client.get(me)).status).toBe(401);
    const refused = await login(client.sandbox);
    expect([refused.status, refused.body.error]).toEqual([401, 'invalid_client']);
  });

  test('missing permissions, named; another permission of an any-list is enough', async () => {
    await start({ missingPermissions: ['analytics:conversationDetail:view'] });
    expect((await client.post(query, { interval: day })).status).toBe(200);
    client.sandbox.setFaults({ missingPermissions: ['analytics:*', 'routing:queue:view'] });
    const refused = await client.post(query, { interval: day });
    expect([refused.status, refused.body.code]).toEqual([403, 'missing.any.permissions']);
    expect(refused.body.message).toContain('analytics:conversationDetail:view');
    expect((await client.get('/api/v2/routing/queues')).status).toBe(403);
    expect((await client.get('/api/v2/users')).status).toBe(200);
  });

  test('a fault only where the path says so', async () => {
    await start({ http5xx: { rate: 1, path: '/routing/' } });
    expect([(await client.get(me)).status, (await client.get('/api/v2/routing/skills')).status]).toEqual([200, 503]);
  });

  test('faults by chance that are the same for the same seed', async () => {
    const statuses: number[][] = [];
    for (const _run of [1, 2]) {
      await start({ http5xx: 0.3 });
      const seen: number[] = [];
      for (let i = 0; i < 30; i += 1) seen.push((await client.get(me)).status);
      statuses.push(seen);
      if (statuses.length === 1) await client.sandbox.close();
    }
    expect(statuses[0]).toEqual(statuses[1]);
    expect(new Set(statuses[0])).toEqual(new Set([200, 503]));
  });
});

describe('pages can', () => {
  test('repeat records without losing any', async () => {
    await start({ duplicateAcrossPages: 1 });
    const ids: string[] = [];
    for (let number = 1; number < 20; number += 1)
      ids.push(...((await page(number, 20)).conversations ?? []).map(idOf));
    expect(ids.length).toBeGreaterThan(120);
    expect(new Set(ids).size).toBe(120);
  });

  test('shift so that a record is passed over', async () => {
    await start({ shiftedPages: 1 });
    const ids: string[] = [];
    for (let number = 1; number < 9; number += 1) ids.push(...((await page(number, 20)).conversations ?? []).map(idOf));
    expect(new Set(ids).size).toBeLessThan(120);
  });

  test('come short before the end', async () => {
    await start({ shortPages: 1 });
    expect((await page()).conversations).toHaveLength(50);
  });

  test('miscount by a bounded amount', async () => {
    await start({ wrongTotalHits: { rate: 1, driftMax: 5 } });
    const hits = new Set<number>();
    for (let i = 0; i < 12; i += 1) hits.add((await page()).totalHits);
    expect(hits.size).toBeGreaterThan(1);
    expect([...hits].every((count) => Math.abs(count - 120) <= 5)).toBe(true);
  });
});

describe('jobs can', () => {
  test('fail', async () => {
    await start({ failJobs: 1 });
    const { jobId } = (await client.post(jobs, { interval: day })).body;
    expect((await client.get(`${jobs}/${jobId}`)).body).toMatchObject({
      state: 'FAILED',
      errorMessage: expect.any(String),
    });
  });

  test('expire after the first page', async () => {
    await start({ expireJobs: 1 });
    const { jobId } = (await client.post(jobs, { interval: day })).body;
    const first = await client.get(`${jobs}/${jobId}/results?pageSize=10`);
    expect(first.status).toBe(200);
    expect((await client.get(`${jobs}/${jobId}/results?pageSize=10&cursor=${first.body.cursor}`)).status).toBe(404);
    expect((await client.get(`${jobs}/${jobId}`)).body.state).toBe('EXPIRED');
  });

  test('repeat records across pages and still end', async () => {
    await start({ duplicateAcrossPages: 1 });
    const { jobId } = (await client.post(jobs, { interval: day })).body;
    const ids: string[] = [];
    let cursor = '';
    for (let i = 0; i < 50; i += 1) {
      const { body } = await client.get(`${jobs}/${jobId}/results?pageSize=20&cursor=${cursor}`);
      ids.push(...body.conversations.map(idOf));
      if (body.cursor === undefined) break;
      cursor = body.cursor;
    }
    expect(ids.length).toBeGreaterThan(new Set(ids).size);
    // 120 of the day, and the long ones of the 2nd (it ends in the first instant), the 3rd and the 4th.
    expect(new Set(ids).size).toBe(123);
  });
});

describe('records can hold', () => {
  test.each([
    ['unknownFields', 'futureSegmentField'],
    ['unknownEnums', 'hologram'],
    ['nulCharacters', 'Nul\\u0000Name'],
  ] as const)('%s', async (fault, text) => {
    await start({ [fault]: 1 });
    expect(JSON.stringify(await page())).toContain(text);
  });

  test('an earlier version, chosen at random for each request', async () => {
    await start({});
    client.sandbox.setNow(new Date('2026-01-05T12:00:00Z'));
    const now = (await page()).conversations;
    client.sandbox.setNow(new Date('2026-01-05T10:00:00Z'));
    const before = (await page()).conversations;
    client.sandbox.setNow(new Date('2026-01-05T12:00:00Z'));
    client.sandbox.setFaults({ changingRecords: { rate: 0.5, lagSeconds: 7_200 } });
    const [first, second] = [(await page()).conversations, (await page()).conversations];
    expect(first).not.toEqual(second);
    for (const [at, returned] of [...first.entries(), ...second.entries()]) {
      expect(returned.conversationId).toBe(now[at].conversationId);
      const then = before.find(
        (record: { conversationId: string }) => record.conversationId === returned.conversationId,
      );
      if (then !== undefined) expect([now[at], then]).toContainEqual(returned);
    }
  });

  test('broken values of several kinds, the same records every time', async () => {
    await start({ malformedRecords: 0.5 });
    const first = await page();
    expect(await page()).toEqual(first);
    client.sandbox.setFaults({});
    const clean = await page();
    const changed = first.conversations.filter(
      (record: object, i: number) => JSON.stringify(record) !== JSON.stringify(clean.conversations[i]),
    );
    expect(changed.length).toBeGreaterThan(20);
    expect(changed.length).toBeLessThan(80);
    expect(new Set(changed.map((record: object) => shapeOf(record))).size).toBeGreaterThan(2);
  });
});

test('deleted entities are missing from listings, and deleted users change their state', async () => {
  await start({ deletedEntities: 0.5 });
  const queues = (await client.get('/api/v2/routing/queues')).body.total;
  expect(queues).toBeGreaterThan(10);
  expect(queues).toBeLessThan(50);
  expect((await client.get('/api/v2/users?state=any')).body.total).toBe(130);
  expect((await client.get('/api/v2/users?state=deleted')).body.total).toBeGreaterThan(30);
});

test('entities of a hidden division are not listed, and those without one are', async () => {
  await start({});
  const totals = async () => ({
    queues: (await client.get('/api/v2/routing/queues')).body.total,
    users: (await client.get('/api/v2/users?state=any')).body.total,
  });
  const { users } = await totals();
  expect(users).toBeGreaterThan(0);
  client.sandbox.setFaults({ hiddenDivisions: 1 });
  expect(await totals()).toEqual({ queues: 0, users });
});

function idOf(record: { conversationId: string }): string {
  return record.conversationId;
}

function shapeOf(record: object): string {
  const { conversationId, conversationStart, participants } = record as Record<string, unknown>;
  return [typeof conversationId, typeof conversationStart, typeof participants].join();
}
