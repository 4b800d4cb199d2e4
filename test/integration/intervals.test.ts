import type pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { EntityRow, IntervalBatch, Page } from '../../src/model/extraction.js';
import { createStore, type Store, storePages } from '../../src/postgres/load/store.js';
import { migratedDatabase, type TestDatabase, testPool } from '../support/postgres.js';
import { rowVersions } from '../support/program.js';

const day = Date.UTC(2026, 2, 11);
const halfHour = 1_800_000;
const queue = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
const whole = { from: new Date(day), to: new Date(day + 48 * halfHour) };

let database: TestDatabase;
let pool: pg.Pool;
let store: Store;
beforeAll(async () => {
  database = await migratedDatabase();
  pool = testPool(database.url);
  store = createStore(pool, () => new Date('2026-03-20'));
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});
beforeEach(async () => {
  await pool.query('truncate genesys.queue_aggregates, genesys.queue_observations, extract.interval_pulls');
});

/** One row of the `nth` half hour. */
function row(nth: number, queueId: string | null, count: number, more: EntityRow = {}): EntityRow {
  const interval_start = day + nth * halfHour;
  return {
    interval_start,
    interval_end: interval_start + halfHour,
    queue_id: queueId,
    media_type: 'voice',
    direction: null,
    metric: 'tHandle',
    qualifier: null,
    count,
    sum: count * 1_000,
    ...more,
  };
}

interface Answer extends Partial<IntervalBatch> {
  readonly asOf: string;
  readonly rows: readonly EntityRow[];
}

async function put({ asOf, ...batch }: Answer): Promise<number> {
  const dimensions = ['queue_id', 'media_type', 'direction', 'metric', 'qualifier'];
  const page: Page = {
    asOf: new Date(asOf),
    cursor: {},
    rejects: [],
    recordCount: 1,
    batches: [{ kind: 'interval', relation: 'queue_aggregates', interval: whole, dimensions, ...batch }],
  };
  const client = await pool.connect();
  try {
    const slice = { stream: 'queue_aggregates', sliceId: null };
    return (await storePages(client, store, slice, [page], async () => {})).changedRecords;
  } finally {
    client.release();
  }
}

async function stored(): Promise<string[]> {
  const { rows } = await pool.query(
    `select extract(epoch from interval_start - $1)::int / 1800 as nth, right(queue_id::text, 1) as queue, count
     from genesys.queue_aggregates order by interval_start, queue_id nulls last`,
    [new Date(day)],
  );
  return rows.map(({ nth, queue: id, count }) => `${nth}:${id ?? '-'}=${count}`);
}

describe('an answer about an interval', () => {
  test('is stored whole, with absent dimensions as null', async () => {
    expect(await put({ asOf: '2026-03-12', rows: [row(0, queue(1), 5), row(1, null, 6)] })).toBe(2);
    expect(await stored()).toEqual(['0:1=5', '1:-=6']);
  });

  test('that says the same writes no row', async () => {
    const rows = [row(0, queue(1), 5), row(0, null, 6, { extra: { p95: 3, p99: 4 } }), row(3, queue(2), 7)];
    await put({ asOf: '2026-03-12', rows });
    const before = await rowVersions(pool);
    expect(await put({ asOf: '2026-03-13', rows: [...rows].reverse() })).toBe(0);
    expect(await rowVersions(pool)).toEqual(before);
  });

  test('replaces what differs, removes what is gone, adds what is new, and counts each once', async () => {
    await put({ asOf: '2026-03-12', rows: [row(0, queue(1), 5), row(0, queue(2), 6), row(1, queue(3), 7)] });
    const rows = [row(0, queue(1), 5), row(0, queue(2), 8), row(2, queue(4), 9)];
    expect(await put({ asOf: '2026-03-13', rows })).toBe(3);
    expect(await stored()).toEqual(['0:1=5', '0:2=8', '2:4=9']);
  });

  test('leaves everything outside its interval alone', async () => {
    await put({ asOf: '2026-03-12', rows: [row(0, queue(1), 5), row(1, queue(1), 6), row(2, queue(1), 7)] });
    const interval = { from: new Date(day + halfHour), to: new Date(day + 2 * halfHour) };
    expect(await put({ asOf: '2026-03-13', interval, rows: [] })).toBe(1);
    expect(await stored()).toEqual(['0:1=5', '2:1=7']);
  });

  test('leaves alone what it was not asked about', async () => {
    await put({ asOf: '2026-03-12', rows: [row(0, queue(1), 5), row(0, queue(2), 6)] });
    const scope = { column: 'queue_id', values: [queue(2), queue(3)] };
    expect(await put({ asOf: '2026-03-13', scope, rows: [row(0, queue(3), 1)] })).toBe(2);
    expect(await stored()).toEqual(['0:1=5', '0:3=1']);
  });

  test('that is older than what is known changes nothing, even where the newer one wrote no row', async () => {
    await put({ asOf: '2026-03-12', rows: [row(0, queue(1), 5)] });
    await put({ asOf: '2026-03-14', rows: [row(0, queue(1), 5)] });
    expect(await put({ asOf: '2026-03-13', rows: [row(0, queue(1), 4), row(1, queue(1), 1)] })).toBe(0);
    expect(await stored()).toEqual(['0:1=5']);
  });

  test('counts where no newer one reaches', async () => {
    const interval = { from: new Date(day), to: new Date(day + halfHour) };
    await put({ asOf: '2026-03-14', interval, rows: [row(0, queue(1), 5)] });
    expect(await put({ asOf: '2026-03-13', rows: [row(0, queue(1), 4), row(1, queue(1), 1)] })).toBe(1);
    expect(await stored()).toEqual(['0:1=5', '1:1=1']);
  });

  test('leaves of what was known before only what it does not reach', async () => {
    const at = (hours: number) => new Date(day + hours * 3_600_000);
    const pulls: [number, number, string][] = [
      [0, 10, '2026-03-12'],
      [0, 20, '2026-03-11'],
      [-2, 1, '2026-03-12'],
      [5, 24, '2026-03-13'],
    ];
    for (const [from, to, asOf] of pulls) await put({ asOf, interval: { from: at(from), to: at(to) }, rows: [] });
    const { rows } = await pool.query(
      `select extract(epoch from pulled_from - $1)::int / 3600 as "from", extract(epoch from pulled_to - $1)::int / 3600 as "to",
           to_char(as_of at time zone 'UTC', 'DD') as day
       from extract.interval_pulls order by 1, 2`,
      [new Date(day)],
    );
    expect(rows).toEqual([
      { from: -2, to: 1, day: '12' },
      { from: 1, to: 5, day: '12' },
      { from: 5, to: 24, day: '13' },
    ]);
  });

  test('of another granularity takes the place of the old one', async () => {
    await put({ asOf: '2026-03-12', rows: [row(0, queue(1), 5), row(1, queue(1), 6)] });
    const hour = row(0, queue(1), 11, { interval_end: day + 2 * halfHour });
    expect(await put({ asOf: '2026-03-13', rows: [hour] })).toBe(2);
    expect(await stored()).toEqual(['0:1=11']);
  });

  test('is stored from two connections at once as if one had come after the other', async () => {
    const answers = Array.from({ length: 6 }, (_, n) => ({
      asOf: `2026-03-12T00:00:0${n}Z`,
      rows: Array.from({ length: 40 }, (_each, nth) => row(nth, queue(nth % 5), n * (nth % 3))),
    }));
    await Promise.all([...answers].reverse().map(put));
    const { rows } = await pool.query(
      'select count(*)::int as rows, max(count)::int as last from genesys.queue_aggregates',
    );
    expect(rows[0]).toEqual({ rows: 40, last: 10 });
  });
});

test('a relation that keeps the last days loses what is older with its own commits', async () => {
  const dimensions = ['queue_id', 'media_type', 'metric', 'qualifier'];
  const sample = (daysAgo: number) => {
    const at = day - daysAgo * 86_400_000;
    return {
      relation: 'queue_observations',
      dimensions,
      asOf: new Date(at).toISOString(),
      interval: { from: new Date(at), to: new Date(at + 300_000) },
      retainFrom: new Date(at - 7 * 86_400_000),
      rows: [{ interval_start: at, observed_at: at, queue_id: queue(1), metric: 'oWaiting', count: 1 }],
    };
  };
  for (const daysAgo of [9, 8, 3, 0]) await put(sample(daysAgo));
  const { rows } = await pool.query('select count(*)::int as count from genesys.queue_observations');
  expect(rows[0].count).toBe(2);
});

test('figures that come back different hours after their interval are noted by metric, with what they were and are', async () => {
  await pool.query('truncate extract.interval_restatements');
  const noted = async () =>
    (
      await pool.query(
        `select interval_start_at as at, metric, row_count::int, count_before::int, count_after::int, count_moved_by::int,
             sum_before::float8, sum_after::float8, sum_moved_by::float8, restated_at
         from mart.ops_restated_intervals where relation = 'queue_aggregates' order by 1`,
      )
    ).rows;
  await put({ asOf: '2026-03-11T01:10:00Z', rows: [row(0, queue(1), 5), row(0, queue(2), 7)] });
  // Figures arrive late: a change within the hours that a live pull reaches back is not a restatement.
  await put({ asOf: '2026-03-11T02:10:00Z', rows: [row(0, queue(1), 6), row(0, queue(2), 7)] });
  expect(await noted()).toEqual([]);
  const restated = new Date('2026-03-12T02:00:00Z');
  const rows = [row(0, queue(1), 8), row(0, queue(3), 1), row(1, queue(1), 2)];
  await put({ asOf: restated.toISOString(), rows });
  const note = { metric: 'tHandle', restated_at: restated };
  const seconds = { sum_before: 13, sum_after: 9, sum_moved_by: -4 };
  expect(await noted()).toEqual([
    { ...note, ...seconds, at: new Date(day), row_count: 2, count_before: 13, count_after: 9, count_moved_by: -4 },
    {
      ...note,
      at: new Date(day + halfHour),
      row_count: 1,
      count_before: 0,
      count_after: 2,
      count_moved_by: 2,
      sum_before: 0,
      sum_after: 2,
      sum_moved_by: 2,
    },
  ]);
  await put({ asOf: '2026-03-14T02:00:00Z', rows });
  expect(await noted()).toHaveLength(2);
});
