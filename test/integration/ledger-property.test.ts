import fc from 'fast-check';
import type pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { halves, nextDueAt, retryDelayMs } from '../../src/engine/plan.js';
import { planAll, planRange, type SyncContext } from '../../src/engine/sync.js';
import { dayMs, floorTo, hourMs, type Interval, minuteMs, plus } from '../../src/lib/interval.js';
import { createLog } from '../../src/lib/log.js';
import type { Stream } from '../../src/model/extraction.js';
import { createWarehouse } from '../../src/postgres/warehouse.js';
import { migratedDatabase, type TestDatabase, testPool } from '../support/postgres.js';
import { propertyRuns } from '../support/runs.js';

/**
 * The ledger itself under any sequence of what can happen to it: planning, backfills with any bounds, pulls that succeed, fail, are cut, put off or
 * begun again, --force, hours and days of downtime, merging of days that are over.
 */
const begin = new Date('2026-03-02T07:13:00Z');
const start = plus(begin, -2 * dayMs);
/** Slices of that age are days. */
const scheduledFrom = floorTo(start, dayMs);

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
  | { readonly kind: 'backfill' | 'force'; readonly fromMs: number; readonly lengthMinutes: number }
  | { readonly kind: 'pull'; readonly count: number; readonly ends: readonly PullEnd[] };
type PullEnd = 'complete' | 'fail' | 'split' | 'defer' | 'restart' | 'abandon';

const pullEnd = fc.oneof(
  { weight: 6, arbitrary: fc.constant<PullEnd>('complete') },
  { weight: 4, arbitrary: fc.constantFrom<PullEnd>('fail', 'split', 'split', 'defer', 'restart', 'abandon') },
);
/** Evenly over days, as a command line may say it: full hours, minutes, or any millisecond; and often a moment ago. */
const range = {
  fromMs: fc.oneof(
    ...[hourMs, minuteMs, 1].map((unitMs) =>
      fc.integer({ min: (-100 * hourMs) / unitMs, max: (30 * hourMs) / unitMs }).map((units) => units * unitMs),
    ),
    fc.integer({ min: -60, max: 0 }).map((minutes) => minutes * minuteMs),
  ),
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

/** One slice is cut in two, and a day that is over and pulled becomes one. */
const mergedAndSplit: Step[] = [
  { kind: 'plan' },
  { kind: 'pull', count: 1, ends: ['split'] },
  { kind: 'wait', minutes: 17 * 60 },
  { kind: 'plan' },
  { kind: 'wait', minutes: 5 },
  { kind: 'pull', count: 1_000, ends: ['complete'] },
  { kind: 'wait', minutes: 30 },
  { kind: 'plan' },
];
/** The running half hour is not planned yet, its end was asked for. */
const holed: Step[] = [
  { kind: 'backfill', fromMs: -1, lengthMinutes: 1 },
  { kind: 'plan' },
  { kind: 'wait', minutes: 90 },
];

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
  isScheduled = false;
  readonly asked: Interval[] = [];
  readonly pulled: Interval[] = [];
  readonly #warehouse = createWarehouse(pool, () => this.now);
  readonly #context: SyncContext = {
    ledger: this.#warehouse,
    streams: [stream],
    start,
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
    this.isScheduled = true;
    this.asked.push({ from: scheduledFrom, to: floorTo(this.now, length) });
  }

  async #backfill({ kind, fromMs, lengthMinutes }: Extract<Step, { fromMs: number }>): Promise<void> {
    const from = plus(this.now, fromMs);
    const to = plus(from, lengthMinutes * minuteMs);
    const asked = { from, to: to < this.now ? to : this.now };
    if (asked.from >= asked.to) return;
    await planRange(this.#context, stream, asked);
    if (kind === 'force') await this.#warehouse.markDue(stream.name, asked, this.now);
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

async function newLife(): Promise<Life> {
  await pool.query(`truncate extract.slices, extract.streams`);
  return new Life();
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
      const life = await newLife();
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
        if (life.isScheduled) await expectWatermark(known);
      }
    }),
    { numRuns: propertyRuns(60), examples: [[mergedAndSplit]] },
  );
  expect(met.merged).toBeGreaterThan(0);
  expect(met.split).toBeGreaterThan(0);
});

/** Expects the watermark; slices that a backfill inserted before the schedule reached them belong to the schedule as well. */
async function expectWatermark(known: readonly Interval[]): Promise<void> {
  const { rows } = await pool.query<{ watermark: Date | null }>(
    `select watermark_at as watermark from mart.ops_freshness where stream = 'property'`,
  );
  for (const { watermark } of rows) {
    if (watermark === null || watermark <= scheduledFrom) continue;
    expect(known.some((each) => each.from <= scheduledFrom && each.to >= watermark)).toBe(true);
  }
}

async function notPlanned(): Promise<Interval[]> {
  const { rows } = await pool.query<Interval>(
    `select from_at as "from", to_at as "to" from mart.ops_coverage
     where stream = 'property' and state = 'not_planned' order by from_at`,
  );
  return rows;
}

/** Returns where nobody asked for anything between the beginning of the schedule and the last that somebody asked for. */
function holes(life: Life): Interval[] {
  if (!life.isScheduled) return [];
  const joined = union(life.asked).filter(({ to }) => to >= scheduledFrom);
  return joined.slice(1).map(({ from }, index) => ({ from: joined[index]?.to ?? from, to: from }));
}

async function pullForDays(life: Life): Promise<void> {
  for (let day = 0; day < 6; day += 1) {
    await life.take({ kind: 'pull', count: 1_000, ends: ['complete'] });
    await life.take({ kind: 'wait', minutes: 24 * 60 });
  }
}

async function expectNothingPending(): Promise<void> {
  const { rows } = await pool.query(
    'select slice_from, slice_to, due_at from extract.slices where due_at is not null or attempts > 0',
  );
  expect(rows).toEqual([]);
}

test('after any history, pulling without errors for long enough leaves nothing pending, and planning leaves no hole', {
  timeout: 240_000,
}, async () => {
  const met = { holed: 0 };
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 12 }), async (steps) => {
      const life = await newLife();
      for (const each of steps) await life.take(each);
      await pullForDays(life);
      await expectNothingPending();
      // A backfill behind the last slice that was planned leaves a hole before it.
      const { rows: gaps } = await pool.query(
        `select from_at as "from", to_at as "to" from mart.ops_coverage where stream = 'property' order by from_at`,
      );
      expect(gaps).toEqual(holes(life));
      if (gaps.length > 0) met.holed += 1;

      await life.take({ kind: 'plan' });
      expect(await notPlanned()).toEqual([]);
      await pullForDays(life);
      await expectNothingPending();
      expect((await pool.query(`select from mart.ops_coverage where stream = 'property'`)).rowCount).toBe(0);
      expect(union(await slices())).toEqual(union(life.asked));
    }),
    { numRuns: propertyRuns(20), examples: [[holed]] },
  );
  expect(met.holed).toBeGreaterThan(0);
});

test('what lies between the schedule and a backfill into a period that is not over is a gap until the period is over and planned', async () => {
  const life = await newLife();
  await life.take({ kind: 'backfill', fromMs: -1, lengthMinutes: 1 });
  await life.take({ kind: 'plan' });
  const hole = { from: new Date('2026-03-02T07:00:00Z'), to: new Date('2026-03-02T07:12:59.999Z') };
  expect(await notPlanned()).toEqual([hole]);
  await life.take({ kind: 'wait', minutes: 16 });
  await life.take({ kind: 'plan' });
  expect(await notPlanned()).toEqual([hole]);
  await life.take({ kind: 'wait', minutes: 1 });
  await life.take({ kind: 'plan' });
  expect(await notPlanned()).toEqual([]);
  expect((await slices()).slice(-3)).toMatchObject([
    hole,
    { from: hole.to, to: begin },
    { from: begin, to: new Date('2026-03-02T07:30:00Z') },
  ]);
});

test('a schedule begins at its configured start, even where a backfill had inserted some or all of it and has not pulled it yet', async () => {
  const watermarks = async () =>
    (await pool.query(`select watermark_at from mart.ops_freshness where stream = 'property'`)).rows;
  for (const lengthMinutes of [24 * 60, 6_000]) {
    const life = await newLife();
    await life.take({ kind: 'backfill', fromMs: scheduledFrom.getTime() - begin.getTime(), lengthMinutes });
    await life.take({ kind: 'plan' });
    expect(await watermarks()).toEqual([{ watermark_at: scheduledFrom }]);
    // The newest first, a day that lies behind what is not pulled.
    await life.take({ kind: 'pull', count: 1, ends: ['complete'] });
    expect(await watermarks()).toEqual([{ watermark_at: scheduledFrom }]);
    await life.take({ kind: 'wait', minutes: 2 });
    await life.take({ kind: 'pull', count: 1_000, ends: ['complete'] });
    expect(await watermarks()).toEqual([{ watermark_at: (await slices()).at(-1)?.to }]);
  }
});
