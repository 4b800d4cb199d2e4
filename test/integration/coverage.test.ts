import type pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { hourMs, minuteMs } from '../../src/lib/interval.js';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.js';
import { createWorld } from '../../src/sandbox/world/index.js';
import { migratedDatabase, type TestDatabase, testPool } from '../support/postgres.js';
import { environmentFor, runCommand } from '../support/program.js';

/** Shows missing, failing and rejected data with age and next attempt until the cause is gone; then it is pulled automatically. */
const start = new Date('2026-03-12T06:07:00Z');
const timeout = 120_000;
const broken = { name: 'A queue with an invalid id', id: 'not an id', selfUri: '/api/v2/routing/queues/1' };

let sandbox: Sandbox;
let database: TestDatabase;
let pool: pg.Pool;
let environment: Record<string, string>;
let queues: unknown[];

beforeAll(async () => {
  sandbox = await startSandbox({
    seed: 6,
    conversationsPerDay: 100,
    agents: 8,
    clock: { kind: 'fixed', at: start },
    requestsPerMinute: 'unlimited',
    createWorld: (options) => {
      const world = createWorld(options);
      queues = [...world.directory.queues];
      Object.defineProperty(world.directory, 'queues', { enumerable: true, get: () => queues });
      return world;
    },
  });
  database = await migratedDatabase();
  pool = testPool(database.url);
  environment = { ...environmentFor(sandbox, database.url), GENESYS_WAREHOUSE_START: '1d' };
});
afterAll(async () => {
  await pool.end();
  await database.drop();
  await sandbox.close();
});

const run = (...args: string[]) => runCommand(args, sandbox, environment);
const letters = async () =>
  (
    await pool.query(
      `select stream, record_count::int, age_seconds >= 0 as has_age, next_attempt_at > $1 as has_next
       from mart.ops_coverage where state = 'dead_letter' order by stream`,
      [start],
    )
  ).rows;

test('a record of the directory that cannot be stored is a gap until its listing shows it no more; retry asks again at once', {
  timeout,
}, async () => {
  queues.push(broken);
  expect(await run('sync', '--stream', 'directory')).toMatchObject({ status: 0 });
  const letter = { stream: 'directory', record_count: 1, has_age: true, has_next: true };
  expect(await letters()).toEqual([letter]);
  const status = JSON.parse((await run('status', '--json')).output);
  expect(status.deadLetters).toMatchObject([{ stream: 'directory', count: 1 }]);
  expect(status.deadLetters[0].next_attempt_at).not.toBeNull();
  expect(Number(status.deadLetters[0].age_seconds)).toBeGreaterThan(0);

  // Still broken: retry has the listing pulled again, and the letter stays.
  sandbox.advance(minuteMs);
  expect(await run('retry')).toMatchObject({ status: 0 });
  expect(await run('sync', '--stream', 'directory')).toMatchObject({ status: 0 });
  expect(await letters()).toEqual([letter]);
  const seen = await pool.query('select seen_count::int from extract.dead_letters');
  expect(seen.rows).toEqual([{ seen_count: 2 }]);

  queues.splice(queues.indexOf(broken), 1);
  sandbox.advance(minuteMs);
  expect(await run('retry')).toMatchObject({ status: 0 });
  expect(await run('sync', '--stream', 'directory')).toMatchObject({ status: 0 });
  expect(await letters()).toEqual([]);
});

test('without retry the next period of the directory stores it', { timeout }, async () => {
  queues.push(broken);
  sandbox.advance(6 * hourMs);
  expect(await run('sync', '--stream', 'directory')).toMatchObject({ status: 0 });
  expect(await letters()).toHaveLength(1);
  queues.splice(queues.indexOf(broken), 1);
  sandbox.advance(6 * hourMs);
  expect(await run('sync', '--stream', 'directory')).toMatchObject({ status: 0 });
  expect(await letters()).toEqual([]);
});

test('the letters of an interval belong to what its slice became, retry makes that due, and a pass without them forgets them', {
  timeout,
}, async () => {
  const day = ['--from', '2026-03-10', '--to', '2026-03-11', '--stream', 'queue_aggregates'];
  sandbox.setFaults({ http413: { rate: 1, times: 1, path: '/aggregates/query' } });
  await pool.query(
    `insert into extract.slices (stream, slice_from, slice_to, priority, due_at, requested_at)
     values ('queue_aggregates', '2026-03-10Z', '2026-03-11Z', 1, $1, $1)`,
    [start],
  );
  await pool.query(
    `insert into extract.dead_letters (stream, slice_id, reason, record, record_hash, as_of, first_seen_at, last_seen_at)
     select stream, slice_id, 'a metric without a name', '{}', md5('x')::uuid, $1, $1, $1 from extract.slices where stream = 'queue_aggregates'`,
    [start],
  );
  expect(await letters()).toMatchObject([{ stream: 'queue_aggregates' }]);
  sandbox.advance(minuteMs);
  // Cut in two: the letter goes to the first half, whose pass does not meet it again.
  expect(await run('backfill', ...day)).toMatchObject({ status: 0 });
  expect((await pool.query(`select from extract.slices where stream = 'queue_aggregates'`)).rowCount).toBe(2);
  expect(await letters()).toEqual([]);

  await pool.query(`update extract.slices set due_at = null where stream = 'queue_aggregates'`);
  await pool.query(
    `insert into extract.dead_letters (stream, slice_id, reason, record, record_hash, as_of, first_seen_at, last_seen_at)
     select stream, max(slice_id), 'a metric without a name', '{}', md5('x')::uuid, $1, $1, $1
     from extract.slices where stream = 'queue_aggregates' group by stream`,
    [start],
  );
  sandbox.advance(minuteMs);
  expect(await run('retry')).toMatchObject({ status: 0 });
  const due = await pool.query(`select from extract.slices where stream = 'queue_aggregates' and due_at <= $1`, [
    sandbox.now(),
  ]);
  expect(due.rowCount).toBe(1);
  expect(await run('backfill', ...day)).toMatchObject({ status: 0 });
  expect(await letters()).toEqual([]);
});

test('a stream that fails holds its watermark, shows since when and when it is tried again, and catches up alone when it may', {
  timeout,
}, async () => {
  const read = async () =>
    (
      await pool.query(
        `select watermark_at, failing_slice_count::int as failing from mart.ops_freshness where stream = 'conversations'`,
      )
    ).rows[0];
  expect(await run('sync', '--stream', 'conversations')).toMatchObject({ status: 0 });
  const before = await read();
  expect(before.failing).toBe(0);
  sandbox.setFaults({ http413: { rate: 1, path: '/details/query' } });
  sandbox.advance(20 * minuteMs);
  expect(await run('sync', '--stream', 'conversations')).toMatchObject({ status: 1 });
  const failing = await read();
  expect(failing.watermark_at).toEqual(before.watermark_at);
  expect(failing.failing).toBeGreaterThan(0);
  const gaps = await pool.query(
    `select state, age_seconds is not null as has_age, next_attempt_at > $1 as has_next, last_error is not null as says_why
     from mart.ops_coverage where stream = 'conversations' and state like 'failing%'`,
    [sandbox.now()],
  );
  expect(gaps.rows.length).toBe(failing.failing);
  for (const gap of gaps.rows) expect(gap).toMatchObject({ has_age: true, has_next: true, says_why: true });
  expect(gaps.rows.some(({ state }) => state === 'failing')).toBe(true);
  sandbox.setFaults({});
  sandbox.advance(2 * hourMs);
  expect(await run('sync', '--stream', 'conversations')).toMatchObject({ status: 0 });
  const after = await read();
  expect(after.failing).toBe(0);
  expect(sandbox.now().getTime() - after.watermark_at.getTime()).toBeLessThanOrEqual(11 * minuteMs);
});

test('backfill --force pulls again what was final, and leaves it final', { timeout }, async () => {
  const day = ['--from', '2026-03-10', '--to', '2026-03-11', '--stream', 'queue_aggregates'];
  sandbox.advance(40 * 24 * hourMs);
  const state = async () =>
    (
      await pool.query(
        `select due_at, max(pass) as pass from extract.slices where stream = 'queue_aggregates' group by 1`,
      )
    ).rows;
  expect(await run('backfill', ...day, '--force')).toMatchObject({ status: 0 });
  const [final] = await state();
  expect(final).toMatchObject({ due_at: null });
  sandbox.resetRequests();
  expect(await run('backfill', ...day)).toMatchObject({ status: 0 });
  expect(sandbox.requests().filter(({ path }) => path.endsWith('/aggregates/query'))).toEqual([]);
  expect(await run('backfill', ...day, '--force')).toMatchObject({ status: 0 });
  expect(await state()).toEqual([{ due_at: null, pass: final.pass + 1 }]);
});
