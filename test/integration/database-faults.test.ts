import type pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.js';
import { migratedDatabase, type TestDatabase, testPool } from '../support/postgres.js';
import { environmentFor, runCommand } from '../support/program.js';

/** A fault of the database fails the slice, with an error; dead letters are for records. */
const at = new Date('2026-03-12T06:12:00Z');

let sandbox: Sandbox;
let database: TestDatabase;
let pool: pg.Pool;
beforeAll(async () => {
  sandbox = await startSandbox({ seed: 4, conversationsPerDay: 100, agents: 5, clock: { kind: 'fixed', at } });
  database = await migratedDatabase();
  pool = testPool(database.url);
});
afterAll(async () => {
  await pool?.end();
  await database?.drop();
  await sandbox?.close();
});

const backfill = () =>
  runCommand(
    ['backfill', '--from', '2026-03-10', '--to', '2026-03-11', '--stream', 'conversations', '--force'],
    sandbox,
    environmentFor(sandbox, database.url),
  );
const letters = async () => (await pool.query('select count(*)::int as count from extract.dead_letters')).rows[0].count;

test('a partition that another one keeps from being made fails the slice, and no record becomes a dead letter', async () => {
  await pool.query('create table genesys.conversations_y2026m03 (like genesys.conversations)');
  const { status, output } = await backfill();
  expect(status).toBe(1);
  expect(output).toMatch(/no partition of relation|conversations_y2026m03/);
  expect(await letters()).toBe(0);
  await pool.query('drop table genesys.conversations_y2026m03');
  expect(await backfill()).toMatchObject({ status: 0 });
});

test('a constraint that refuses every record fails the slice, and no record becomes a dead letter', async () => {
  await pool.query('truncate extract.stored_conversations, extract.slices, genesys.conversations');
  await pool.query(
    'alter table genesys.conversations add constraint odd_check check (conversation_id is null) not valid',
  );
  const { status, output } = await backfill();
  expect(status, output).toBe(1);
  expect(output).toContain('odd_check');
  expect(await letters()).toBe(0);
  await pool.query('alter table genesys.conversations drop constraint odd_check');
  await pool.query('truncate extract.stored_conversations');
});
