import { afterEach, expect, test } from 'vitest';
import type { Sandbox } from '../../src/sandbox/index.js';
import { startSandbox } from '../../src/sandbox/index.js';
import type { JsonObject } from '../../src/sandbox/world.js';
import type { Client } from './server-client.js';
import { clientOf } from './server-client.js';

/** Tests the server over the simulated organisation itself, not over a small fake. */
const open: Sandbox[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((sandbox) => sandbox.close()));
});

async function start(): Promise<Client> {
  const sandbox = await startSandbox({
    seed: 11,
    agents: 20,
    conversationsPerDay: 150,
    clock: { kind: 'fixed', at: new Date('2026-02-11T12:00:00Z') },
    dataFrom: new Date('2026-01-15T00:00:00Z'),
    availabilityLagMs: 0,
    requestsPerMinute: 'unlimited',
  });
  open.push(sandbox);
  return clientOf(sandbox);
}

const day = '2026-02-10T00:00:00Z/2026-02-11T00:00:00Z';
const listings = [
  'routing/queues',
  'users?state=any&expand=skills,groups,team',
  'routing/wrapupcodes/divisionviews?includeState=ActiveAndDeleted',
  'authorization/divisions',
  'presence/definitions?deactivated=any',
  'flows?deleted=true',
  'teams',
  'outbound/campaigns',
  'quality/forms/evaluations',
  'organizations/me',
];

async function queried(client: Client): Promise<JsonObject[]> {
  const found: JsonObject[] = [];
  for (let pageNumber = 1; pageNumber < 50; pageNumber += 1) {
    const { body } = await client.post('/api/v2/analytics/conversations/details/query', {
      interval: day,
      paging: { pageSize: 100, pageNumber },
    });
    if (body.conversations === undefined) return found;
    found.push(...body.conversations);
  }
  throw new Error('The pages never ended.');
}

async function jobbed(client: Client): Promise<JsonObject[]> {
  const path = '/api/v2/analytics/conversations/details/jobs';
  const { jobId } = (await client.post(path, { interval: day })).body;
  return (await client.get(`${path}/${jobId}/results?pageSize=1000`)).body.conversations;
}

test('the same seed gives the same bytes on every endpoint', async () => {
  const [a, b] = [await start(), await start()];
  for (const path of listings) expect(await a.get(`/api/v2/${path}`)).toEqual(await b.get(`/api/v2/${path}`));
  expect(await queried(a)).toEqual(await queried(b));
  expect(await jobbed(a)).toEqual(await jobbed(b));
});

test('a job gives exactly what lived in the interval, as the whole history shows', async () => {
  const client = await start();
  const { world } = client.sandbox;
  const [fromMs, toMs] = day.split('/').map((at) => Date.parse(at)) as [number, number];
  const nowMs = client.sandbox.now().getTime();
  const expected: string[] = [];
  for (let at = Date.parse('2026-01-15T00:00:00Z'); at < toMs; at += 86_400_000)
    for (const { id, startMs, endMs } of world.conversationsOfDay(at))
      if (startMs < toMs && startMs <= nowMs && (endMs > nowMs || endMs >= fromMs)) expected.push(id);
  const got = (await jobbed(client)).map((record) => record.conversationId);
  expect([...got].sort()).toEqual(expected.sort());
  expect(got.length).toBeGreaterThan((await queried(client)).length);
});

test('a record by id is the record of the query, and the conversation API shows the same ids', async () => {
  const client = await start();
  const records = await queried(client);
  for (const record of records.slice(0, 10)) {
    const id = String(record.conversationId);
    expect((await client.get(`/api/v2/analytics/conversations/${id}/details`)).body).toEqual(record);
    const view = (await client.get(`/api/v2/conversations/${id}`)).body;
    const ids = (list: JsonObject[], key: string) => list.map((participant) => participant[key]);
    expect(ids(view.participants, 'id')).toEqual(ids(record.participants as JsonObject[], 'participantId'));
  }
});

test('what is asked today is different tomorrow', async () => {
  const client = await start();
  const today = await queried(client);
  client.sandbox.advance(10 * 86_400_000);
  const later = await queried(client);
  expect(later.map((record) => record.conversationId)).toEqual(today.map((record) => record.conversationId));
  expect(later).not.toEqual(today);
});

test('aggregates and user details answer for the simulated organisation', async () => {
  const client = await start();
  const aggregates = await client.post('/api/v2/analytics/conversations/aggregates/query', {
    interval: day,
    granularity: 'PT30M',
    groupBy: ['queueId', 'mediaType'],
    metrics: ['nOffered', 'tAnswered', 'tHandle', 'oServiceLevel'],
  });
  expect(aggregates.status).toBe(200);
  expect(aggregates.body.results.length).toBeGreaterThan(3);
  const details = await client.post('/api/v2/analytics/users/details/query', {
    interval: day,
    paging: { pageSize: 100, pageNumber: 1 },
  });
  expect(details.body.userDetails.length).toBeGreaterThan(5);
});

test('figures begin where history begins', async () => {
  const client = await start();
  const before = {
    interval: '2026-01-13T00:00:00Z/2026-01-15T00:00:00Z',
    metrics: ['nOffered'],
    groupBy: ['mediaType'],
  };
  expect((await client.post('/api/v2/analytics/conversations/aggregates/query', before)).body.results ?? []).toEqual(
    [],
  );
});
