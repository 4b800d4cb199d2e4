import type pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { DeferredError } from '../../src/lib/errors.js';
import type { SliceClaim } from '../../src/model/extraction.js';
import { signOfLifeClass } from '../../src/postgres/connection/locks.js';
import { createPool } from '../../src/postgres/connection/pool.js';
import { createWarehouse, type Warehouse } from '../../src/postgres/warehouse.js';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.js';
import { migratedDatabase, type TestDatabase, testPool } from '../support/postgres.js';
import { environmentFor, runCommand } from '../support/program.js';

const at = new Date('2026-03-12T06:12:00Z');
const interval = ['2026-03-11T00:00:00Z', '2026-03-11T01:00:00Z'];

let database: TestDatabase;
let pool: pg.Pool;
let warehouse: Warehouse;
const claims: SliceClaim[] = [];

beforeAll(async () => {
  database = await migratedDatabase();
  pool = testPool(database.url, 8);
  warehouse = createWarehouse(pool, () => at);
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});
beforeEach(async () => {
  await pool.query('truncate extract.slices, extract.claims');
  await pool.query(
    `insert into extract.slices (stream, slice_from, slice_to, priority, due_at, requested_at)
     values ('calls', $1, $2, 1, $2, $2)`,
    interval,
  );
});
afterEach(async () => {
  await Promise.all(claims.splice(0).map((claim) => claim.release()));
});

async function claim(from = warehouse): Promise<SliceClaim | null> {
  const claimed = await from.claim({ streams: ['calls'], now: at, liveAfter: at, isLiveOnly: false });
  if (claimed !== null) claims.push(claimed);
  return claimed;
}

const state = async () =>
  (await pool.query('select pass, attempts, retry_at, due_at, cursor, last_error from extract.slices')).rows[0];
const holderPid = async (): Promise<number> =>
  (await pool.query('select session_pid as pid from extract.claims')).rows[0].pid;

/** Claims the slice as another process does that will not connect again; returns its server process. */
async function claimOfOther(): Promise<number> {
  const options = { connectionString: database.url, applicationName: 'other', max: 2, statementTimeoutMs: 0 };
  const other = createPool(options);
  const claimed = await createWarehouse(other, () => at).claim({
    streams: ['calls'],
    now: at,
    liveAfter: at,
    isLiveOnly: false,
  });
  expect(claimed).not.toBeNull();
  void other.end();
  return holderPid();
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  for (let looks = 0; looks < 500; looks += 1) {
    if (await condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error('It did not happen.');
}

const page = { asOf: at, batches: [], rejects: [], cursor: { page: 1 }, recordCount: 0 };

describe('a claim', () => {
  test('is for one process alone, and given back free for the next', async () => {
    const first = await claim();
    expect(await claim()).toBeNull();
    expect(await warehouse.isClaimed('calls')).toBe(true);
    await first?.release();
    claims.length = 0;
    expect(await warehouse.isClaimed('calls')).toBe(false);
    expect(await claim()).not.toBeNull();
  });

  test('ends with the process that made it, however that ends', async () => {
    const pid = await claimOfOther();
    expect(await claim()).toBeNull();
    await pool.query('select pg_terminate_backend($1)', [pid]);
    await until(async () => (await pool.query('select from pg_stat_activity where pid = $1', [pid])).rowCount === 0);
    expect(await warehouse.isClaimed('calls')).toBe(false);
    expect(await claim()).not.toBeNull();
    expect(await holderPid()).not.toBe(pid);
  });

  test('that waits for an answer takes no connection: as many as there are slices end with one', async () => {
    await pool.query(
      `insert into extract.slices (stream, slice_from, slice_to, priority, due_at, requested_at)
       select 'calls', slice_to + n * interval '1 hour', slice_to + (n + 1) * interval '1 hour', 1, due_at, due_at
       from extract.slices, generate_series(0, 29) as n`,
    );
    for (let n = 0; n < 31; n += 1) expect(await claim()).not.toBeNull();
    const { rows } = await pool.query('select count(distinct session_pid)::int as count from extract.claims');
    expect(rows[0].count).toBe(1);
    await Promise.all(claims.splice(0).map((claimed) => claimed.complete([page], null).then(() => claimed.release())));
    expect(await claim()).toBeNull();
  });

  test('whose connection breaks goes over to the next one, where nobody else has taken it', async () => {
    const held = (await claim()) as SliceClaim;
    const pid = await holderPid();
    await pool.query('select pg_terminate_backend($1)', [pid]);
    await until(async () => (await holderPid()) !== pid);
    const other = createWarehouse(pool, () => at);
    expect(await other.isClaimed('calls')).toBe(true);
    expect(await claim(other)).toBeNull();
    await held.complete([page], null);
    expect(await state()).toMatchObject({ pass: 1, due_at: null });
  });

  test('is not kept alive by somebody who takes over the sign of life of a session that has ended', async () => {
    await claimOfOther();
    const { rows } = await pool.query('select session_pid as pid, session_key as key from extract.claims');
    await pool.query('select pg_terminate_backend($1)', [rows[0].pid]);
    const other = await pool.connect();
    try {
      // Waits in the queue behind the holder and has the lock as soon as that one is gone.
      await other.query('select pg_advisory_lock($1, $2)', [signOfLifeClass, rows[0].key]);
      expect(await claim()).not.toBeNull();
    } finally {
      other.release(new Error('Its lock ends with it.'));
    }
  });

  test('that no living session has made binds nobody', async () => {
    const other = await pool.connect();
    const { rows } = await other.query('select pg_backend_pid() as pid');
    await pool.query(
      `insert into extract.claims (slice_id, claim_id, holder, session_pid, session_role, session_key)
       select slice_id, gen_random_uuid(), 'nobody', $1, 10, 4711 from extract.slices`,
      [rows[0].pid],
    );
    expect(await claim()).not.toBeNull();
    other.release();
  });

  test('of a process that fell silent is taken over, and what that process pulled is not stored any more', async () => {
    const silent = (await claim()) as SliceClaim;
    await pool.query(`update extract.claims set heartbeat_at = clock_timestamp() - interval '4 minutes'`);
    const next = (await claim()) as SliceClaim;
    expect(next.slice.sliceId).toBe(silent.slice.sliceId);
    await expect(silent.commit([page])).rejects.toBeInstanceOf(DeferredError);
    await expect(silent.complete([page], null)).rejects.toThrow(/Another process has taken over this slice/);
    await expect(silent.split([next.slice.interval], at)).rejects.toBeInstanceOf(DeferredError);
    await silent.fail('It must not count.', at);
    await silent.defer('Nor this.', at);
    await silent.restart('Nor this.');
    expect(await state()).toMatchObject({ pass: 0, attempts: 0, retry_at: null, cursor: null, last_error: null });
    await next.complete([page], null);
    expect(await state()).toMatchObject({ pass: 1, due_at: null });
  });

  test('in the middle of a commit is never taken over, and nobody waits for it', async () => {
    const silent = (await claim()) as SliceClaim;
    await pool.query(`update extract.claims set heartbeat_at = clock_timestamp() - interval '4 minutes'`);
    const committing = await pool.connect();
    await committing.query('begin');
    await committing.query('select from extract.claims for update');
    expect(await claim()).toBeNull();
    await committing.query('commit');
    committing.release();
    expect((await claim())?.slice.sliceId).toBe(silent.slice.sliceId);
  });
});

describe('a sync that leaves due slices because others hold them', () => {
  let sandbox: Sandbox;
  beforeAll(async () => {
    sandbox = await startSandbox({ seed: 3, conversationsPerDay: 100, agents: 5, clock: { kind: 'fixed', at } });
  });
  afterAll(() => sandbox.close());

  /** Holds the only slice of a stream that is due as a process of that name would. */
  async function syncBeside(application: string) {
    await pool.query(`update extract.slices set stream = 'queue_directory', slice_from = $1, slice_to = $2`, [
      '2026-03-12T00:00:00Z',
      '2026-03-13T00:00:00Z',
    ]);
    const options = { connectionString: database.url, applicationName: application, max: 2, statementTimeoutMs: 0 };
    const other = createPool(options);
    const held = await createWarehouse(other, () => at).claim({
      streams: ['queue_directory'],
      now: at,
      liveAfter: at,
      isLiveOnly: false,
    });
    expect(held).not.toBeNull();
    try {
      const args = ['sync', '--stream', 'queue_directory'];
      const run = await runCommand(args, sandbox, environmentFor(sandbox, database.url));
      const status = await runCommand(['status', '--json'], sandbox, environmentFor(sandbox, database.url));
      return { ...run, claims: JSON.parse(status.output).claims };
    } finally {
      await held?.release();
      await other.end();
    }
  }

  test('says how many and who, and is done where that is another process of this program', async () => {
    const { status, output, claims: shown } = await syncBeside('genesys-warehouse');
    expect(status).toBe(0);
    expect(output).toMatch(/"slices":1,.*Due slices left to another process/);
    expect(shown).toMatchObject(
      [{ stream: 'queue_directory', slice_count: 1, application: 'genesys-warehouse', holder: /:\d+$/ }].map(
        ({ holder: _, ...row }) => row,
      ),
    );
  });

  test('ends with exit status 1 and names the session where that is anything else', async () => {
    const { status, output, claims: shown } = await syncBeside('psql');
    expect(status).toBe(1);
    expect(output).toMatch(
      /1 due slices are held by session \d+ \(application \\"psql\\", role \w+, since .*\), which is not a genesys-warehouse process\. End it with select pg_terminate_backend\(\d+\)\./,
    );
    expect(shown).toMatchObject([{ application: 'psql' }]);
  });
});
