import type pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { migrate } from '../../src/postgres/migrate.js';
import { asMigrator } from '../../src/postgres/schema/migrator.js';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.js';
import { migratedDatabase, type TestDatabase, testPool } from '../support/postgres.js';
import { environmentFor, runCommand } from '../support/program.js';

const at = new Date('2026-03-12T06:12:00Z');
let sandbox: Sandbox;
let database: TestDatabase;
let pool: pg.Pool;

beforeAll(async () => {
  sandbox = await startSandbox({
    seed: 4,
    conversationsPerDay: 300,
    agents: 6,
    clock: { kind: 'fixed', at },
    requestsPerMinute: 'unlimited',
  });
});
afterAll(() => sandbox?.close());
beforeEach(async () => {
  database = await migratedDatabase();
  pool = testPool(database.url);
});
afterEach(async () => {
  await pool.end();
  await database.drop();
});

const environment = () => ({ ...environmentFor(sandbox, database.url), GENESYS_WAREHOUSE_START: '9d' });
const storedCount = async () =>
  (await pool.query('select count(*)::int as count from extract.stored_conversations')).rows[0].count;
const views = async () =>
  (
    await pool.query(
      `select relname, oid from pg_class where relnamespace = 'mart'::regnamespace and relkind = 'v' order by 1`,
    )
  ).rows;
const enterNewerMigration = () =>
  pool.query(`insert into extract.schema_migrations (name, timestamp) values ('000999_of_a_newer_program', 'now')`);

test('a run at work stores nothing any more once a newer program has migrated, and ends with status 2', async () => {
  sandbox.resetRequests();
  const running = runCommand(['run', '--stream', 'conversations', '--schedule', '* * * * *'], sandbox, {
    ...environment(),
    GENESYS_WAREHOUSE_SERVICE_PORT: '0',
  });
  const begunCount = async () => (await pool.query('select count(*)::int as count from extract.runs')).rows[0].count;
  await expect.poll(begunCount, { timeout: 60_000, interval: 5 }).toBeGreaterThan(0);
  await enterNewerMigration();
  const before = await storedCount();
  const { status, output } = await running;
  expect(status).toBe(2);
  expect(output).toContain('was migrated by a newer genesys-warehouse (it has 000999_of_a_newer_program)');
  // At most the commit that had passed the gate before.
  expect(await storedCount()).toBeLessThanOrEqual(before + 1_000);
  const after = await storedCount();
  expect((await runCommand(['sync'], sandbox, environment())).status).toBe(2);
  expect(await storedCount()).toBe(after);
}, 120_000);

test('views of another build of the same version stay as they are, and the log says who rebuilds them', async () => {
  await pool.query(
    `update extract.settings set value = (value::jsonb || '{"mart.rpt_queue_now": "of another build"}')::text where name = 'views_digest'`,
  );
  const before = await views();
  const args = ['sync', '--stream', 'directory'];
  const { status, output } = await runCommand(args, sandbox, environment());
  expect(status).toBe(0);
  expect(output).toContain('genesys-warehouse migrate rebuilds them');
  expect((await runCommand(['rebuild-facts'], sandbox, environment())).status).toBe(0);
  expect(await views()).toEqual(before);
  expect((await runCommand(['migrate'], sandbox, environment())).status).toBe(0);
  expect(await views()).not.toEqual(before);
  expect((await runCommand(args, sandbox, environment())).output).not.toContain('rebuilds them');
});

test('an older migrate that waited for a newer one changes nothing and says why', async () => {
  await pool.query(`delete from extract.settings where name = 'views_digest'`);
  const standing = await views();
  const newer = await pool.connect();
  const older = testPool(database.url);
  let refused: Promise<unknown> | undefined;
  await asMigrator(newer, async () => {
    refused = migrate(older, { timeZone: 'UTC' }).catch((error) => error);
    // It has looked at the migrations before it waits: now it does.
    const waits = async () =>
      (
        await pool.query(
          `select from pg_stat_activity where application_name = 'test' and datname = current_database()
               and query like 'insert into extract.schema_migrator%' and pid <> $1`,
          [(newer as unknown as { processID: number }).processID],
        )
      ).rowCount;
    await expect.poll(waits, { timeout: 20_000, interval: 5 }).toBe(1);
    await enterNewerMigration();
  });
  newer.release();
  expect(String(await refused)).toMatch(/UsageError: .*migrated by a newer genesys-warehouse/);
  expect(await views()).toEqual(standing);
  await older.end();
});
