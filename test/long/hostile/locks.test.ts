import type pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Sandbox, startSandbox } from '../../../src/sandbox/index.js';
import { createDatabase, type TestDatabase, testPool } from '../../support/postgres.js';
import { differencesFromTruth, environmentFor, runCommand, spawnCommand } from '../../support/program.js';
import { rolesScript, type Visitor, visit } from './support.js';

/** Roles that may connect, with any rights except the program's, cannot block it. */
const at = new Date('2026-03-12T06:12:00Z');
const oldestKey = 7_236_400;
const newestKey = 7_236_420;

let sandbox: Sandbox;
let database: TestDatabase;
let admin: pg.Pool;
let reader: Visitor;

beforeAll(async () => {
  sandbox = await startSandbox({ seed: 9, conversationsPerDay: 100, agents: 5, clock: { kind: 'fixed', at } });
});
afterAll(() => sandbox.close());
beforeEach(async () => {
  database = await createDatabase();
  admin = testPool(database.url);
  await admin.query(rolesScript);
  reader = await visit(admin, database, ['genesys_reader']);
});
afterEach(async () => {
  await reader.leave();
  await admin.end();
  await database.drop();
});

/** Every key that any version of the program and its migrator has used, and more. */
async function takeAllKeys(): Promise<void> {
  await reader.query('select pg_advisory_lock(key) from generate_series($1::bigint, $2::bigint) as key', [
    oldestKey,
    newestKey,
  ]);
  await reader.query(
    'select pg_advisory_lock(class, key) from generate_series($1::int, $2::int) as class, generate_series(0, 150) as key',
    [oldestKey, newestKey],
  );
  await reader.query('select pg_advisory_lock(3853314791062309107), pg_advisory_lock(7136201004)');
}

const environment = () => ({
  ...environmentFor(sandbox, database.url),
  GENESYS_WAREHOUSE_START: '2026-03-11T00:00:00Z',
});

const due = async () =>
  (
    await admin.query(
      'select count(*)::int as count from extract.slices where due_at <= $1 and (retry_at is null or retry_at <= $1)',
      [at],
    )
  ).rows[0].count;

describe('a reader who holds every advisory key', () => {
  test('holds up neither the first migration nor a sync, whatever it does to claims', {
    timeout: 180_000,
  }, async () => {
    await takeAllKeys();
    expect(await runCommand(['migrate'], sandbox, environment())).toMatchObject({ status: 0 });
    expect(await runCommand(['sync'], sandbox, environment())).toMatchObject({ status: 0 });
    expect(await due()).toBe(0);
    expect(await differencesFromTruth(admin, sandbox)).toEqual([]);
    const range = ['--from', '2026-01-14T00:00:00Z', '--to', '2026-01-15T00:00:00Z'];
    expect(await runCommand(['backfill', ...range], sandbox, environment())).toMatchObject({ status: 0 });
    expect(await runCommand(['erase', '--address', '+49 30 5550199'], sandbox, environment())).toMatchObject({
      status: 0,
    });
    const days = ['--from', '2026-03-11', '--to', '2026-03-12'];
    expect(await runCommand(['reconcile', ...days], sandbox, environment())).toMatchObject({ status: 0 });
  });

  test('keeps no slice of a process that died by copying its signs of life from pg_locks', {
    timeout: 180_000,
  }, async () => {
    expect(await runCommand(['migrate'], sandbox, environment())).toMatchObject({ status: 0 });
    const child = spawnCommand(['sync'], at, environment());
    const keys = new Set<number>();
    const endMs = performance.now() + 60_000;
    while (keys.size === 0 && performance.now() < endMs) {
      const { rows } = await reader.query(
        `select classid::int as class, objid::int as key from pg_locks
         where locktype = 'advisory' and pid <> pg_backend_pid()
             and database = (select oid from pg_database where datname = current_database())`,
      );
      for (const { key } of rows) keys.add(key);
    }
    // A process has one, whatever it claims.
    expect(keys.size).toBeGreaterThanOrEqual(1);
    // Queued behind their holders, and there as soon as these are gone.
    const waiting = [...keys].map(async (key) => {
      const copier = await visit(admin, database, ['genesys_reader']);
      await copier.query('select pg_advisory_lock(7236412, $1)', [key]);
      return copier;
    });
    child.kill('SIGKILL');
    await child.ended;
    const copiers = await Promise.all(waiting);
    expect(await runCommand(['sync'], sandbox, environment())).toMatchObject({ status: 0 });
    expect(await due()).toBe(0);
    for (const copier of copiers) await copier.leave();
  });

  test.each([
    'lock table extract.locks in row share mode',
    'lock table extract.storing_gate in exclusive mode',
    'lock table extract.zone_gate in access share mode',
    'select from extract.schema_migrator for update',
    'select from extract.locks for update',
    'select from extract.claims',
    `insert into extract.claims (slice_id, claim_id, holder, session_pid, session_role, session_key)
     select slice_id, gen_random_uuid(), 'me', pg_backend_pid(), 10, 1 from generate_series(1, 100) as slice_id`,
  ])('may not: %s', async (text) => {
    expect(await runCommand(['migrate'], sandbox, environment())).toMatchObject({ status: 0 });
    await reader.query('begin');
    expect(await reader.codeOf(text)).toBe('42501');
  });
});

describe('a session that has the rights and holds a lock', () => {
  test('is named by what waited for it, and the wait ends', { timeout: 180_000 }, async () => {
    expect(await runCommand(['sync'], sandbox, environment())).toMatchObject({ status: 0 });
    // For what is there by now.
    await admin.query(rolesScript);
    const writer = await visit(admin, database, ['genesys_writer']);
    await writer.query('begin');
    await writer.query('lock table extract.storing_gate in exclusive mode');
    const args = ['backfill', '--from', '2026-03-11', '--to', '2026-03-12', '--stream', 'conversations', '--force'];
    const run = await runCommand(args, sandbox, environment());
    expect(run.status).toBe(1);
    expect(run.output).toMatch(new RegExp(`held by session \\d+ \\(application \\\\"psql\\\\", role ${writer.role}`));
    await writer.leave();
    expect(await runCommand(args, sandbox, environment())).toMatchObject({ status: 0 });
  });
});
