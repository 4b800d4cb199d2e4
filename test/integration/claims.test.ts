import type pg from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { drain, type SyncContext } from '../../src/engine/sync.js';
import { dayMs, hourMs, plus } from '../../src/lib/interval.js';
import { createLog } from '../../src/lib/log.js';
import type { Slice, Stream } from '../../src/model/extraction.js';
import { createWarehouse } from '../../src/postgres/warehouse.js';
import { migratedDatabase, type TestDatabase, testPool } from '../support/postgres.js';

const now = new Date('2026-03-12T06:00:00Z');

let database: TestDatabase;
let pool: pg.Pool;

beforeEach(async () => {
  database = await migratedDatabase();
  pool = testPool(database.url, 12);
});
afterEach(async () => {
  await pool.end();
  await database.drop();
});

/** A stream whose passes are one empty page, after `work`. */
function stream(name: string, priority: number, work: (slice: Slice) => Promise<void>): Stream {
  return {
    name,
    kind: 'interval',
    priority,
    isDefault: true,
    lagMs: 0,
    repassAgesMs: [],
    sliceLengthMs: () => hourMs,
    sliceLengthMsMin: hourMs,
    async *pages(slice) {
      await work(slice);
      yield { asOf: now, batches: [], rejects: [], cursor: { done: true }, recordCount: 0 };
    },
  };
}

function context(streams: readonly Stream[], concurrency: number): SyncContext {
  const warehouse = createWarehouse(pool, () => now);
  return {
    ledger: warehouse,
    streams,
    start: plus(now, -dayMs),
    concurrency,
    now: () => now,
    signal: new AbortController().signal,
    log: createLog({ level: 'error', terminal: false, destination: { write: () => {} } }),
    openConversationIds: warehouse.openConversationIds,
    userIds: warehouse.userIds,
  };
}

/** `count` hours that end `endAgeMs` ago, all due. */
async function insertDue({ name, priority }: Stream, count: number, endAgeMs: number): Promise<void> {
  await pool.query(
    `insert into extract.slices (stream, slice_from, slice_to, priority, due_at, requested_at)
     select $1, $4::timestamptz - (n + 1) * interval '1 hour', $4::timestamptz - n * interval '1 hour', $2, $5, $5
     from generate_series(0, $3::integer - 1) as n`,
    [name, priority, count, plus(now, -endAgeMs), now],
  );
}

describe('claims', () => {
  test('are of live slices first, by priority; a stream with thousands of slices takes turns with the others', async () => {
    const pulled: string[] = [];
    const note = async (slice: Slice) => void pulled.push(slice.stream);
    const streams = ['busy', 'urgent', 'other', 'slow'].map((name) => stream(name, name === 'urgent' ? 0 : 1, note));
    const [busy, urgent, other, slow] = streams as [Stream, Stream, Stream, Stream];
    await insertDue(busy, 200, 2 * dayMs);
    await insertDue(other, 3, 40 * dayMs);
    await insertDue(slow, 3, 400 * dayMs);
    await insertDue(urgent, 2, 0);
    await insertDue(other, 2, 0);
    await drain(context(streams, 1), streams, {});
    expect(pulled.slice(0, 4).sort()).toEqual(['other', 'other', 'urgent', 'urgent']);
    expect(pulled.slice(0, 3)).toContain('urgent');
    // Three turns of each, two of them with whatever else was in flight.
    const turns = pulled.slice(4, 14);
    expect(turns.filter((name) => name === 'other')).toHaveLength(3);
    expect(turns.filter((name) => name === 'slow')).toHaveLength(3);
    expect(pulled).toHaveLength(210);
  });

  test('leave room for other streams and for what becomes live while slices take long', {
    timeout: 60_000,
  }, async () => {
    let release: () => void = () => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    const pulled: string[] = [];
    const slow = stream('slow', 1, () => released);
    const quick = stream('quick', 1, async (slice) => void pulled.push(slice.sliceId));
    await insertDue(slow, 50, 5 * dayMs);
    await insertDue(quick, 20, 50 * dayMs);
    const draining = drain(context([slow, quick], 4), [slow, quick], {});
    await until(() => pulled.length === 20);
    // Now all workers are with slow slices; what becomes due and is live is pulled all the same.
    await insertDue(quick, 1, 0);
    await until(() => pulled.length === 21);
    const { rows } = await pool.query(
      `select count(*)::int as left from extract.slices where stream = 'slow' and due_at is not null`,
    );
    expect(rows[0].left).toBe(50);
    release();
    expect(await draining).toMatchObject({ slices: 71, failures: [] });
  });

  test('of several processes never meet on one slice', async () => {
    const pulled: string[] = [];
    const streams = ['a', 'b', 'c'].map((name) => stream(name, 1, async (slice) => void pulled.push(slice.sliceId)));
    for (const one of streams) await insertDue(one, 40, 2 * dayMs);
    await Promise.all([1, 2, 3].map(() => drain(context(streams, 2), streams, {})));
    expect(pulled).toHaveLength(120);
    expect(new Set(pulled).size).toBe(120);
  });
});

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 10));
}
