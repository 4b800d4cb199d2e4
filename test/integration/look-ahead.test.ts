import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { GenesysApi } from '../../src/genesys/api.js';
import { createGenesysApi } from '../../src/genesys/client.js';
import type { Page, Stream } from '../../src/model/extraction.js';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.js';
import { allStreams } from '../../src/streams/catalog.js';
import { pull } from '../support/pull.js';

/** Answers take a moment, so that several requests have to be in flight to use the allowance. */
const at = new Date('2026-03-12T06:12:00Z');
const day = '2026-03-10T00:00Z/2026-03-11T00:00Z';
const answerDelayMs = 60;

let sandbox: Sandbox;

beforeAll(async () => {
  sandbox = await startSandbox({
    seed: 11,
    conversationsPerDay: 500,
    agents: 260,
    clock: { kind: 'fixed', at },
    requestsPerMinute: 'unlimited',
  });
  sandbox.setFaults({ stall: { rate: 1, ms: answerDelayMs, when: 'before-headers', path: '/api/' } });
});
afterAll(() => sandbox.close());

/** A client that knows how long answers take, with the most calls of a method that were under way at once. */
async function openApi(isAhead: boolean) {
  const api = createGenesysApi({
    clientId: sandbox.clientId,
    clientSecret: sandbox.clientSecret,
    apiUrl: sandbox.url,
    requestsPerMinute: 10_000,
    userAgentVersion: 'test',
    waitMsMax: 60_000,
    timeoutMs: 60_000,
    now: () => at,
  });
  await api.organization();
  const atOnce = new Map<string, { now: number; most: number }>();
  const counted = new Proxy(api, {
    get: (target, name) => {
      if (name === 'lookAhead') return isAhead ? target.lookAhead : undefined;
      const method = Reflect.get(target, name);
      return typeof method === 'function' ? counting(String(name), method, atOnce) : method;
    },
  });
  return { api: counted, most: (name: keyof GenesysApi) => atOnce.get(name)?.most ?? 0 };
}

function counting(
  name: string,
  method: (...args: unknown[]) => unknown,
  atOnce: Map<string, { now: number; most: number }>,
) {
  const count = atOnce.get(name) ?? { now: 0, most: 0 };
  atOnce.set(name, count);
  return (...args: unknown[]) => {
    const answer = method(...args);
    if (!(answer instanceof Promise)) return answer;
    count.now += 1;
    count.most = Math.max(count.most, count.now);
    return answer.finally(() => {
      count.now -= 1;
    });
  };
}

const streamOf = (api: GenesysApi, name: string): Stream =>
  allStreams(api, { granularity: 'PT30M' }).find((stream) => stream.name === name) as Stream;

/** Returns a digest of what a page stores and where a killed pull resumes after it. */
const storedOf = ({ batches, rejects, cursor, recordCount }: Page) =>
  createHash('sha256').update(JSON.stringify({ batches, rejects, cursor, recordCount })).digest('hex');

async function userIds(api: GenesysApi): Promise<string[]> {
  const ids: string[] = [];
  for await (const page of api.listUsers()) ids.push(...page.entities.map(({ id }) => String(id)));
  return ids.sort();
}

describe('several requests of one slice are in flight at once, and what is stored is the same', () => {
  test.each([
    ['conversations', 'detailsQuery'],
    ['user_details', 'userDetails'],
    ['user_aggregates', 'userAggregates'],
  ] as const)('%s', async (name, method) => {
    const inTurn = await openApi(false);
    const ids = await userIds(inTurn.api);
    const expected = await pull(streamOf(inTurn.api, name), day, { now: at, userIds: ids });
    expect(inTurn.most(method)).toBe(1);
    const ahead = await openApi(true);
    const pages = await pull(streamOf(ahead.api, name), day, { now: at, userIds: ids });
    expect(ahead.most(method)).toBeGreaterThan(1);
    expect(pages.length).toBeGreaterThan(2);
    expect(pages.map(storedOf)).toEqual(expected.map(storedOf));
  });

  test('a listing of the directory, each page once', async () => {
    const { api } = await openApi(true);
    sandbox.resetRequests();
    const ids = await userIds(api);
    expect(new Set(ids).size).toBe(ids.length);
    const asked = sandbox.requests().filter(({ path }) => path === '/api/v2/users');
    const pages = asked.map(({ query }) => new URLSearchParams(query).get('pageNumber'));
    expect(pages.sort()).toEqual([...new Set(pages)]);
    expect(pages.length).toBeGreaterThan(2);
  });
});
