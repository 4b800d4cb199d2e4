import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mergeSpans, type Span, type StoredSpan } from '../../src/postgres/load/status-spans-merge.js';
import { propertyRuns } from '../support/runs.js';

const hour = 3_600_000;
const day = 24 * hour;
/** Days from an arbitrary midnight, hours of that day. */
const at = (days: number, hours = 0) => 20_000 * day + days * day + hours * hour;
const span = (startMs: number, endMs: number | null, status = 'AVAILABLE'): Span => ({ startMs, endMs, status });

interface Pull {
  readonly fromMs: number;
  readonly toMs: number;
  readonly asOfMs: number;
  readonly spans: readonly Span[];
}

interface Warehouse {
  readonly spans: readonly StoredSpan[];
  /** By day, when it was asked for last. */
  readonly days: ReadonlyMap<number, number>;
}

/** Returns what is stored after an answer about a day: like `storeSpans`, which passes a merge only the spans near that day. */
function after(warehouse: Warehouse, pull: Pull): Warehouse {
  const { spans } = warehouse;
  const dayMs = Math.floor(pull.fromMs / day) * day;
  if ((warehouse.days.get(dayMs) ?? 0) > pull.asOfMs) return warehouse;
  const answer = { ...pull, toMs: Math.min(pull.toMs, pull.asOfMs) };
  const near = [
    ...spans.filter(({ startMs }) => startMs < answer.fromMs).slice(-1),
    ...spans.filter(({ startMs }) => startMs >= answer.fromMs && startMs <= answer.toMs),
    ...spans.filter(({ startMs }) => startMs > answer.toMs).slice(0, 1),
  ];
  const changes = mergeSpans(near, answer);
  const ends = new Map(changes.updated.map((change) => [change.like, change]));
  const stored = [
    ...spans
      .filter((each) => !changes.deleted.includes(each))
      .map((each) => {
        const change = ends.get(each);
        return change === undefined ? each : { ...each, endMs: change.endMs, asOfMs: change.asOfMs };
      }),
    ...changes.inserted.map(({ like: { status }, startMs, endMs, asOfMs }) => ({ startMs, status, endMs, asOfMs })),
  ].sort((a, b) => a.startMs - b.startMs);
  return { spans: stored, days: new Map([...warehouse.days, [dayMs, pull.asOfMs]]) };
}

const empty: Warehouse = { spans: [], days: new Map() };
const afterPulls = (...pulls: readonly Pull[]) => pulls.reduce(after, empty).spans;
const bare = (spans: readonly Span[]) => spans.map(({ startMs, endMs, status }) => span(startMs, endMs, status));
const dayPull = (n: number, asOf: number, ...spans: readonly Span[]): Pull => ({
  fromMs: at(n),
  toMs: at(n + 1),
  asOfMs: at(asOf),
  spans,
});

describe('status spans', () => {
  test('the open span is closed when a later answer knows its end', () => {
    const open = dayPull(0, 0.5, span(at(0, 8), null));
    const closed = dayPull(0, 1, span(at(0, 8), at(0, 17)), span(at(0, 17), null, 'OFFLINE'));
    expect(bare(afterPulls(open, closed))).toEqual([span(at(0, 8), at(0, 17)), span(at(0, 17), null, 'OFFLINE')]);
  });

  test('a span over midnight that both days give whole is one', () => {
    const night = span(at(0, 22), at(1, 6), 'OFFLINE');
    expect(bare(afterPulls(dayPull(0, 3, night), dayPull(1, 3, night)))).toEqual([night]);
  });

  test.each([
    ['older day first', [0, 1]],
    ['newer day first', [1, 0]],
    ['and again', [1, 0, 1, 0]],
  ])('a span over midnight that comes in pieces is one: %s', (_name, order) => {
    const pieces = [
      dayPull(0, 3, span(at(0, 22), at(1), 'OFFLINE')),
      dayPull(1, 3, span(at(1), at(1, 6), 'OFFLINE'), span(at(1, 6), at(1, 9))),
    ];
    const pulls = order.map((index) => pieces[index] as Pull);
    expect(bare(afterPulls(...pulls))).toEqual([span(at(0, 22), at(1, 6), 'OFFLINE'), span(at(1, 6), at(1, 9))]);
  });

  test('two different statuses that touch at midnight stay two', () => {
    const spans = [span(at(0, 22), at(1)), span(at(1), at(1, 6), 'OFFLINE')];
    expect(bare(afterPulls(dayPull(0, 3, spans[0] as Span), dayPull(1, 3, spans[1] as Span)))).toEqual(spans);
  });

  test('one status that was set again at another time than midnight stays two spans', () => {
    const spans = [span(at(0, 8), at(0, 12)), span(at(0, 12), at(0, 17))];
    expect(bare(afterPulls(dayPull(0, 3, ...spans)))).toEqual(spans);
  });

  test('what the newest answer does not show any more is gone, what lies outside its interval stays', () => {
    const before = dayPull(0, 1, span(at(0, 8), at(0, 9)));
    const first = dayPull(1, 2, span(at(1, 8), at(1, 9)), span(at(1, 9), at(1, 10), 'BUSY'));
    const restated = dayPull(1, 3, span(at(1, 8), at(1, 10)));
    expect(bare(afterPulls(before, first, restated))).toEqual([span(at(0, 8), at(0, 9)), span(at(1, 8), at(1, 10))]);
  });

  test('an older answer that comes late changes nothing', () => {
    const newer = dayPull(0, 3, span(at(0, 8), at(0, 17)), span(at(0, 17), null, 'OFFLINE'));
    const older = dayPull(0, 2, span(at(0, 8), null), span(at(0, 7), at(0, 8), 'BREAK'));
    expect(afterPulls(newer, older)).toEqual(afterPulls(newer));
  });

  test('the next day may show how a day ended that was requested before its end', () => {
    const evening = dayPull(0, 0.75, span(at(0, 8), null));
    const next = dayPull(1, 1.5, span(at(0, 23), null, 'OFFLINE'));
    expect(bare(afterPulls(evening, next))).toEqual([span(at(0, 8), at(0, 23)), span(at(0, 23), null, 'OFFLINE')]);
  });

  test('a day that says otherwise cuts a span of days out in its middle', () => {
    const long = span(at(0, 8), at(2, 8), 'OFFLINE');
    const pulls = [0, 1, 2].map((n) => dayPull(n, 5, long));
    const restated = dayPull(
      1,
      6,
      span(at(0, 8), at(1, 9), 'OFFLINE'),
      span(at(1, 9), at(1, 17)),
      span(at(1, 17), at(2, 8), 'OFFLINE'),
    );
    expect(bare(afterPulls(...pulls, restated))).toEqual(bare(restated.spans));
  });

  test('an answer that says the same again writes nothing', () => {
    const pulls = [dayPull(0, 2, span(at(0, 8), at(1), 'BUSY')), dayPull(1, 2, span(at(1), null, 'BUSY'))];
    const stored = afterPulls(...pulls);
    for (const pull of pulls) {
      expect(mergeSpans(stored, { ...pull, asOfMs: at(9) })).toEqual({ deleted: [], updated: [], inserted: [] });
    }
  });

  test('an open span ends where the next begins, even when its end was never returned', () => {
    const open = dayPull(0, 0.5, span(at(0, 8), null));
    const next = dayPull(1, 2, span(at(1, 7), null, 'BUSY'));
    expect(bare(afterPulls(open, next))).toEqual([span(at(0, 8), at(1, 7)), span(at(1, 7), null, 'BUSY')]);
  });
});

const statuses = ['OFFLINE', 'AVAILABLE', 'BUSY', 'ON_QUEUE'];

/** A user's true statuses over some days, without gaps; the last is open. Neighbours differ. */
const timelines = fc
  .array(fc.record({ minutes: fc.integer({ min: 1, max: 2_000 }), step: fc.integer({ min: 1, max: 3 }) }), {
    minLength: 1,
    maxLength: 20,
  })
  .map((parts) => {
    const spans: Span[] = [];
    let startMs = at(0, 5);
    let status = 0;
    for (const [index, { minutes, step }] of parts.entries()) {
      status = (status + step) % statuses.length;
      const endMs = index === parts.length - 1 ? null : startMs + minutes * 60_000;
      spans.push(span(startMs, endMs, statuses[status]));
      startMs = endMs ?? startMs;
    }
    return spans;
  });

/** A long span is returned whole or in pieces of so many days, each under every day that it touches. */
const pieceLengths = fc.constantFrom(1, 2, 7, 100_000);

/** Returns the API's answer at `asOfMs` about a day. */
function answerAt(truth: readonly Span[], n: number, asOfMs: number, pieceDays: number): Pull {
  const fromMs = at(n);
  const toMs = Math.min(at(n + 1), asOfMs);
  const pieceMs = pieceDays * day;
  const spans = truth.flatMap(({ startMs, endMs, status }) => {
    const knownMs = endMs === null || endMs > asOfMs ? null : endMs;
    const pieces: Span[] = [];
    for (let from = startMs; from < (knownMs ?? asOfMs); ) {
      const boundary = (Math.floor(from / pieceMs) + 1) * pieceMs;
      const isLast = boundary >= (knownMs ?? asOfMs);
      pieces.push(span(from, isLast ? knownMs : boundary, status));
      from = isLast ? Infinity : boundary;
    }
    return pieces.filter((each) => each.startMs < toMs && (each.endMs ?? Infinity) > fromMs);
  });
  return { fromMs, toMs, asOfMs, spans };
}

describe('status spans, by property', () => {
  const days = [0, 1, 2, 3, 4, 5];
  const end = at(40);

  test('whatever the order of days and the pieces that spans come in, the truth is stored in the end', () => {
    fc.assert(
      fc.property(
        timelines,
        fc.shuffledSubarray(days, { minLength: days.length }),
        pieceLengths,
        (truth, order, pieceDays) => {
          const stored = afterPulls(...order.map((n) => answerAt(truth, n, end, pieceDays)));
          expect(withinDays(stored)).toEqual(withinDays(truth));
        },
      ),
      { numRuns: propertyRuns(500) },
    );
  });

  test('whatever was followed live, and in whatever order answers arrive, pulling each day again stores the truth', () => {
    fc.assert(
      fc.property(
        timelines,
        fc.array(fc.integer({ min: 6, max: 143 }), { maxLength: 12 }),
        pieceLengths,
        fc.array(fc.nat(1_000), { minLength: days.length, maxLength: days.length }),
        fc.infiniteStream(fc.double({ noNaN: true })),
        (truth, hours, pieceDays, ages, dice) => {
          const live = hours.map((each) => answerAt(truth, Math.floor(each / 24), at(0, each) + 1, pieceDays));
          const again = days.map((n, index) => answerAt(truth, n, end + (ages[index] ?? 0), pieceDays));
          const pulls = [...live, ...again].map((pull) => ({ pull, place: dice.next().value }));
          const arriving = pulls.sort((a, b) => a.place - b.place).map(({ pull }) => pull);
          expect(withinDays(afterPulls(...arriving))).toEqual(withinDays(truth));
        },
      ),
      { numRuns: propertyRuns(30_000) },
    );
  });

  /** Cuts spans at the requested days: after them, a span may continue, be cut or be open, which is equivalent. */
  const withinDays = (spans: readonly Span[]) =>
    bare(spans)
      .filter(({ startMs }) => startMs < at(6))
      .map((each) => ((each.endMs ?? Infinity) >= at(6) ? { ...each, endMs: null } : each));
});
