import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { UsageError } from '../../../src/lib/errors.js';
import { migrate } from '../../../src/postgres/migrate.js';
import { migratedDatabase, type TestDatabase, testPool } from '../../support/postgres.js';
import { restoreVersion, storedVersions } from './stored-database.js';

const quick = { waitMsMax: 300, attemptsMax: 3, pauseMs: 200 };
const settings = { timeZone: 'UTC' };

async function reader(database: TestDatabase, name: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: database.url, application_name: name });
  await client.connect();
  return client;
}

/** A reader in the middle of a long query: it holds its locks until the transaction ends. */
async function longReader(database: TestDatabase, relation: string): Promise<pg.Client> {
  const client = await reader(database, 'long report');
  await client.query('begin');
  await client.query(`select from ${relation} limit 1`);
  return client;
}

const processId = (client: pg.Client) => (client as unknown as { processID: number }).processID;

describe('a migration beside a reader', () => {
  let database: TestDatabase;
  let pool: pg.Pool;

  beforeAll(async () => {
    database = await migratedDatabase();
    pool = testPool(database.url);
  });
  // Any other digest makes the next migrate rebuild the views.
  beforeEach(() => pool.query(`update extract.settings set value = 'other' where name = 'views_digest'`));
  afterAll(async () => {
    await pool.end();
    await database.drop();
  });

  test('gives up after bounded attempts with one sentence that names the process and its application', async () => {
    const holder = await longReader(database, 'mart.fct_conversations');
    const failure = await migrate(pool, settings, quick).catch((error: unknown) => error as Error);
    await holder.end();
    expect(failure).toBeInstanceOf(UsageError);
    expect((failure as Error).message).toMatch(
      new RegExp(
        `^The views cannot be rebuilt: session ${processId(holder)} \\(application "long report", role \\w+, since \\d+ s\\) still holds a conflicting lock after 3 attempts`,
      ),
    );
  });

  test('leaves the old views in place when it gives up, and the session as it was', async () => {
    const before = await pool.query('show lock_timeout');
    const holder = await longReader(database, 'mart.dim_queues');
    await migrate(pool, settings, quick).catch(() => {});
    await holder.end();
    const { rows } = await pool.query(
      `select count(*)::int as count from pg_views where schemaname = 'mart' and viewname in ('dim_queues', 'rpt_wrapup_causes', 'fct_conversations')`,
    );
    expect(rows[0].count).toBe(3);
    const leftover = await pool.query('show lock_timeout');
    expect(leftover.rows[0].lock_timeout).toBe(before.rows[0].lock_timeout);
  });

  test('continues when the reader ends between two attempts', async () => {
    const holder = await longReader(database, 'mart.fct_conversations');
    const migrated = migrate(pool, settings, { ...quick, attemptsMax: 50 });
    await waitFor(async () => (await waiters(pool)) > 0);
    await holder.query('commit');
    await migrated;
    await holder.end();
    const { rows } = await pool.query(`select value from extract.settings where name = 'views_digest'`);
    expect(rows[0].value).not.toBe('other');
  });

  test('never keeps a later reader in the queue behind it: that one is served while the first still holds its lock', async () => {
    const holder = await longReader(database, 'mart.fct_conversations');
    const later = await reader(database, 'short report');
    const outcome = migrate(pool, settings, { ...quick, attemptsMax: 5 }).catch((error: unknown) => error);
    await waitFor(async () => (await waiters(pool)) > 0);
    // Queued behind the migration's lock request, which ends at its own timeout: a bound far below any other in play.
    await later.query(`set statement_timeout = '5s'`);
    await later.query('select from mart.fct_conversations limit 1');
    await holder.query('select 1');
    expect(await outcome).toBeInstanceOf(UsageError);
    await Promise.all([holder.end(), later.end()]);
  });

  test('waits no longer than one timeout in all, however many views are held up one after the other', async () => {
    const holders = await Promise.all(
      ['dim_queues', 'dim_users', 'fct_surveys'].map((name) => longReader(database, `mart.${name}`)),
    );
    const failure = await migrate(pool, settings, quick).catch((error: unknown) => error as Error);
    expect(String(failure)).toContain('session');
    await Promise.all(holders.map((holder) => holder.end()));
    await migrate(pool, settings, quick);
  });

  test('starts twenty times at once without one failing', async () => {
    await expect(Promise.all(Array.from({ length: 20 }, () => migrate(pool, settings)))).resolves.toHaveLength(20);
  });

  test('refuses a database that a newer program has migrated, and changes nothing', async () => {
    await pool.query(`insert into extract.schema_migrations (name, timestamp) values ('999999_future', 'later')`);
    const failure = await migrate(pool, settings).catch((error: unknown) => error as Error);
    await pool.query(`delete from extract.schema_migrations where name = '999999_future'`);
    expect(failure).toBeInstanceOf(UsageError);
    expect((failure as Error).message).toContain('newer genesys-warehouse (it has 999999_future)');
    const { rows } = await pool.query(`select value from extract.settings where name = 'views_digest'`);
    expect(rows[0].value).toBe('other');
  });
});

describe('tables of an older version beside a reader', () => {
  test('are migrated although a report holds its locks on other tables, or a sentence names it', async () => {
    const database = await restoreVersion(storedVersions[0] as string);
    const pool = testPool(database.url);
    const holder = await longReader(database, 'extract.restatements');
    const outcome = await migrate(pool, settings, quick).then(
      () => 'migrated',
      (error: unknown) => error as Error,
    );
    if (outcome !== 'migrated') {
      expect(outcome).toBeInstanceOf(UsageError);
      expect((outcome as Error).message).toContain(`session ${processId(holder)}`);
    }
    await holder.end();
    await migrate(pool, settings, quick);
    await pool.end();
    await database.drop();
  });
});

async function waiters(pool: pg.Pool): Promise<number> {
  const { rows } = await pool.query(
    `select count(*)::int as count from pg_locks join pg_database on pg_database.oid = database
     where not granted and locktype = 'relation' and datname = current_database()`,
  );
  return rows[0].count;
}

const pollsMax = 500;

async function waitFor(condition: () => Promise<boolean>): Promise<void> {
  for (let polls = 0; polls < pollsMax; polls += 1) {
    if (await condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error('It did not happen.');
}
