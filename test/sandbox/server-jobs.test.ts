import { afterEach, describe, expect, test } from 'vitest';
import type { Client } from './server-client.js';
import { startWithClient } from './server-client.js';

const path = '/api/v2/analytics/conversations/details/jobs';
const tuesday = '2026-01-06T00:00:00Z/2026-01-07T00:00:00Z';

let client: Client;
afterEach(() => client.sandbox.close());

async function submit(body: object = { interval: tuesday }): Promise<string> {
  const { status, body: answer } = await client.post(path, body);
  expect(status).toBe(202);
  return answer.jobId;
}

async function everything(jobId: string, pageSize = 50) {
  const records: { conversationId: string; participants: { attributes?: object }[] }[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < 100; page += 1) {
    const { status, body } = await client.get(
      `${path}/${jobId}/results?pageSize=${pageSize}${cursor === undefined ? '' : `&cursor=${cursor}`}`,
    );
    expect(status).toBe(200);
    expect(body.dataAvailabilityDate).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    records.push(...(body.conversations ?? []));
    cursor = body.cursor;
    if (cursor === undefined) return records;
  }
  throw new Error('The results never ended.');
}

describe('a details job', () => {
  test('gives what was active in the interval, with attributes, also what began on an earlier day', async () => {
    client = await startWithClient();
    const records = await everything(await submit());
    expect(records).toHaveLength(123);
    const ids = records.map((record) => record.conversationId);
    expect(ids.slice(0, 3)).toEqual(['20456-0', '20457-0', '20458-0']);
    expect(records.every((record) => record.participants[0]?.attributes !== undefined)).toBe(true);
  });

  test('startOfDayIntervalMatching leaves out what began before', async () => {
    client = await startWithClient();
    expect(await everything(await submit({ interval: tuesday, startOfDayIntervalMatching: true }))).toHaveLength(120);
  });

  test('limit caps the results', async () => {
    client = await startWithClient();
    expect(await everything(await submit({ interval: tuesday, limit: 70 }))).toHaveLength(70);
  });

  test('the snapshot stays as it was submitted, as of the availability date', async () => {
    client = await startWithClient({
      availabilityLagMs: 8 * 3_600_000,
      clock: { kind: 'fixed', at: new Date('2026-01-06T20:00:00.123Z') },
    });
    const jobId = await submit();
    client.sandbox.setNow(new Date('2026-01-06T23:00:00Z'));
    const { body } = await client.get(`${path}/${jobId}/results`);
    expect(body.dataAvailabilityDate).toBe('2026-01-06T12:00:00Z');
    // Of Tuesday's 120, those that began by noon; and three long ones from the days before.
    expect(await everything(jobId)).toHaveLength(64);
  });

  test('an earlier cursor continues at its place, and one of another job is refused', async () => {
    client = await startWithClient();
    const jobId = await submit();
    const first = await client.get(`${path}/${jobId}/results?pageSize=100`);
    const resumed = await client.get(`${path}/${jobId}/results?pageSize=100&cursor=${first.body.cursor}`);
    expect(resumed.body.conversations).toHaveLength(23);
    expect(resumed.body).not.toHaveProperty('cursor');
    const other = await submit();
    expect((await client.get(`${path}/${other}/results?cursor=${first.body.cursor}`)).status).toBe(400);
  });

  test('an empty result has neither conversations nor cursor', async () => {
    client = await startWithClient();
    const { body } = await client.get(`${path}/${await submit({ interval: '2025-06-01/2025-06-02' })}/results`);
    expect(Object.keys(body)).toEqual(['dataAvailabilityDate']);
  });

  test('runs, is done, expires; the status says so with 202 and then 200', async () => {
    client = await startWithClient({ jobDurationMs: 60_000, jobExpiryMs: 3_600_000 });
    const jobId = await submit();
    const queued = await client.get(`${path}/${jobId}`);
    expect([queued.status, queued.body.state]).toEqual([202, 'QUEUED']);
    expect((await client.get(`${path}/${jobId}/results`)).status).toBe(400);
    client.sandbox.advance(30_000);
    expect((await client.get(`${path}/${jobId}`)).body.state).toBe('PENDING');
    client.sandbox.advance(30_000);
    const done = await client.get(`${path}/${jobId}`);
    expect([done.status, done.body]).toEqual([
      200,
      {
        state: 'FULFILLED',
        expirationDate: '2026-01-08T13:01:00.000Z',
        submissionDate: '2026-01-08T12:00:00.000Z',
        completionDate: '2026-01-08T12:01:00.000Z',
      },
    ]);
    client.sandbox.advance(3_600_000);
    expect((await client.get(`${path}/${jobId}`)).body.state).toBe('EXPIRED');
    expect((await client.get(`${path}/${jobId}/results`)).status).toBe(404);
  });

  test('too many at once are refused with 429', async () => {
    client = await startWithClient({ jobDurationMs: 60_000, jobsConcurrentMax: 2 });
    await submit();
    await submit();
    const refused = await client.post(path, { interval: tuesday });
    expect([refused.status, refused.body.code, refused.headers['retry-after']]).toEqual([
      429,
      'too.many.requests',
      '2',
    ]);
    client.sandbox.advance(60_000);
    await submit();
  });

  test('deleting cancels a running one and forgets a finished one', async () => {
    client = await startWithClient({ jobDurationMs: 60_000 });
    const jobId = await submit();
    expect((await client.send('DELETE', `${path}/${jobId}`)).status).toBe(204);
    expect((await client.get(`${path}/${jobId}`)).body.state).toBe('CANCELLED');
    const finished = await submit();
    client.sandbox.advance(60_000);
    await client.send('DELETE', `${path}/${finished}`);
    expect((await client.get(`${path}/${finished}`)).status).toBe(404);
  });

  test('availability is reported in whole seconds', async () => {
    client = await startWithClient({ availabilityLagMs: 1_500 });
    expect((await client.get(`${path}/availability`)).body).toEqual({ dataAvailabilityDate: '2026-01-08T11:59:58Z' });
  });
});

describe('conversations by id', () => {
  test('known ones come, unknown ones are missing, none at all is an empty object', async () => {
    client = await startWithClient();
    const some = await client.get('/api/v2/analytics/conversations/details?id=20458-3,20458-999,20458-4');
    expect(some.body.conversations.map((c: { conversationId: string }) => c.conversationId)).toEqual([
      '20458-3',
      '20458-4',
    ]);
    expect((await client.get('/api/v2/analytics/conversations/details?id=20458-999')).body).toEqual({});
  });

  test('more than 100 ids are refused', async () => {
    client = await startWithClient();
    const ids = Array.from({ length: 101 }, (_, i) => `20458-${i}`).join(',');
    expect((await client.get(`/api/v2/analytics/conversations/details?id=${ids}`)).status).toBe(400);
  });

  test('one that has not begun yet is not found', async () => {
    client = await startWithClient();
    expect((await client.get('/api/v2/analytics/conversations/20461-1/details')).status).toBe(200);
    expect((await client.get('/api/v2/analytics/conversations/20461-119/details')).body).toMatchObject({
      code: 'not.found',
      status: 404,
    });
  });
});
