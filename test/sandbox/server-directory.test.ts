import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Client } from './server-client.js';
import { startWithClient } from './server-client.js';

let client: Client;
beforeAll(async () => {
  client = await startWithClient();
});
afterAll(() => client.sandbox.close());

const get = async (path: string) => (await client.get(`/api/v2/${path}`)).body;

describe('listings', () => {
  test('have pages of 25 with the addresses of their neighbours', async () => {
    const page = await get('routing/queues?pageNumber=2');
    expect(page.entities).toHaveLength(25);
    expect(page).toMatchObject({
      pageSize: 25,
      pageNumber: 2,
      total: 60,
      pageCount: 3,
      firstUri: '/api/v2/routing/queues?pageNumber=1&pageSize=25',
      nextUri: '/api/v2/routing/queues?pageNumber=3&pageSize=25',
      previousUri: '/api/v2/routing/queues?pageNumber=1&pageSize=25',
      lastUri: '/api/v2/routing/queues?pageNumber=3&pageSize=25',
      selfUri: '/api/v2/routing/queues?pageNumber=2&pageSize=25',
    });
    expect(await get('routing/queues?pageNumber=3')).not.toHaveProperty('nextUri');
  });

  test('lower a page size above their maximum without a word', async () => {
    expect((await get('routing/queues?pageSize=9999')).pageSize).toBe(500);
    expect((await get('routing/wrapupcodes?pageSize=9999')).pageSize).toBe(100);
    expect((await get('routing/queues/queue-1/members?pageSize=9999')).entities).toHaveLength(100);
  });

  test('beyond the last page are empty', async () => {
    expect((await get('routing/queues?pageNumber=9')).entities).toEqual([]);
  });

  test('of teams continue after a cursor', async () => {
    const first = await get('teams');
    expect(Object.keys(first)).toEqual(['entities', 'nextUri', 'selfUri']);
    const second = (await client.get(first.nextUri)).body;
    expect(second.entities).toHaveLength(5);
    expect(second).not.toHaveProperty('nextUri');
  });

  test('of presences come whole, deactivated ones when asked for', async () => {
    expect(await get('presence/definitions')).toMatchObject({ total: 3 });
    expect(await get('presence/definitions?deactivated=any')).toMatchObject({ total: 4 });
  });

  test.each([
    'authorization/divisions',
    'routing/skills',
    'routing/languages',
    'groups',
    'flows',
    'flows/outcomes',
    'locations',
    'outbound/campaigns',
    'outbound/contactlists',
    'quality/forms/evaluations',
    'quality/forms/surveys',
    'quality/publishedforms/surveys',
    'stations',
    'routing/skillgroups',
  ])('%s is there', async (path) => {
    expect(await get(path)).toHaveProperty('entities');
  });
});

describe('users', () => {
  test('are the active ones unless asked otherwise', async () => {
    const totals = await Promise.all(
      ['', '?state=inactive', '?state=deleted', '?state=any'].map(async (query) => (await get(`users${query}`)).total),
    );
    expect(totals).toEqual([100, 20, 10, 130]);
    expect(await get('users?state=gone')).toMatchObject({ code: 'invalid.value' });
  });

  test('show their groups only when expanded', async () => {
    expect((await get('users?pageSize=1')).entities[0]).not.toHaveProperty('groups');
    expect((await get('users?pageSize=1&expand=groups,skills')).entities[0]).toHaveProperty('groups');
  });

  test('can be asked for by id, deleted ones too', async () => {
    expect(await get('users/user-125')).toMatchObject({ id: 'user-125', state: 'deleted' });
    expect((await get('users?id=user-3,user-4&state=any')).total).toBe(2);
  });
});

describe('wrap-up codes', () => {
  test('that were deleted show only in the division views', async () => {
    const totals = await Promise.all(
      [
        'routing/wrapupcodes',
        ...['', '?includeState=Deleted', '?includeState=ActiveAndDeleted'].map(
          (q) => `routing/wrapupcodes/divisionviews${q}`,
        ),
      ].map(async (path) => (await get(path)).total),
    );
    expect(totals).toEqual([10, 10, 2, 12]);
    expect(JSON.stringify(await get('routing/wrapupcodes/divisionviews?includeState=Deleted'))).not.toContain(
      '"state"',
    );
  });

  test('of a queue are those that exist', async () => {
    expect((await get('routing/queues/queue-1/wrapupcodes')).entities.map((code: { id: string }) => code.id)).toEqual([
      'code-1',
      'code-2',
    ]);
    expect(await get('routing/queues/nowhere/wrapupcodes')).toMatchObject({ code: 'not.found' });
  });
});

test('deleted flows come only when asked for', async () => {
  expect([
    (await get('flows')).total,
    (await get('flows?deleted=true')).total,
    (await get('flows?type=bot')).total,
  ]).toEqual([3, 4, 2]);
});

test('the organisation, its home division, its limits and its retention are served', async () => {
  expect(await get('organizations/me')).toMatchObject({ id: 'organization-1' });
  expect(await get('authorization/divisions/home')).toMatchObject({ id: 'division-1' });
  expect((await get('organizations/limits/namespaces/platform.api')).entities).toContainEqual({
    key: 'request.bytes.max',
    namespace: 'platform.api',
    value: 512_000,
  });
  expect((await get('organizations/limits/namespaces/analytics/defaults')).entities).toHaveLength(2);
  expect(await get('analytics/dataretention/settings')).toEqual({ retentionDays: 558 });
});
