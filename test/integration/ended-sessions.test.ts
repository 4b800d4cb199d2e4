import type pg from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { describeLoss } from '../../src/postgres/connection/lost.js';
import { createPool } from '../../src/postgres/connection/pool.js';
import { inTransaction, onConnection } from '../../src/postgres/connection/transaction.js';
import { createWarehouse } from '../../src/postgres/warehouse.js';
import { migratedDatabase, type TestDatabase, testPool } from '../support/postgres.js';

/** Administrators and time-outs end sessions: the sentence is the database's own, and nothing but the run is lost. */
const at = new Date('2026-03-12T06:12:00Z');
let database: TestDatabase;
let admin: pg.Pool;

beforeEach(async () => {
  database = await migratedDatabase();
  admin = testPool(database.url);
});
afterEach(async () => {
  await admin.end();
  await database.drop();
});

/** A pool of the program's own whose sessions have further settings. */
function poolWith(session: string): pg.Pool {
  const options = { connectionString: database.url, applicationName: 'ended sessions', max: 1, statementTimeoutMs: 0 };
  return createPool({ ...options, session });
}

const ending = (client: pg.PoolClient) => new Promise((resolve) => client.once('end', resolve));

/** Returns the error of `work` as a person sees it, and checks that the pool works afterwards. */
async function sentenceOf(pool: pg.Pool, work: Promise<unknown>): Promise<string | undefined> {
  const error: unknown = await work.then(
    () => undefined,
    (thrown) => thrown,
  );
  expect((await pool.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
  return describeLoss(error);
}

describe('a session that the database ended is reported with the reason of the database', () => {
  test('idle for too long (57P05)', async () => {
    const pool = poolWith('set idle_session_timeout = 50');
    const work = onConnection(pool, async (client) => {
      await ending(client);
      await client.query('select 1');
    });
    expect(await sentenceOf(pool, work)).toMatch(
      /^The database ended an idle session \(idle-session timeout\) \(terminating connection due to idle-session timeout\)\. /,
    );
    await pool.end();
  });

  test('idle in a transaction for too long (25P03)', async () => {
    const pool = poolWith('set idle_in_transaction_session_timeout = 50');
    const work = inTransaction(pool, ending);
    expect(await sentenceOf(pool, work)).toMatch(
      /^The database ended an idle transaction \(idle-in-transaction timeout\) \(terminating connection due to idle-in-transaction timeout\)\. /,
    );
    await pool.end();
  });

  test('a transaction that took too long, where the server has such a limit (25P04)', async () => {
    const { rows } = await admin.query(`select current_setting('transaction_timeout', true) is not null as "isKnown"`);
    const pool = poolWith(rows[0].isKnown ? 'set transaction_timeout = 50' : '');
    const work = inTransaction(pool, async (client) => {
      if (rows[0].isKnown) await client.query('select pg_sleep(20)');
      // What a server from 17 on says.
      throw Object.assign(new Error('terminating connection due to transaction timeout'), { code: '25P04' });
    });
    expect(await sentenceOf(pool, work)).toMatch(
      /^The database ended a transaction that exceeded the transaction timeout \(terminating connection due to transaction timeout\)\. /,
    );
    await pool.end();
  });

  test('an administrator, between two statements and in one (57P01)', async () => {
    const pool = poolWith('');
    const kill = async (client: pg.PoolClient, during: Promise<unknown>) => {
      // Its error may be here before the answer to the statement that causes it.
      during.catch(() => {});
      const { processID } = client as unknown as { processID: number };
      await admin.query('select pg_terminate_backend($1)', [processID]);
      await during;
      await client.query('select 1');
    };
    const sentence =
      /^The connection to the database was lost \(terminating connection due to administrator command\)\. /;
    expect(
      await sentenceOf(
        pool,
        inTransaction(pool, (client) => kill(client, ending(client))),
      ),
    ).toMatch(sentence);
    expect(
      await sentenceOf(
        pool,
        inTransaction(pool, (client) => kill(client, client.query('select pg_sleep(20)'))),
      ),
    ).toMatch(sentence);
    await pool.end();
  });
});

describe('a slice in whose commit the database ends the session', () => {
  const page = { asOf: at, batches: [], rejects: [], cursor: { page: 1 }, recordCount: 0 };
  const slices = async () => (await admin.query('select attempts, last_error, due_at, pages from extract.slices')).rows;

  /** Claims a slice whose next commit meets `statement` in the database. */
  async function claimedWith(statement: string, session = '') {
    await admin.query(
      `insert into extract.slices (stream, slice_from, slice_to, priority, due_at, requested_at)
       values ('calls', '2026-03-11T00:00:00Z', '2026-03-11T01:00:00Z', 1, $1, $1)`,
      [at],
    );
    await admin.query(
      `create function public.meet() returns trigger language plpgsql as $$ begin perform ${statement}; return new; end $$;
       create trigger meet before update on extract.slices for each row when (new.pages > old.pages) execute function public.meet()`,
    );
    const options = { connectionString: database.url, applicationName: 'claims', max: 3, statementTimeoutMs: 0 };
    const pool = createPool({ ...options, session });
    const claim = await createWarehouse(pool, () => at).claim({
      streams: ['calls'],
      now: at,
      liveAfter: at,
      isLiveOnly: false,
    });
    if (claim === null) throw new Error('There was no slice to claim.');
    return { pool, claim };
  }

  test('is not charged for it: it stays as it was', async () => {
    const { pool, claim } = await claimedWith('pg_terminate_backend(pg_backend_pid())');
    await expect(claim.commit([page])).rejects.toThrow(/terminating connection due to administrator command/);
    await expect(claim.fail('It must not count.', at)).rejects.toThrow(/terminating connection/);
    expect(await slices()).toMatchObject([{ attempts: 0, last_error: null, due_at: at, pages: 0 }]);
    await claim.release();
    await pool.end();
  });

  test('fails in one sentence, to be tried again later, where its own work took too long', async () => {
    const { rows } = await admin.query(`select current_setting('transaction_timeout', true) is not null as "isKnown"`);
    const setting = rows[0].isKnown ? 'transaction_timeout' : 'statement_timeout';
    const { pool, claim } = await claimedWith('pg_sleep(20)', `set ${setting} = 100`);
    const error: Error = await claim.commit([page]).then(
      () => new Error('It was stored.'),
      (thrown) => thrown,
    );
    expect(error.message).toMatch(
      /^(The database ended a transaction that|A statement) exceeded the (transaction|statement) timeout \(/,
    );
    await claim.fail(error.message, at);
    expect(await slices()).toMatchObject([{ attempts: 1, last_error: error.message, due_at: at, pages: 0 }]);
    await claim.release();
    await pool.end();
  });
});
