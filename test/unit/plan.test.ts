import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  askedRange,
  cut,
  halves,
  missing,
  nextDueAt,
  planBackfill,
  planSchedule,
  retryDelayMs,
} from '../../src/engine/plan.js';
import { dayMs, hourMs, type Interval, minuteMs } from '../../src/lib/interval.js';
import { localMidnight } from '../../src/lib/local-midnight.js';
import type { Stream } from '../../src/model/extraction.js';

const now = new Date('2026-03-12T15:07:00Z');
const stream = {
  name: 'test',
  kind: 'interval',
  repassAgesMs: [hourMs, dayMs],
  sliceLengthMs: (at: Date, seen: Date) => (seen.getTime() - at.getTime() > dayMs ? dayMs : 10 * minuteMs),
} as unknown as Stream;

const instant = fc.integer({ min: -40 * dayMs, max: 0 }).map((ms) => new Date(now.getTime() + ms));
const interval = fc
  .tuple(instant, instant)
  .filter(([a, b]) => a.getTime() !== b.getTime())
  .map(([a, b]): Interval => (a < b ? { from: a, to: b } : { from: b, to: a }));

function lengthOf(intervals: readonly Interval[]): number {
  return intervals.reduce((sum, { from, to }) => sum + (to.getTime() - from.getTime()), 0);
}

describe('the slices of a range', () => {
  test('together are the range: no hole, no overlap, none empty', () => {
    fc.assert(
      fc.property(interval, (range) => {
        const slices = cut(range, stream, now);
        expect(slices[0]?.from).toEqual(range.from);
        expect(slices.at(-1)?.to).toEqual(range.to);
        slices.forEach((slice, index) => {
          expect(slice.from < slice.to).toBe(true);
          if (index > 0) expect(slice.from).toEqual(slices[index - 1]?.to);
        });
      }),
      { numRuns: 200 },
    );
  });

  test('are few where history is old and short where it is recent', () => {
    const slices = cut({ from: new Date('2026-03-05T00:00:00Z'), to: new Date('2026-03-12T15:00:00Z') }, stream, now);
    expect(slices.filter(({ from, to }) => to.getTime() - from.getTime() === dayMs)).toHaveLength(7);
    expect(slices.filter(({ from, to }) => to.getTime() - from.getTime() === 10 * minuteMs).length).toBe(90);
  });

  test('that a cap forbids are cut into halves that together are the slice, down to the smallest length', () => {
    fc.assert(
      fc.property(interval, (range) => {
        const parts = halves(range, minuteMs);
        if (parts === null) expect(range.to.getTime() - range.from.getTime()).toBeLessThan(2 * minuteMs);
        else expect([parts[0].from, parts[0].to, parts[1].to]).toEqual([range.from, parts[1].from, range.to]);
      }),
    );
  });
});

describe('what is missing', () => {
  test('and what is there together cover the asked range exactly once', () => {
    fc.assert(
      fc.property(interval, fc.array(interval, { maxLength: 6 }), (asked, raw) => {
        const existing = disjoint(raw);
        const gaps = missing(asked, existing);
        const covered = existing
          .map(({ from, to }) => ({ from: from < asked.from ? asked.from : from, to: to > asked.to ? asked.to : to }))
          .filter(({ from, to }) => from < to);
        expect(lengthOf(gaps) + lengthOf(covered)).toBe(lengthOf([asked]));
        for (const gap of gaps) expect(covered.some(({ from, to }) => from < gap.to && to > gap.from)).toBe(false);
      }),
      { numRuns: 300 },
    );
  });
});

describe('a schedule', () => {
  const start = new Date('2026-03-05T08:13:00Z');

  test('begins at the slice boundary before the configured start and ends with the last complete slice', () => {
    expect(askedRange(stream, { start, scheduledFrom: null, now })).toEqual({
      from: new Date('2026-03-05T00:00:00Z'),
      to: new Date('2026-03-12T15:00:00Z'),
    });
  });

  test.each([
    ['Europe/Berlin', '2026-03-05T08:13:00Z', '2026-03-04T23:00:00Z'],
    ['Europe/Berlin', '2026-03-04T23:30:00Z', '2026-03-04T23:00:00Z'],
    ['America/New_York', '2026-03-05T03:00:00Z', '2026-03-04T05:00:00Z'],
    ['Asia/Kolkata', '2026-03-05T08:13:00Z', '2026-03-04T18:00:00Z'],
    ['America/New_York', '2026-03-08T20:00:00Z', '2026-03-08T05:00:00Z'],
  ])('begins at local midnight in %s, by full hours: %s from %s', (timeZone, from, expected) => {
    const asked = askedRange(stream, { start: new Date(from), timeZone, scheduledFrom: null, now });
    expect(asked?.from).toEqual(new Date(expected));
  });

  test('begins at local midnight on either side of the change of clocks, and where midnight is skipped', () => {
    const midnight = (zone: string, at: string) => localMidnight(new Date(at), zone).toISOString();
    expect(midnight('Europe/Berlin', '2026-03-29T12:00:00Z')).toBe('2026-03-28T23:00:00.000Z');
    expect(midnight('Europe/Berlin', '2026-10-25T22:59:59.999Z')).toBe('2026-10-24T22:00:00.000Z');
    expect(midnight('Africa/Cairo', '2026-04-24T10:00:00Z') <= '2026-04-23T22:00:00.000Z').toBe(true);
    expect(midnight('UTC', '2026-03-05T00:00:00Z')).toBe('2026-03-05T00:00:00.000Z');
  });

  test('keeps its beginning when the relative start moves on, and reaches back when an earlier start is configured', () => {
    const scheduledFrom = new Date('2026-03-05T00:00:00Z');
    const later = askedRange(stream, { start: new Date('2026-03-08T00:00:00Z'), scheduledFrom, now });
    expect(later?.from).toEqual(scheduledFrom);
    const back = askedRange(stream, { start: new Date('2026-01-01T00:00:00Z'), scheduledFrom, now });
    expect(back?.from).toEqual(new Date('2026-01-01T00:00:00Z'));
  });
});

describe('a plan', () => {
  const nothing = { scheduledFrom: null, planned: [], pruned: [] };
  const start = new Date('2026-03-12T12:00:00Z');
  const day = (from: string, to: string) => ({ from: new Date(from), to: new Date(to) });
  const calls: Stream = { ...stream, lagMs: 2 * minuteMs, sliceLengthMs: () => hourMs };

  test('of a schedule holds what is neither planned nor pruned, each slice due after its lag, and where the schedule begins', () => {
    const plan = planSchedule(
      calls,
      { start, now },
      {
        scheduledFrom: null,
        planned: [day('2026-03-12T13:00:00Z', '2026-03-12T14:00:00Z')],
        pruned: [day('2026-01-01T00:00:00Z', '2026-03-12T12:30:00Z')],
      },
    );
    expect(plan.slices).toEqual([
      { interval: day('2026-03-12T12:30:00Z', '2026-03-12T13:00:00Z'), dueAt: new Date('2026-03-12T13:02:00Z') },
      { interval: day('2026-03-12T14:00:00Z', '2026-03-12T15:00:00Z'), dueAt: new Date('2026-03-12T15:02:00Z') },
    ]);
    expect(plan).toMatchObject({ isSchedule: true, scheduledFrom: new Date('2026-03-12T12:30:00Z') });
  });

  test('of a schedule leaves its beginning alone where it is known, also when all was planned by a backfill before', () => {
    expect(planSchedule(calls, { start, now }, { ...nothing, scheduledFrom: start }).scheduledFrom).toBeNull();
    const planned = [day('2026-03-01T00:00:00Z', '2026-03-12T15:00:00Z')];
    const known = planSchedule(calls, { start, now }, { ...nothing, planned });
    expect(known).toMatchObject({ slices: [], scheduledFrom: start });
  });

  test('of a schedule in whose range everything was pruned has no beginning', () => {
    const pruned = [day('2000-01-01T00:00:00Z', '2026-03-12T15:00:00Z')];
    expect(planSchedule(calls, { start, now }, { ...nothing, pruned })).toMatchObject({
      slices: [],
      scheduledFrom: null,
    });
  });

  test('of a snapshot holds the running period once, due at its beginning', () => {
    const names: Stream = { ...calls, kind: 'snapshot', lagMs: 0 };
    const period = day('2026-03-12T15:00:00Z', '2026-03-12T16:00:00Z');
    const plan = planSchedule(names, { start, now }, nothing);
    expect(plan).toMatchObject({ slices: [{ interval: period, dueAt: period.from }], scheduledFrom: null });
    expect(planSchedule(names, { start, now }, { ...nothing, planned: [period] }).slices).toEqual([]);
  });

  test('of a backfill cuts the missing parts to its own length and moves no schedule', () => {
    const range = day('2026-03-01T00:00:00Z', '2026-03-04T06:00:00Z');
    const planned = [day('2026-03-02T00:00:00Z', '2026-03-03T00:00:00Z')];
    const plan = planBackfill(calls, { range, lengthMs: dayMs, now }, { ...nothing, planned });
    expect(plan).toMatchObject({ isSchedule: false, scheduledFrom: null });
    expect(plan.slices.map(({ interval: { from, to } }) => [from.toISOString(), to.toISOString()])).toEqual([
      ['2026-03-01T00:00:00.000Z', '2026-03-02T00:00:00.000Z'],
      ['2026-03-03T00:00:00.000Z', '2026-03-04T00:00:00.000Z'],
      ['2026-03-04T00:00:00.000Z', '2026-03-04T06:00:00.000Z'],
    ]);
    expect(planBackfill(calls, { range, lengthMs: undefined, now }, nothing).slices).toHaveLength(78);
  });
});

describe('passes', () => {
  const slice = { from: new Date('2026-03-11T00:00:00Z'), to: new Date('2026-03-12T00:00:00Z') };

  test('are due at the declared ages, one after the other, then the slice is final', () => {
    const afterFirst = nextDueAt(stream, slice, new Date('2026-03-12T00:05:00Z'));
    expect(afterFirst).toEqual(new Date('2026-03-12T01:00:00Z'));
    expect(nextDueAt(stream, slice, new Date('2026-03-12T01:00:00Z'))).toEqual(new Date('2026-03-13T00:00:00Z'));
    expect(nextDueAt(stream, slice, new Date('2026-03-13T00:00:00Z'))).toBeNull();
  });

  test('whose age has gone by are settled by one pull', () => {
    expect(nextDueAt(stream, slice, new Date('2026-05-01T00:00:00Z'))).toBeNull();
  });
});

test('a failing slice waits longer each time, an hour at most', () => {
  expect([0, 1, 2, 6, 50].map((attempts) => retryDelayMs(attempts) / minuteMs)).toEqual([1, 2, 4, 60, 60]);
});

function disjoint(intervals: readonly Interval[]): Interval[] {
  const kept: Interval[] = [];
  for (const each of intervals) {
    if (!kept.some(({ from, to }) => from < each.to && to > each.from)) kept.push(each);
  }
  return kept;
}
