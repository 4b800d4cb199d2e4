import type pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { planBackfill, planSchedule } from '../../src/engine/plan.js';
import { dayMs, hourMs, type Interval } from '../../src/lib/interval.js';
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

const streamOf = (name: string) =>
  ({
    name,
    kind: 'interval',
    priority: 1,
    lagMs: 0,
    repassAgesMs: [],
    sliceLengthMs: () => dayMs,
  }) as unknown as Stream;

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
  const calls = streamOf('calls');
  const backfill = async (range: Interval) =>
    warehouse.plan(planBackfill(calls, { range, lengthMs: dayMs, now }, await warehouse.plannedRanges('calls')));
  // Between the two was pruned as well, and a person had it pulled again.
  await backfill({ from: at(1), to: at(2) });
  await backfill({ from: at(5), to: at(6) });
  const ranges = await warehouse.plannedRanges('calls');
  await warehouse.plan(planSchedule({ ...calls, sliceLengthMs: () => hourMs }, { start: at(0), now: at(6) }, ranges));
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
  const names = { ...streamOf('names'), kind: 'snapshot' as const, sliceLengthMs: () => hourMs };
  const plan = async () =>
    warehouse.plan(planSchedule(names, { start: at(0), now }, await warehouse.plannedRanges('names')));
  await plan();
  const failing = await claim('names');
  await failing.fail('no', at(13));
  await failing.release();
  now = at(13);
  await plan();
  const gaps = await pool.query(`select state, from_at, requested_at from mart.ops_coverage where stream = 'names'`);
  expect(gaps.rows).toEqual([{ state: 'due', from_at: at(13), requested_at: at(12) }]);
  const next = await claim('names');
  await next.complete([], null);
  await next.release();
  expect((await pool.query(`select from mart.ops_coverage where stream = 'names'`)).rowCount).toBe(0);
});

test('a failing slice ends when the stream that covers it has pulled its whole time, and not before', async () => {
  const plan = (name: string, coveredBy?: string): Plan => ({
    stream: { ...streamOf(name), ...(coveredBy !== undefined && { coveredBy }) },
    now,
    isSchedule: true,
    scheduledFrom: at(0),
    slices: [{ interval: { from: at(0), to: at(4) }, dueAt: at(4) }],
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

describe('two planners that read the ledger at the same moment', () => {
  const calls = { ...streamOf('calls'), sliceLengthMs: () => hourMs };
  const stored = async () => (await pool.query(`select slice_from, slice_to from extract.slices order by 1`)).rows;
  const hours = (...pairs: [number, number][]) =>
    pairs.map(([from, to]) => ({ slice_from: at(from), slice_to: at(to) }));

  test('never add overlapping slices, and the second one learns that it has to plan again', async () => {
    const both = await warehouse.plannedRanges('calls');
    const first = planBackfill(calls, { range: { from: at(0), to: at(3) }, lengthMs: 3 * hourMs, now }, both);
    const second = planBackfill(calls, { range: { from: at(1), to: at(6) }, lengthMs: undefined, now }, both);
    expect(await warehouse.plan(first)).toBe(1);
    expect(await warehouse.plan(second)).toBe(3);
    expect(second.slices).toHaveLength(5);
    expect(await stored()).toEqual(hours([0, 3], [3, 4], [4, 5], [5, 6]));
    const again = planBackfill(
      calls,
      { range: { from: at(1), to: at(6) }, lengthMs: undefined, now },
      await warehouse.plannedRanges('calls'),
    );
    expect(again.slices).toEqual([]);
  });

  test('add each slice once when they plan the same', async () => {
    const ranges = await warehouse.plannedRanges('calls');
    const plan = planSchedule(calls, { start: at(8), now }, ranges);
    const added = await Promise.all([1, 2, 3, 4].map(() => warehouse.plan(plan)));
    expect(added.sort()).toEqual([0, 0, 0, 4]);
    expect(await stored()).toEqual(hours([8, 9], [9, 10], [10, 11], [11, 12]));
  });

  test('plan nothing into a range that was pruned since one of them read', async () => {
    const plan = planSchedule(calls, { start: at(8), now }, await warehouse.plannedRanges('calls'));
    await pool.query(
      `insert into extract.pruned (stream, pruned_from, pruned_to, pruned_at) values ('calls', '2000-01-01', $1, $2)`,
      [at(10), now],
    );
    expect(await warehouse.plan(plan)).toBe(2);
    expect(await stored()).toEqual(hours([10, 11], [11, 12]));
    const { rows } = await pool.query('select scheduled_from from extract.streams');
    expect(rows).toEqual([{ scheduled_from: at(10) }]);
  });
});
