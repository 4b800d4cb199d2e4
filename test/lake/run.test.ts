import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type pg from 'pg';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.js';
import { migratedDatabase, type TestDatabase, testPool } from '../support/postgres.js';
import { environmentFor, runCommand } from '../support/program.js';
import { scratchFolder } from '../support/scratch.js';
import { differingTables, readTable, tablesIn } from './support.js';

const at = new Date('2026-03-12T15:07:00Z');
const hour = 3_600_000;

let sandbox: Sandbox;
let database: TestDatabase;
let pool: pg.Pool;
let environment: Record<string, string>;
let root: string;

const run = (...args: string[]) => runCommand(args, sandbox, environment);

beforeAll(async () => {
  sandbox = await startSandbox({
    seed: 7,
    conversationsPerDay: 100,
    agents: 6,
    clock: { kind: 'fixed', at },
    requestsPerMinute: 'unlimited',
  });
  database = await migratedDatabase();
  pool = testPool(database.url);
  root = await mkdtemp(join(scratchFolder(), 'lake-'));
  environment = {
    ...environmentFor(sandbox, database.url),
    GENESYS_WAREHOUSE_START: '1d',
    GENESYS_WAREHOUSE_SERVICE_PORT: '0',
    GENESYS_WAREHOUSE_LAKE_URL: root,
    GENESYS_WAREHOUSE_LAKE_RAW: 'on',
    GENESYS_WAREHOUSE_LAKE_PERSONAL: 'on',
  };
});
afterAll(async () => {
  await pool?.end();
  await database?.drop();
  await sandbox?.close();
  if (root !== undefined) await rm(root, { recursive: true, force: true });
});

test('run exports what a tick has pulled to GENESYS_WAREHOUSE_LAKE_URL', { timeout: 180_000 }, async () => {
  const stopping = new AbortController();
  const running = runCommand(['run'], sandbox, environment, stopping.signal);
  await vi.waitFor(
    async () => {
      const { rows } = await pool.query('select from extract.lakes where exported_at is not null');
      expect(rows).toHaveLength(1);
    },
    { timeout: 150_000, interval: 200 },
  );
  stopping.abort(new Error('enough'));
  const { output } = await running;
  expect(output).toContain('Lake exported');
  expect((await readTable(root, 'mart/fct_conversations')).rows.length).toBeGreaterThan(50);
  // As GENESYS_WAREHOUSE_LAKE_RAW and _PERSONAL ask for.
  expect(await tablesIn(root)).toEqual(expect.arrayContaining(['genesys/segments', 'mart/fct_addresses']));
  expect(await differingTables(pool, root)).toEqual([]);
});

test('run continues with the tables that an earlier export selected', { timeout: 180_000 }, async () => {
  const selected = `${root}-selected`;
  expect(await run('lake', 'export', selected, '--relation', 'dim_queues')).toMatchObject({ status: 0 });
  await pool.query(`update genesys.queues set name = name || ' (new)' where valid_to is null`);
  const stopping = new AbortController();
  const following = { ...environment, GENESYS_WAREHOUSE_LAKE_URL: selected };
  const running = runCommand(['run'], sandbox, following, stopping.signal);
  const namesOf = async () => (await readTable(selected, 'mart/dim_queues')).rows.map((row) => row.queue_name);
  await vi.waitFor(async () => expect((await namesOf()).every((name) => name?.endsWith(' (new)'))).toBe(true), {
    timeout: 150_000,
    interval: 200,
  });
  stopping.abort(new Error('enough'));
  await running;
  expect(await tablesIn(selected)).toEqual(['mart/dim_queues']);
  await pool.query('delete from extract.lakes where address = $1', [selected]);
  await rm(selected, { recursive: true });
});

/** The files of a log as texts, in which a value would be readable. */
async function logText(): Promise<string> {
  const entries = await readdir(root, { recursive: true });
  const names = entries.filter((name) => name.includes('_delta_log/') && name.endsWith('.json'));
  return (await Promise.all(names.map((name) => readFile(join(root, name), 'utf8')))).join('');
}

test('an erased address leaves the lake with the next export, and its files with the next vacuum', {
  timeout: 180_000,
}, async () => {
  expect(await run('lake', 'export', root)).toMatchObject({ status: 0 });
  const addresses = async () => (await readTable(root, 'mart/fct_addresses')).rows.map((row) => String(row.ani));
  const address = (await addresses()).find((ani) => ani.startsWith('tel:+')) ?? '';
  expect(address).not.toBe('');
  expect(await run('erase', '--address', address)).toMatchObject({ status: 0 });
  expect(await run('lake', 'export', root)).toMatchObject({ status: 0 });
  expect(await addresses()).not.toContain(address);
  expect(await differingTables(pool, root)).toEqual([]);
  // Not even in the statistics of files that were replaced: the log is kept longer than these.
  const log = await logText();
  const found = ['minValues', address, '@example.org', 'tel:+'].filter((text) => log.includes(text));
  expect(found).toEqual(['minValues']);
  sandbox.setNow(new Date(at.getTime() + 2 * hour));
  expect(await run('lake', 'vacuum', root, '--keep', '1h')).toMatchObject({ status: 0 });
  for (const path of await tablesIn(root)) {
    const entries = await readdir(join(root, path), { recursive: true });
    const files = entries.filter((name) => name.endsWith('.parquet') && !name.startsWith('_delta_log'));
    expect([path, files.sort()]).toEqual([path, [...(await readTable(root, path)).files].sort()]);
  }
});

test('prune of Postgres leaves the lake as it is; lake prune does not', { timeout: 180_000 }, async () => {
  const count = async () => (await readTable(root, 'mart/fct_conversations')).rows.length;
  const before = await count();
  sandbox.setNow(new Date('2026-08-01T00:00:00Z'));
  expect(await run('prune', '--keep', '3months')).toMatchObject({ status: 0 });
  const { rows } = await pool.query('select count(*)::int as count from mart.fct_conversations');
  expect(rows[0].count).toBe(0);
  expect(await run('lake', 'export', root)).toMatchObject({ status: 0 });
  expect(await count()).toBe(before);
  expect(await run('lake', 'prune', root, '--keep', '3months')).toMatchObject({ status: 0 });
  expect(await count()).toBe(0);
  expect((await readTable(root, 'mart/dim_queues')).rows.length).toBeGreaterThan(0);
});

test('lake status shows every table with its rows, days and what is pending', async () => {
  const { status, output } = await run('lake', 'status', root, '--format', 'json');
  expect(status).toBe(0);
  const tables = JSON.parse(output) as Record<string, unknown>[];
  expect(tables.map(({ table }) => table)).toEqual(await tablesIn(root));
  const queues = tables.find(({ table }) => table === 'mart/dim_queues');
  expect(queues).toMatchObject({ lake: root, file_count: 1, pending_days: 0 });
  expect((await run('lake', 'status', join(root, 'elsewhere'))).output).toContain('Nothing was exported to');
});
