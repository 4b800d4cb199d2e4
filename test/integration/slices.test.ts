import type pg from 'pg';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { missing } from '../../src/engine/plan.js';
import type { Interval } from '../../src/lib/interval.js';
import type { Plan, SliceClaim, Stream } from '../../src/model/extraction.js';
import { createWarehouse, type Warehouse } from '../../src/postgres/warehouse.js';
import { migratedDatabase, type TestDatabase, testPool } from '../support/postgres.js';

/** Tests what a slice passes to the slices that replace it. */
const at = (hour: number) => new Date(Date.UTC(2026, 2, 11, hour));
let now = at(12);
let database: TestDatabase;
let pool: pg.Pool;
let warehouse: Warehouse;

beforeAll(async () => {
  database = await migratedDatabase();
  pool = testPool(database.url);
  warehouse = createWarehouse(pool, () => now);
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});
beforeEach(async () => {
  now = at(12);
  await pool.query(`truncate extract.slices, extract.streams, extract.dead_letters, extract.pruned`);
});

async function claim(stream: string): Promise<SliceClaim> {
  const claimed = await warehouse.claim({ streams: [stream], now, liveAfter: at(0), isLiveOnly: false });
  if (claimed === null) throw new Error(`No slice of ${stream} is due.`);
  return claimed;
}

test('the halves of a slice inherit its passes and age, and no watermark falls back', async () => {
  await pool.query(
    `insert into extract.slices (stream, slice_from, slice_to, priority, pass, due_at, requested_at)
     values ('calls', $1, $2, 1, 2, $3, $1)`,
    [at(0), at(2), at(11)],
  );
  await pool.query(`insert into extract.streams (stream, scheduled_from) values ('calls', $1)`, [at(0)]);
  const watermark = async () =>
    (await pool.query(`select watermark_at from mart.ops_freshness where stream = 'calls'`)).rows;
  expect(await watermark()).toEqual([{ watermark_at: at(2) }]);
  const claimed = await claim('calls');
  await claimed.split(
    [
      { from: at(0), to: at(1) },
      { from: at(1), to: at(2) },
    ],
    now,
  );
  await claimed.release();
  const { rows } = await pool.query('select pass, due_at, requested_at from extract.slices order by slice_from');
  expect(rows).toEqual(Array(2).fill({ pass: 2, due_at: now, requested_at: at(0) }));
  expect(await watermark()).toEqual([{ watermark_at: at(2) }]);
});

test('a schedule that reaches further back begins where the pruned range ends, and an isolated slice there is not a hole', async () => {
  await pool.query(
    `insert into extract.pruned (stream, pruned_from, pruned_to, pruned_at)
     values ('calls', '2000-01-01', $1, $4), ('calls', $2, $3, $4)`,
    [at(1), at(2), at(4), at(11)],
  );
  const plan = (asked: Interval, isSchedule: boolean): Plan => ({
    stream: { name: 'calls', kind: 'interval', priority: 1, repassAgesMs: [] } as unknown as Stream,
    now,
    isSchedule,
    targetRange: () => asked,
    missingSlices: missing,
    dueAt: ({ to }) => to,
  });
  // Between the two was pruned as well, and a person had it pulled again.
  await warehouse.plan(plan({ from: at(1), to: at(2) }, false));
  await warehouse.plan(plan({ from: at(5), to: at(6) }, false));
  await warehouse.plan(plan({ from: at(0), to: at(6) }, true));
  const slices = await pool.query('select slice_from, slice_to from extract.slices order by slice_from');
  expect(slices.rows).toEqual([
    { slice_from: at(1), slice_to: at(2) },
    { slice_from: at(4), slice_to: at(5) },
    { slice_from: at(5), slice_to: at(6) },
  ]);
  const begins = await pool.query(`select scheduled_from from extract.streams where stream = 'calls'`);
  expect(begins.rows).toEqual([{ scheduled_from: at(4) }]);
  const holes = await pool.query(`select from_at, to_at from mart.ops_coverage where state = 'not_planned'`);
  expect(holes.rows).toEqual([]);
});

test('the next period of a snapshot replaces one that failed, and is pending since then', async () => {
  const plan = (hour: number): Plan => ({
    stream: { name: 'names', kind: 'snapshot', priority: 1, repassAgesMs: [] } as unknown as Stream,
    now,
    isSchedule: true,
    targetRange: () => ({ from: at(hour), to: at(hour + 1) }),
    missingSlices: (asked) => [asked],
    dueAt: ({ from }) => from,
  });
  await warehouse.plan(plan(12));
  const failing = await claim('names');
  await failing.fail('no', at(13));
  await failing.release();
  now = at(13);
  await warehouse.plan(plan(13));
  const gaps = await pool.query(`select state, from_at, requested_at from mart.ops_coverage where stream = 'names'`);
  expect(gaps.rows).toEqual([{ state: 'due', from_at: at(13), requested_at: at(12) }]);
  const next = await claim('names');
  await next.complete([], null);
  await next.release();
  expect((await pool.query(`select from mart.ops_coverage where stream = 'names'`)).rowCount).toBe(0);
});

test('a failing slice ends when the stream that covers it has pulled its whole time, and not before', async () => {
  const plan = (name: string, coveredBy?: string): Plan => ({
    stream: { name, kind: 'interval', priority: 1, repassAgesMs: [], coveredBy } as unknown as Stream,
    now,
    isSchedule: true,
    targetRange: () => ({ from: at(0), to: at(4) }),
    missingSlices: missing,
    dueAt: ({ to }) => to,
  });
  const pullHistory = async (from: number, to: number) => {
    await pool.query(
      `insert into extract.slices (stream, slice_from, slice_to, priority, pass, as_of, requested_at)
       values ('history', $1, $2, 2, 1, $3, $3)`,
      [at(from), at(to), at(11)],
    );
  };
  const gaps = async () =>
    (await pool.query(`select state from mart.ops_coverage where stream = 'calls' and state <> 'due'`)).rows;
  await warehouse.plan(plan('calls'));
  const failing = await claim('calls');
  await failing.fail('502 on page 30', at(13));
  await failing.release();

  await pullHistory(0, 2);
  await pullHistory(3, 6);
  await warehouse.plan(plan('calls', 'history'));
  expect(await gaps()).toEqual([{ state: 'failing' }]);

  await pullHistory(2, 3);
  await warehouse.plan(plan('calls'));
  expect(await gaps()).toEqual([{ state: 'failing' }]);
  await warehouse.plan(plan('calls', 'history'));
  expect(await gaps()).toEqual([]);
  const { rows } = await pool.query(
    `select pass, due_at, attempts, as_of, last_error from extract.slices where stream = 'calls'`,
  );
  expect(rows).toEqual([{ pass: 1, due_at: null, attempts: 0, as_of: at(11), last_error: null }]);
});
