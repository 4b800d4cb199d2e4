import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { EntityPages, GenesysApi, GenesysApiOptions } from '../../src/genesys/api.js';
import { createGenesysApi } from '../../src/genesys/client.js';
import { type FaultSettings, type Sandbox, startSandbox } from '../../src/sandbox/index.js';

const interval = { from: new Date('2026-01-05T00:00:00Z'), to: new Date('2026-01-06T00:00:00Z') };
let sandbox: Sandbox;

beforeAll(async () => {
  sandbox = await startSandbox({
    agents: 20,
    conversationsPerDay: 400,
    clock: { kind: 'fixed', at: new Date('2026-01-20T00:00:00Z') },
    dataFrom: new Date('2026-01-01T00:00:00Z'),
    requestsPerMinute: 'unlimited',
  });
});

afterAll(() => sandbox.close());

function open(options: Partial<GenesysApiOptions> = {}): GenesysApi {
  const api = createGenesysApi({
    clientId: sandbox.clientId,
    clientSecret: sandbox.clientSecret,
    apiUrl: sandbox.url,
    requestsPerMinute: 1_000_000,
    userAgentVersion: '1.2.3',
    waitMsMax: 600_000,
    timeoutMs: 5_000,
    // Delays are drawn as their shortest, so that no test waits for nothing.
    random: () => 0,
    ...options,
  });
  onTestFinished(() => api.close());
  return api;
}

async function idsOfDay(api: GenesysApi): Promise<unknown[]> {
  const ids: unknown[] = [];
  for (let pageNumber = 1; ; pageNumber += 1) {
    const { body } = await api.detailsQuery({ interval, pageNumber, pageSize: 100 });
    if (!body.conversations?.length) return ids;
    ids.push(...body.conversations.map((conversation) => conversation.conversationId));
  }
}

async function idsOfJob(api: GenesysApi): Promise<unknown[]> {
  const { jobId } = (await api.submitDetailsJob({ interval, startOfDayIntervalMatching: true })).body;
  expect((await api.detailsJobStatus(jobId)).body.state).toBe('FULFILLED');
  const ids: unknown[] = [];
  for (let cursor: string | undefined; ; ) {
    const page = await api.detailsJobResults(jobId, { pageSize: 150, ...(cursor && { cursor }) });
    ids.push(...(page.body.conversations ?? []).map((conversation) => conversation.conversationId));
    cursor = page.body.cursor;
    if (!cursor) break;
  }
  await api.deleteDetailsJob(jobId);
  return ids;
}

async function count(pages: EntityPages): Promise<number> {
  let entities = 0;
  for await (const page of pages) entities += page.entities.length;
  return entities;
}

describe('against the simulated organisation', () => {
  test('query, job and ids give the same conversations', async () => {
    const api = open();
    const ids = await idsOfDay(api);
    expect(ids.length).toBeGreaterThan(200);
    expect(new Set(await idsOfJob(api))).toEqual(new Set(ids));
    const some = ids.slice(0, 100) as string[];
    const { body } = await api.conversationsByIds(some);
    expect(new Set(body.conversations?.map((conversation) => conversation.conversationId))).toEqual(new Set(some));
  });

  test('every listing of the directory can be read to its end', async () => {
    const api = open();
    const { directory } = sandbox.world;
    expect(await count(api.listQueues())).toBe(directory.queues.length);
    expect(await count(api.listUsers())).toBeGreaterThan(0);
    const lists = Object.keys(api).filter((name) => name.startsWith('list') && !name.startsWith('listQueue'));
    for (const name of lists) {
      await count((api[name as keyof GenesysApi] as () => EntityPages)());
    }
  });

  test.each<[string, FaultSettings]>([
    ['server errors', { http5xx: { rate: 0.3 } }],
    ['HTML server errors', { http5xx: { rate: 0.3, body: 'html' } }],
    ['empty server errors', { http5xx: { rate: 0.3, body: 'empty' } }],
    ['resets', { reset: { rate: 0.3 } }],
    ['cut answers', { reset: { rate: 0.3, when: 'after-headers' } }],
    ['truncated JSON', { truncatedJson: 0.3 }],
    ['garbage', { garbage: 0.3 }],
    ['pages of HTML', { htmlInsteadOfJson: 0.3 }],
    ['empty bodies', { emptyBody: 0.3 }],
    ['tokens that end early', { expireTokens: 0.3 }],
  ])('%s change nothing of what is read', async (_, faults) => {
    const clean = await idsOfDay(open());
    sandbox.setFaults(faults);
    onTestFinished(() => sandbox.setFaults({}));
    expect(await idsOfDay(open())).toEqual(clean);
  });

  test('a 429 is waited out and nothing is lost', async () => {
    const clean = await idsOfDay(open());
    sandbox.setFaults({ http429: { rate: 1, times: 2, retryAfterSeconds: 1 } });
    onTestFinished(() => sandbox.setFaults({}));
    const api = open();
    expect(await idsOfDay(api)).toEqual(clean);
    expect(api.stats().status429).toBeGreaterThan(0);
  });
});
