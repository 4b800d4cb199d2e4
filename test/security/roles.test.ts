import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openReaderPool } from '../../src/postgres/dashboard/reader-pool.js';
import { functionsOfMarts } from '../../src/postgres/schema/reader-functions.js';
import { personalRelations } from '../../src/postgres/schema/reader-roles.js';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.js';
import { visit } from '../long/hostile/support.js';
import { createDatabase, type TestDatabase, testPool } from '../support/postgres.js';
import { differencesFromTruth, environmentFor, runCommand } from '../support/program.js';
import { scratchFolder } from '../support/scratch.js';

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
    const { rows } = await admin.query(
      `select reltuples > 0 as is_known from pg_class where oid = 'genesys.queues'::regclass`,
    );
    expect(rows).toEqual([{ is_known: true }]);
  });

  test('the writer exports to a lake, with rights that the script gives it alone', { timeout: 120_000 }, async () => {
    const folder = await mkdtemp(join(scratchFolder(), 'lake-'));
    expect(await run('genesys_writer', 'lake', 'export', folder)).toMatchObject({ status: 0 });
    expect(await run('genesys_writer', 'lake', 'status', folder)).toMatchObject({ status: 0 });
    await rm(folder, { recursive: true });
    const { rows } = await admin.query(
      `select oid::regclass::text as name, has_sequence_privilege('genesys_writer', oid, 'usage')
               and has_sequence_privilege('genesys_writer', oid, 'update') as writer,
           has_sequence_privilege('public', oid, 'usage') as everybody
       from pg_class where relkind = 'S' and relnamespace in ('extract'::regnamespace, 'wrapup'::regnamespace)`,
    );
    expect(rows.length).toBeGreaterThan(5);
    expect(rows.filter(({ writer, everybody }) => !writer || everybody)).toEqual([]);
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
    `select genesys.analyze_table('public.theirs')`,
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
      `select genesys.analyze_table('genesys.queues')`,
      'select * from public.theirs',
    ])
      expect([forbidden, noSuchChange]).toContain(await codeOf('genesys_reader', text));
  });

  test('the reader may execute what the views call, and no other function', async () => {
    const { rows } = await admin.query<{ name: string; is_open: boolean; is_public: boolean }>(
      `select pg_proc.oid::regprocedure::text as name, has_function_privilege('genesys_reader', pg_proc.oid, 'execute') as is_open,
           has_function_privilege('public', pg_proc.oid, 'execute') as is_public
       from pg_proc join pg_namespace on pg_namespace.oid = pronamespace
       where nspname in ('extract', 'genesys', 'mart', 'wrapup') order by 1`,
    );
    const open = rows.filter((row) => row.is_open).map((row) => row.name);
    expect(open).toEqual(await functionsOfMarts(admin));
    expect(open).toContain('genesys.visible_divisions(name,name)');
    expect(open.join()).not.toMatch(/create_month|analyze_table|take_requests|refresh_|conversation_json|row_json/);
    expect(rows.filter((row) => row.is_public)).toEqual([]);
    // The script names them, since it may be run on a database that an earlier version has migrated.
    const named = /foreach function_name in array array\[([^\]]+)\]/.exec(script)?.[1]?.match(/\w+/g);
    expect(named).toEqual(open.map((name) => name.replace(/^genesys\.(\w+)\(.*$/, '$1')));
  });

  test('what the owner adds later is executed by the writer and nobody else', async () => {
    await (pools.get('genesys_owner') as pg.Pool).query(
      `create function genesys.added_later() returns integer language sql as 'select 1'`,
    );
    const { rows } = await admin.query(
      `select role, has_function_privilege(role, 'genesys.added_later()', 'execute') as may
       from unnest(array['public', 'genesys_reader', 'genesys_writer']) as role`,
    );
    expect(rows.map(({ role, may }) => [role, may])).toEqual([
      ['public', false],
      ['genesys_reader', false],
      ['genesys_writer', true],
    ]);
    await admin.query('drop function genesys.added_later()');
  });

  test('a stranger may not connect', async () => {
    await expect(visit(admin, database, [])).rejects.toMatchObject({ code: '42501' });
  });

  test.each([
    `lo_from_bytea(0, '\\x00')`,
    'lo_create(0)',
    'lo_creat(-1)',
    `lo_import('/etc/hostname')`,
    `pg_read_file('/etc/hostname')`,
  ])('a role of a BI tool may not: %s', async (call) => {
    const tool = await visit(admin, database, ['genesys_reader']);
    expect(await tool.codeOf(`select ${call}`)).toBe(forbidden);
    await tool.leave();
  });

  test('the bounds that the script recommends apply to a role of a BI tool', async () => {
    const tool = await visit(admin, database, ['genesys_reader']);
    const version = Number((await admin.query('show server_version_num')).rows[0].server_version_num);
    const bounds = [...script.matchAll(/^-- {3}(alter role my_bi .*?;)/gm)].map(([, statement]) => String(statement));
    expect(bounds).toHaveLength(5);
    for (const statement of bounds)
      if (version >= 170_000 || !statement.includes('transaction_timeout ='))
        await admin.query(statement.replace('my_bi', tool.role));
    const others: pg.Client[] = [];
    try {
      for (let count = 0; count < 9; count += 1) others.push(await tool.again());
      await expect(tool.again()).rejects.toMatchObject({ code: '53300' });
      const settings = ['statement_timeout', 'idle_in_transaction_session_timeout', 'temp_file_limit'];
      const { rows } = await (others[0] as pg.Client).query(
        'select current_setting(name) as value from unnest($1::text[]) as name',
        [settings],
      );
      expect(rows.map(({ value }) => value)).toEqual(['5min', '1min', '5GB']);
    } finally {
      for (const client of others) await client.end();
      await tool.leave();
    }
  });

  test('the page reads as genesys_reader once the login is a member of it, and says so until then', async () => {
    const login = await visit(admin, database, ['genesys_writer']);
    try {
      await expect(openReaderPool({ connectionString: login.url })).rejects.toThrow(
        /may not read schema mart as genesys_reader .*grant genesys_reader to LOGIN/,
      );
      await admin.query(`grant genesys_reader to ${login.role}`);
      const { pool, role } = await openReaderPool({ connectionString: login.url });
      expect(role).toBe('genesys_reader');
      await pool.end();
    } finally {
      await login.leave();
    }
  });
});
