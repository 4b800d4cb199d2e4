import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Sandbox, startSandbox } from '../../../src/sandbox/index.js';
import { differingTables, readTable, tablesIn } from '../../lake/support.js';
import { migratedDatabase, type TestDatabase, testPool } from '../../support/postgres.js';
import { environmentFor, runCommand } from '../../support/program.js';

const at = new Date('2026-03-12T15:07:00Z');
const day = 86_400_000;

let sandbox: Sandbox;
let database: TestDatabase;
let pool: pg.Pool;
let environment: Record<string, string>;
let root: string;

const run = (...args: string[]) => runCommand(args, sandbox, environment);
const exportAgain = async (...args: string[]) => {
  const result = await run('lake', 'export', root, ...args);
  expect(result).toMatchObject({ status: 0 });
  return result;
};

beforeAll(async () => {
  sandbox = await startSandbox({
    seed: 7,
    conversationsPerDay: 100,
    agents: 8,
    clock: { kind: 'fixed', at },
    requestsPerMinute: 'unlimited',
  });
  database = await migratedDatabase('Europe/Berlin');
  pool = testPool(database.url);
  root = await mkdtemp(join(tmpdir(), 'lake-'));
  environment = {
    ...environmentFor(sandbox, database.url),
    GENESYS_WAREHOUSE_TIME_ZONE: 'Europe/Berlin',
    GENESYS_WAREHOUSE_START: '2d',
  };
  expect(await run('sync')).toMatchObject({ status: 0 });
});
afterAll(async () => {
  await pool?.end();
  await database?.drop();
  await sandbox?.close();
  await rm(root, { recursive: true, force: true });
});

describe('what changes in Postgres', () => {
  test('reaches the lake with the next export: days that passed, restatements, statuses, the directory', {
    timeout: 120_000,
  }, async () => {
    await exportAgain();
    sandbox.setNow(new Date(at.getTime() + 2 * day));
    expect(await run('sync')).toMatchObject({ status: 0 });
    expect(await differingTables(pool, root)).not.toEqual([]);
    await exportAgain();
    expect(await differingTables(pool, root)).toEqual([]);
  });
});

describe('lake export', () => {
  test('writes tables of schema genesys and personal data on request', {
    timeout: 120_000,
  }, async () => {
    const other = await mkdtemp(join(tmpdir(), 'lake-'));
    const result = await run('lake', 'export', other, '--raw', '--personal');
    expect(result).toMatchObject({ status: 0 });
    expect(await differingTables(pool, other)).toEqual([]);
    expect(await tablesIn(other)).toEqual(
      expect.arrayContaining(['genesys/participant_attributes', 'mart/fct_addresses']),
    );
    const users = await readTable(other, 'mart/dim_users');
    expect(users.rows.every((row) => row.user_name !== null)).toBe(true);
    await rm(other, { recursive: true });
  });
});
