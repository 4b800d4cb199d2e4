import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Sandbox } from '../../src/sandbox/index.js';
import { startSandbox } from '../../src/sandbox/index.js';
import { pagedMethods } from './endpoint-rows.js';
import { dataFrom, type Known, knownOf, now, organization } from './endpoints.js';
import { call, loggedIn } from './sdk-driver.js';
import { type Client, clientOf } from './server-client.js';

let sandbox: Sandbox;
let client: Client;
let known: Known;
beforeAll(async () => {
  sandbox = await startSandbox({
    ...organization,
    dataFrom,
    clock: { kind: 'fixed', at: now },
    requestsPerMinute: 'unlimited',
  });
  client = await clientOf(sandbox);
  known = knownOf(sandbox.world);
});
afterAll(() => sandbox.close());

// biome-ignore lint/suspicious/noExplicitAny: entities of all kinds.
type Entities = any[];

const isOfQueue = (method: string) =>
  method.includes('getRoutingQueueMembers') || method.includes('getRoutingQueueWrapupcodes');

/** Follows `nextUri` unchanged. */
async function throughAll(first: { entities: Entities; nextUri?: string }): Promise<Entities> {
  const found = [...first.entities];
  let page = first;
  while (page.nextUri !== undefined) {
    page = (await client.get(page.nextUri)).body;
    expect(page.entities.length).toBeGreaterThan(0);
    found.push(...page.entities);
  }
  return found;
}

describe('every listing', () => {
  test.each(pagedMethods)('%s comes in pages that together are the whole', async (method) => {
    const api = await loggedIn(sandbox);
    const list = (options: object) =>
      call(api, { method, args: () => (isOfQueue(method) ? [known.queueId, options] : [options]) }, known);
    const state = method.includes('getUsers') ? { state: 'any' } : {};
    const whole = await throughAll((await list({ pageSize: 500, ...state })).body);
    const small = await throughAll((await list({ pageSize: 2, ...state })).body);
    expect(small).toEqual(whole);
    expect(new Set(whole.map((entity) => entity.id)).size).toBe(whole.length);
    const isCursor = method.includes('getTeams') || method.includes('Skillgroups');
    if (isCursor) return;
    const numbered: Entities = [];
    for (let pageNumber = 1; ; pageNumber++) {
      const { entities } = (await list({ pageSize: 3, pageNumber, ...state })).body;
      if (entities.length === 0) break;
      numbered.push(...entities);
    }
    expect(numbered).toEqual(whole);
  });

  test('of the organisation is not empty, except for features it does not use', async () => {
    const empty: string[] = [];
    const api = await loggedIn(sandbox);
    for (const method of pagedMethods)
      if (
        (await call(api, { method, args: () => (isOfQueue(method) ? [known.queueId] : []) }, known)).body.entities
          .length === 0
      )
        empty.push(method.split('.')[1] as string);
    expect(empty.sort()).toEqual(['getFlowsMilestones', 'getRoutingSkillgroups', 'getStations']);
  });
});

describe('a listing', () => {
  const queues = async (query: string) =>
    (await client.get(`/api/v2/routing/queues?pageSize=500&${query}`)).body.entities as Entities;

  test('gives the entities whose ids are asked for, however the list is written', async () => {
    const all = await queues('');
    const [a, b] = [all[3].id, all[1].id];
    expect((await queues(`id=${a},${b}`)).map(({ id }) => id).sort()).toEqual([a, b].sort());
    expect((await queues(`id=${a}&id=${b}`)).length).toBe(2);
    expect(await queues('id=00000000-0000-4000-8000-000000000000')).toEqual([]);
  });

  test('gives the entities of a division', async () => {
    const all = await queues('');
    const { id } = all[0].division;
    const own = all.filter(({ division }) => division.id === id);
    expect(await queues(`divisionId=${id}`)).toEqual(own);
  });

  test('is sorted when asked, and refuses an order that is none', async () => {
    const names = (entities: Entities) => entities.map(({ name }) => name);
    const up = names(await queues('sortOrder=ASC'));
    expect(up).toEqual([...up].sort());
    expect(names(await queues('sortBy=name&sortOrder=descending'))).toEqual([...up].reverse());
    expect((await client.get('/api/v2/routing/queues?sortOrder=sideways')).body).toMatchObject({
      code: 'invalid.value',
    });
  });

  test('finds a name, whole or by its beginning', async () => {
    const [{ name }] = (await queues('')) as [{ name: string }];
    expect(await queues(`name=${encodeURIComponent(name)}`)).toHaveLength(1);
    expect((await queues(`name=${encodeURIComponent(name.slice(0, 3))}*`)).length).toBeGreaterThanOrEqual(1);
    expect(await queues('name=nothing')).toEqual([]);
  });
});

describe('what the API does not have', () => {
  test.each([
    ['GET', '/api/v2/routing/queue'],
    ['GET', '/api/v2/analytics/interactions/query'],
    ['POST', '/api/v2/conversations/00000000-0000-4000-8000-000000000000/wrapup'],
    ['PUT', '/api/v2/interactions/x'],
    ['GET', '/api/v3/users'],
    ['GET', '/nothing'],
    ['GET', '/api/v2/conversations/videos/x/participants/y/wrapup'],
  ])('%s %s is not found, said in the API’s own words', async (method, path) => {
    const answer = await client.send(method, path);
    expect(answer.status).toBe(404);
    expect(answer.headers['content-type']).toContain('application/json');
    expect(answer.body).toEqual({
      message: expect.any(String),
      code: 'not.found',
      status: 404,
      contextId: answer.headers['inin-correlation-id'],
      details: [],
      errors: [],
    });
    expect(sandbox.requests().at(-1)).toMatchObject({ unknown: true });
  });
});
