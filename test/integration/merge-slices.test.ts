import type pg from 'pg';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { dayMs } from '../../src/lib/interval.js';
import { dropClaim, takeClaims } from '../../src/postgres/ledger/claims.js';
import { mergeSlices } from '../../src/postgres/ledger/merge-slices.js';
import { migratedDatabase, type TestDatabase, testPool } from '../support/postgres.js';

const stream = { name: 'queue_aggregates', mergedLengthMs: dayMs, repassAgesMs: [dayMs, 3 * dayMs] };
const soonAfter = new Date('2026-03-12T00:10:00Z');

let database: TestDatabase;
let pool: pg.Pool;
beforeAll(async () => {
  database = await migratedDatabase();
  pool = testPool(database.url);
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});
/** 2026-03-11 in quarters, pulled once. */
beforeEach(async () => {
  await pool.query('truncate extract.slices');
  await pool.query(
    `insert into extract.slices (stream, slice_from, slice_to, priority, pass, due_at, as_of, pages, records, requested_at, last_pass_at)
     select 'queue_aggregates', at, at + interval '6 hours', 1, 1, at + interval '30 hours', at + interval '6 hours', 1, 10, at,
         at + interval '6 hours'
     from generate_series(timestamptz '2026-03-11Z', '2026-03-11T18:00Z', interval '6 hours') as at`,
  );
});

async function merge(now = soonAfter): Promise<number> {
  const client = await pool.connect();
  try {
    await client.query('begin');
    const merged = await mergeSlices(client, stream, now);
    await client.query('commit');
    return merged;
  } finally {
    client.release();
  }
}

const slices = async () =>
  (await pool.query('select slice_from, slice_to, pass, due_at, records::int from extract.slices order by slice_from'))
    .rows;
const change = (set: string, at = '2026-03-11T06:00Z') =>
  pool.query(`update extract.slices set ${set} where slice_from = $1`, [at]);

test('a day that is over and pulled once becomes one slice, due a day after its end', async () => {
  expect(await merge()).toBe(1);
  expect(await slices()).toEqual([
    {
      slice_from: new Date('2026-03-11'),
      slice_to: new Date('2026-03-12'),
      pass: 1,
      due_at: new Date('2026-03-13'),
      records: 40,
    },
  ]);
  expect(await merge()).toBe(0);
});

test.each([
  ['has not been pulled', 'pass = 0'],
  ['failed', 'attempts = 1'],
  ['is in the middle of a pass', "cursor = '{}'"],
  ['is final', 'due_at = null'],
])('not while one of its slices %s', async (_what, set) => {
  await change(set);
  expect(await merge()).toBe(0);
  expect(await slices()).toHaveLength(4);
});

test('not while somebody works on one of its slices', async () => {
  const client = await pool.connect();
  const { rows } = await client.query('select slice_id::text as id from extract.slices order by slice_id limit 1');
  const claimId = '00000000-0000-4000-8000-000000000001';
  expect(await takeClaims(client, [rows[0].id], claimId)).toEqual([rows[0].id]);
  expect(await merge()).toBe(0);
  await dropClaim(client, claimId);
  client.release();
  expect(await merge()).toBe(1);
});

test('not before it is over, and not when its second pass is due: what is cut then was too large', async () => {
  expect(await merge(new Date('2026-03-11T23:59:00Z'))).toBe(0);
  expect(await merge(new Date('2026-03-13T00:10:00Z'))).toBe(0);
});

test('not where a part of the day is missing', async () => {
  await pool.query("delete from extract.slices where slice_from = '2026-03-11T12:00Z'");
  expect(await merge()).toBe(0);
});

test('what somebody wants pulled again now stays due now', async () => {
  await change("due_at = '2026-03-12T00:05Z'");
  expect(await merge()).toBe(1);
  expect(await slices()).toMatchObject([{ due_at: new Date('2026-03-12T00:05:00Z') }]);
});
