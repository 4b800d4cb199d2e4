import { readFileSync } from 'node:fs';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { personalRelations } from '../../src/postgres/schema/reader-roles.js';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.js';
import { createDatabase, type TestDatabase, testPool } from '../support/postgres.js';
import { differencesFromTruth, environmentFor, runCommand } from '../support/program.js';

const script = readFileSync(new URL('../../docs/roles.sql', import.meta.url), 'utf8');
const at = new Date('2026-03-12T15:07:00Z');
const forbidden = '42501';
/** SQLSTATE of a view that no role can write to. */
const noSuchChange = '55000';

let sandbox: Sandbox;
let database: TestDatabase;
let admin: pg.Pool;
const pools = new Map<string, pg.Pool>();

/** The connection's session begins as that role, so that every check is made for it. */
function urlAs(role: string): string {
  const url = new URL(database.url);
  url.searchParams.set('options', `-c role=${role}`);
  return url.href;
}

const run = (role: string, ...args: string[]) =>
  runCommand(args, sandbox, {
    ...environmentFor(sandbox, urlAs(role)),
    GENESYS_WAREHOUSE_START: '2026-03-11T00:00:00Z',
  });

const codeOf = async (role: string, text: string): Promise<string> =>
  (pools.get(role) as pg.Pool).query(text).then(
    () => 'allowed',
    (error: unknown) => (error as { code: string }).code,
  );

beforeAll(async () => {
  sandbox = await startSandbox({
    seed: 7,
    conversationsPerDay: 100,
    agents: 6,
    clock: { kind: 'fixed', at },
    requestsPerMinute: 'unlimited',
  });
  database = await createDatabase();
  admin = testPool(database.url);
  await admin.query(script);
  await admin.query(script);
  await admin.query('create table public.theirs (secret text)');
  for (const role of ['genesys_owner', 'genesys_writer', 'genesys_reader']) pools.set(role, testPool(urlAs(role), 1));
});
afterAll(async () => {
  await Promise.all([...pools.values(), admin].map((pool) => pool?.end()));
  await database?.drop();
  await sandbox?.close();
});

describe('the roles of docs/roles.sql', () => {
  test('the writer makes no warehouse: a sentence says who is to migrate', async () => {
    const result = await run('genesys_writer', 'sync');
    expect(result.status).toBe(2);
    expect(result.output).toMatch(/run genesys-warehouse migrate as the role that owns/);
  });

  test('the owner migrates, the writer pulls, puts back, reconciles and shows', { timeout: 120_000 }, async () => {
    expect(await run('genesys_owner', 'migrate')).toMatchObject({ status: 0 });
    // Once more by the administrator, for what is there by now.
    await admin.query(script);
    expect(await run('genesys_writer', 'sync')).toMatchObject({ status: 0 });
    // A month without partitions.
    const range = ['--from', '2026-01-14T00:00:00Z', '--to', '2026-01-15T00:00:00Z'];
    expect(await run('genesys_writer', 'backfill', ...range)).toMatchObject({ status: 0 });
    expect(await run('genesys_writer', 'sync', '--stream', 'queue_observations')).toMatchObject({ status: 0 });
    expect(await run('genesys_writer', 'retry')).toMatchObject({ status: 0 });
    expect(await run('genesys_writer', 'reconcile', '--from', '2026-03-11', '--to', '2026-03-12')).toMatchObject({
      status: 0,
    });
    expect(await run('genesys_writer', 'status')).toMatchObject({ status: 0 });
    expect(await run('genesys_writer', 'migrate')).toMatchObject({ status: 0 });
    expect(await run('genesys_writer', 'erase', '--address', '+49 30 5550199')).toMatchObject({ status: 0 });
    expect(await differencesFromTruth(admin, sandbox)).toEqual([]);
  });

  test('the writer cannot prune, and the error says who can', async () => {
    await admin.query('select genesys.create_month($1, $2)', ['conversations', '2024-01-01']);
    const result = await run('genesys_writer', 'prune', '--keep', '12months');
    expect(result.status).toBe(2);
    expect(result.output).toContain('run prune as the role that owns the schemas');
    expect(await run('genesys_owner', 'prune', '--keep', '12months')).toMatchObject({ status: 0 });
  });

  test.each([
    'create table genesys.mine (a int)',
    'create table public.mine (a int)',
    'create schema mine',
    'create role mine',
    'drop table genesys.queues',
    'alter table genesys.queues add column mine text',
    'truncate genesys.queues',
    'drop view mart.dim_queues',
    'create or replace view mart.dim_queues as select 1 as a',
    'select * from public.theirs',
    'alter role genesys_reader login',
    'set role genesys_owner',
    `select genesys.create_month('theirs', '2026-01-01')`,
  ])('the writer may not: %s', async (text) => {
    // What starts as an administrator's session may change its role; the role itself may not.
    const isRole = text.startsWith('set role');
    const code = isRole
      ? (await admin.query(`select pg_has_role('genesys_writer', 'genesys_owner', 'member') as is_member`)).rows[0]
          .is_member === false
        ? forbidden
        : 'allowed'
      : await codeOf('genesys_writer', text);
    expect([forbidden, '42P01']).toContain(code);
  });

  test('the reader sees every mart but personal data', async () => {
    const { rows } = await admin.query<{ name: string }>(
      `select oid::regclass::text as name from pg_class where relnamespace = 'mart'::regnamespace and relkind in ('v', 'r')`,
    );
    expect(rows.length).toBeGreaterThan(20);
    for (const { name } of rows)
      expect([name, await codeOf('genesys_reader', `select * from ${name} limit 1`)]).toEqual([
        name,
        personalRelations.includes(name.replace('mart.', '')) ? forbidden : 'allowed',
      ]);
  });

  test('the reader sees nothing else and changes nothing', async () => {
    const { rows } = await admin.query<{ name: string }>(
      `select c.oid::regclass::text as name from pg_class as c join pg_namespace as n on n.oid = relnamespace
       where nspname in ('extract', 'genesys', 'wrapup') and relkind in ('r', 'p', 'v') and not relispartition`,
    );
    expect(rows.length).toBeGreaterThan(40);
    for (const { name } of rows)
      expect([name, await codeOf('genesys_reader', `select from ${name} limit 1`)]).toEqual([name, forbidden]);
    for (const text of [
      'delete from mart.dim_queues',
      'create temporary table mine (a int)',
      'create table public.mine (a int)',
      `select genesys.conversation_json('00000000-0000-0000-0000-000000000000')`,
      `select genesys.create_month('conversations', '2026-01-01')`,
      'select * from public.theirs',
    ])
      expect([forbidden, noSuchChange]).toContain(await codeOf('genesys_reader', text));
  });
});
