import fc from 'fast-check';
import type pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { halves, nextDueAt, retryDelayMs } from '../../src/engine/plan.js';
import { planAll, planRange, type SyncContext } from '../../src/engine/sync.js';
import { dayMs, hourMs, type Interval, minuteMs, plus } from '../../src/interval.js';
import { createLog } from '../../src/log.js';
import { createWarehouse } from '../../src/postgres/warehouse.js';
import type { Stream } from '../../src/protocol.js';
import { migratedDatabase, type TestDatabase, testPool } from '../support/postgres.js';

/**
 * The ledger itself under any sequence of what can happen to it: planning, backfills with any bounds, pulls that succeed, fail, are cut, put off or
 * begun again, --force, hours and days of downtime, merging of days that are over.
 */
const begin = new Date('2026-03-02T07:13:00Z');

/** As streams of aggregates are: short slices of the running day, quarters and days before, days joined. */
const stream: Stream = {
  name: 'property',
  kind: 'interval',
  priority: 1,
  isDefault: true,
  lagMs: 2 * minuteMs,
  repassAgesMs: [dayMs, 3 * dayMs],
  sliceLengthMs: (at, now) => {
    const ageMs = now.getTime() - at.getTime();
    if (ageMs > dayMs) return dayMs;
    return ageMs > 2 * hourMs ? 6 * hourMs : 30 * minuteMs;
  },
  mergedLengthMs: dayMs,
  sliceLengthMsMin: 15 * minuteMs,
  // biome-ignore lint/correctness/useYield: the ledger alone is tested
  pages: async function* () {
    throw new Error('Nothing is pulled here.');
  },
};

type Step =
  | { readonly kind: 'wait'; readonly minutes: number }
  | { readonly kind: 'plan' }
  | { readonly kind: 'backfill' | 'force'; readonly fromHours: number; readonly lengthMinutes: number }
  | { readonly kind: 'pull'; readonly count: number; readonly ends: readonly PullEnd[] };
type PullEnd = 'complete' | 'fail' | 'split' | 'defer' | 'restart' | 'abandon';

const pullEnd = fc.oneof(
  { weight: 6, arbitrary: fc.constant<PullEnd>('complete') },
  { weight: 4, arbitrary: fc.constantFrom<PullEnd>('fail', 'split', 'split', 'defer', 'restart', 'abandon') },
);
const range = {
  fromHours: fc.double({ min: -100, max: 30, noNaN: true }),
  lengthMinutes: fc.integer({ min: 1, max: 6_000 }),
};
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    kind: fc.constant('wait' as const),
    minutes: fc.oneof(fc.integer({ min: 1, max: 90 }), fc.integer({ min: 90, max: 4_000 })),
  }),
  fc.record({ kind: fc.constant('plan' as const) }),
  fc.record({ kind: fc.constantFrom('backfill' as const, 'force' as const), ...range }),
  fc.record({
    kind: fc.constant('pull' as const),
    count: fc.integer({ min: 1, max: 40 }),
    ends: fc.array(pullEnd, { minLength: 1, maxLength: 12 }),
  }),
);

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

/** One life of a ledger, and what it was asked for. */
class Life {
  now = begin;
  readonly asked: Interval[] = [];
  readonly pulled: Interval[] = [];
  readonly #warehouse = createWarehouse(pool, () => this.now);
  readonly #context: SyncContext = {
    ledger: this.#warehouse,
    streams: [stream],
    start: plus(begin, -2 * dayMs),
    concurrency: 1,
    now: () => this.now,
    signal: new AbortController().signal,
    log: createLog({ level: 'error', terminal: false, destination: { write: () => {} } }),
    openConversationIds: async () => [],
    userIds: async () => [],
  };

  async take(step: Step): Promise<void> {
    if (step.kind === 'wait') this.now = plus(this.now, step.minutes * minuteMs);
    else if (step.kind === 'plan') await this.#plan();
    else if (step.kind === 'pull') await this.#pull(step.count, step.ends);
    else await this.#backfill(step);
  }

  async #plan(): Promise<void> {
    const length = stream.sliceLengthMs(this.now, this.now);
    await planAll(this.#context);
    const from = new Date(Math.floor((begin.getTime() - 2 * dayMs) / dayMs) * dayMs);
    this.asked.push({ from, to: new Date(Math.floor(this.now.getTime() / length) * length) });
  }

  async #backfill({ kind, fromHours, lengthMinutes }: Extract<Step, { fromHours: number }>): Promise<void> {
    const from = plus(this.now, Math.round(fromHours * hourMs));
    const to = plus(from, lengthMinutes * minuteMs);
    const asked = { from, to: to < this.now ? to : this.now };
    if (asked.from >= asked.to) return;
    await planRange(this.#context, stream, asked);
    if (kind === 'force') await this.#warehouse.makeDue(stream.name, asked, this.now);
    this.asked.push(asked);
  }

  async #pull(count: number, ends: readonly PullEnd[]): Promise<void> {
    for (let index = 0; index < count; index += 1) {
      const claim = await this.#warehouse.claim({
        streams: [stream.name],
        now: this.now,
        liveAfter: plus(this.now, -2 * hourMs),
        isLiveOnly: false,
      });
      if (claim === null) return;
      const { interval, attempts } = claim.slice;
      const end = ends[index % ends.length];
      if (end === 'complete') {
        await claim.complete([], nextDueAt(stream, interval, this.now));
        this.pulled.push(interval);
      } else if (end === 'split') {
        const parts = halves(interval, stream.sliceLengthMsMin);
        if (parts !== null) await claim.split(parts, this.now);
        else await claim.fail('too large', plus(this.now, retryDelayMs(attempts)));
      } else if (end === 'fail') await claim.fail('no', plus(this.now, retryDelayMs(attempts)));
      else if (end === 'defer') await claim.defer('not yet', plus(this.now, 30 * minuteMs));
      else if (end === 'restart') await claim.restart('again');
      await claim.release();
    }
  }
}

/** Sorted, with what touches joined. */
function union(intervals: readonly Interval[]): Interval[] {
  const joined: Interval[] = [];
  for (const { from, to } of [...intervals]
    .filter((each) => each.from < each.to)
    .sort((a, b) => a.from.getTime() - b.from.getTime())) {
    const last = joined.at(-1);
    if (last === undefined || last.to < from) joined.push({ from, to });
    else if (last.to < to) joined[joined.length - 1] = { from: last.from, to };
  }
  return joined;
}

interface SliceRow extends Interval {
  readonly pass: number;
}

async function slices(): Promise<SliceRow[]> {
  const { rows } = await pool.query<SliceRow>(
    `select slice_from as "from", slice_to as "to", pass from extract.slices where stream = 'property' order by slice_from`,
  );
  return rows;
}

test('the union of slices is the asked range at every moment, none overlap, and no watermark passes what was not pulled', {
  timeout: 240_000,
}, async () => {
  const met = { merged: 0, split: 0 };
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25 }), async (steps) => {
      await pool.query(`truncate extract.slices; delete from extract.settings where name like 'scheduled_from.%'`);
      const life = new Life();
      let before: readonly SliceRow[] = [];
      for (const each of steps) {
        await life.take(each);
        const ledger = await slices();
        if (each.kind === 'plan' && ledger.length < before.length) met.merged += 1;
        if (each.kind === 'pull' && ledger.length > before.length) met.split += 1;
        before = ledger;
        ledger.forEach((slice, index) => {
          const next = ledger[index + 1];
          if (next !== undefined) expect(slice.to <= next.from).toBe(true);
        });
        expect(union(ledger)).toEqual(union(life.asked));
        // What has had a pass in the ledger was pulled, whatever was cut and joined since.
        const known = union(life.pulled);
        for (const { from, to, pass } of ledger)
          if (pass > 0) expect(known.some((each) => each.from <= from && each.to >= to)).toBe(true);
        await expectWatermark(known);
      }
    }),
    { numRuns: 60 },
  );
  expect(met.merged).toBeGreaterThan(0);
  expect(met.split).toBeGreaterThan(0);
});

async function expectWatermark(known: readonly Interval[]): Promise<void> {
  const { rows } = await pool.query<{ from: Date; watermark: Date | null }>(
    `select value::timestamptz as "from", watermark_at as watermark
     from extract.settings left join mart.ops_freshness on stream = 'property' where name = 'scheduled_from.property'`,
  );
  for (const { from, watermark } of rows) {
    if (watermark === null || watermark <= from) continue;
    expect(known.some((each) => each.from <= from && each.to >= watermark)).toBe(true);
  }
}

test('whatever happened, pulling without trouble for long enough leaves nothing owed', {
  timeout: 240_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 12 }), async (steps) => {
      await pool.query(`truncate extract.slices; delete from extract.settings where name like 'scheduled_from.%'`);
      const life = new Life();
      for (const each of steps) await life.take(each);
      for (let day = 0; day < 6; day += 1) {
        await life.take({ kind: 'pull', count: 1_000, ends: ['complete'] });
        await life.take({ kind: 'wait', minutes: 24 * 60 });
      }
      const { rows } = await pool.query(
        'select slice_from, slice_to, due_at from extract.slices where due_at is not null',
      );
      expect(rows).toEqual([]);
      const { rows: gaps } = await pool.query(`select state from mart.ops_coverage where stream = 'property'`);
      expect(gaps).toEqual([]);
    }),
    { numRuns: 15 },
  );
});
