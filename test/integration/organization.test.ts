import type pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.js';
import { migratedDatabase, type TestDatabase, testPool } from '../support/postgres.js';
import { environmentFor, rowVersions, runCommand } from '../support/program.js';

/** A database holds one organisation's data; ids of two would mix permanently. */
const at = new Date('2026-03-10T15:07:00Z');
const path = '/api/v2/organizations/me';
let first: Sandbox;
let second: Sandbox;
let database: TestDatabase;
let pool: pg.Pool;

const open = (seed: number) =>
  startSandbox({
    seed,
    agents: 20,
    conversationsPerDay: 100,
    clock: { kind: 'fixed', at },
    requestsPerMinute: 'unlimited',
  });

beforeAll(async () => {
  [first, second] = await Promise.all([open(1), open(2)]);
  database = await migratedDatabase();
  pool = testPool(database.url);
});
afterAll(async () => {
  await pool?.end();
  await database?.drop();
  await first?.close();
  await second?.close();
});

const sync = (sandbox: Sandbox, more: Record<string, string> = {}) =>
  runCommand(['sync', '--stream', 'directory'], sandbox, { ...environmentFor(sandbox, database.url), ...more });
const asked = (sandbox: Sandbox) => sandbox.requests().filter((request) => request.path === path).length;

async function settings(): Promise<Record<string, string>> {
  const { rows } = await pool.query<{ name: string; value: string }>(
    `select name, value from extract.settings where name in ('organization_id', 'organization_name')`,
  );
  return Object.fromEntries(rows.map(({ name, value }) => [name, value]));
}

test('the first pull keeps whose data the database holds, and does not ask again for a day', async () => {
  expect((await sync(first)).status).toBe(0);
  const { id, name } = first.world.directory.organization;
  expect(await settings()).toEqual({ organization_id: id, organization_name: name });
  expect((await sync(first)).status).toBe(0);
  expect(asked(first)).toBe(1);
  first.advance(25 * 3_600_000);
  expect((await sync(first)).status).toBe(0);
  expect(asked(first)).toBe(2);
});

test('credentials of another organisation are refused with one sentence that names both, and nothing is stored', async () => {
  const before = await rowVersions(pool);
  const run = await sync(second);
  expect(run.status).toBe(2);
  const of = ({ world }: Sandbox) => `${world.directory.organization.name} (${world.directory.organization.id})`;
  expect(run.output).toContain(`The database holds the organisation ${of(first)}`);
  expect(run.output).toContain(`belongs to ${of(second)}. Use a database of its own`);
  expect(await rowVersions(pool)).toEqual(before);
  expect(await settings()).toMatchObject({ organization_id: first.world.directory.organization.id });
});

test('new credentials that cannot be checked pull nothing, known ones continue', async () => {
  const down = { http5xx: { rate: 1, path } };
  second.setFaults(down);
  const before = await rowVersions(pool);
  const unknown = await sync(second);
  expect(unknown.status).toBe(1);
  expect(await rowVersions(pool)).toEqual(before);
  first.setFaults(down);
  first.advance(25 * 3_600_000);
  expect((await sync(first)).status).toBe(0);
});
