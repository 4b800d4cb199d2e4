import { dayMs, earlier, floorTo, hourMs, type Interval, later, plus } from '../lib/interval.js';
import { localMidnight } from '../lib/local-midnight.js';
import type { Plan, PlannedRanges, Stream } from '../model/extraction.js';

/**
 * Plans which slices a stream needs. Pure: nothing here reads a clock or a database.
 */

/** Plans the slices that a stream's schedule needs by `now` and that are not in the ledger. */
export function planSchedule(
  stream: Stream,
  facts: { readonly start: Date; readonly timeZone?: string; readonly now: Date },
  { scheduledFrom, planned, pruned }: PlannedRanges,
): Plan {
  const { now } = facts;
  const base = { stream, now, isSchedule: true };
  const covered = [...pruned, ...planned];
  if (stream.kind === 'snapshot') {
    const period = missing(snapshotSlice(stream, now), covered).slice(0, 1);
    return { ...base, scheduledFrom: null, slices: dueSlices(stream, period) };
  }
  const asked = askedRange(stream, { ...facts, scheduledFrom });
  if (asked === null) return { ...base, scheduledFrom: null, slices: [] };
  return {
    ...base,
    scheduledFrom: scheduleStart(asked, scheduledFrom, pruned),
    slices: dueSlices(stream, cutGaps(asked, covered, stream, now)),
  };
}

/** Plans a requested past range, in slices of `lengthMs` if given, else of the stream's usual length. */
export function planBackfill(
  stream: Stream,
  { range, lengthMs, now }: { readonly range: Interval; readonly lengthMs: number | undefined; readonly now: Date },
  { planned, pruned }: PlannedRanges,
): Plan {
  const lengths = lengthMs === undefined ? stream : { sliceLengthMs: () => lengthMs };
  const slices = dueSlices(stream, cutGaps(range, [...pruned, ...planned], lengths, now));
  return { stream, now, isSchedule: false, scheduledFrom: null, slices };
}

/**
 * Returns the start of the schedule, or null where it has not moved to an earlier time. The
 * schedule includes slices that a backfill inserted before it reached them; there may be gaps
 * before the end of pruned ranges.
 */
function scheduleStart(asked: Interval, scheduledFrom: Date | null, pruned: readonly Interval[]): Date | null {
  const from = pruned.reduce((latest, { to }) => later(latest, to), asked.from);
  return from < asked.to && (scheduledFrom === null || from < scheduledFrom) ? from : null;
}

function cutGaps(
  asked: Interval,
  covered: readonly Interval[],
  lengths: Pick<Stream, 'sliceLengthMs'>,
  now: Date,
): Interval[] {
  return missing(asked, covered).flatMap((gap) => cut(gap, lengths, now));
}

function dueSlices(stream: Stream, intervals: readonly Interval[]): Plan['slices'] {
  return intervals.map((interval) => ({ interval, dueAt: firstDueAt(stream, interval) }));
}

/** Limit of slices in one round of planning; a longer range is planned in several rounds. */
const slicesMax = 100_000;

/**
 * Returns the parts of `asked` that no interval of `existing` covers, in order. `existing` may be
 * unsorted and may extend beyond `asked`.
 */
export function missing(asked: Interval, existing: readonly Interval[]): Interval[] {
  const gaps: Interval[] = [];
  let from = asked.from;
  for (const interval of [...existing].sort((a, b) => a.from.getTime() - b.from.getTime())) {
    if (interval.to <= from) continue;
    if (interval.from >= asked.to) break;
    if (interval.from > from) gaps.push({ from, to: interval.from });
    from = interval.to;
  }
  if (from < asked.to) gaps.push({ from, to: asked.to });
  return gaps;
}

/**
 * Cuts a range into the stream's slices: boundaries at multiples of the slice length, the range's own ends kept as they are.
 * The union of the result is the range; no two overlap.
 */
export function cut(range: Interval, stream: Pick<Stream, 'sliceLengthMs'>, now: Date): Interval[] {
  const slices: Interval[] = [];
  let from = range.from;
  while (from < range.to) {
    if (slices.length === slicesMax) break;
    const length = stream.sliceLengthMs(from, now);
    const boundary = plus(floorTo(from, length), length);
    const to = earlier(boundary, range.to);
    slices.push({ from, to });
    from = to;
  }
  return slices;
}

/**
 * Returns the range that an interval stream has to cover by `now`: from the start of its schedule
 * to the last complete slice. If the configured start is earlier than before, the range extends
 * further back. Streams that are pulled by days begin at midnight of the reporting zone, so that
 * the first day of the reports is complete; Genesys' aggregates allow only full hours.
 */
export function askedRange(
  stream: Stream,
  facts: { readonly start: Date; readonly timeZone?: string; readonly scheduledFrom: Date | null; readonly now: Date },
): Interval | null {
  const { now, scheduledFrom, timeZone = 'UTC' } = facts;
  const first =
    stream.initialLookbackMs === undefined ? facts.start : later(facts.start, plus(now, -stream.initialLookbackMs));
  const length = stream.sliceLengthMs(first, now);
  const reach = length === dayMs ? floorTo(localMidnight(first, timeZone), hourMs) : floorTo(first, length);
  const from = scheduledFrom === null ? reach : earlier(reach, scheduledFrom);
  const to = floorTo(now, stream.sliceLengthMs(now, now));
  return from < to ? { from, to } : null;
}

/** Returns the one slice that a snapshot stream needs at `now`. */
export function snapshotSlice(stream: Pick<Stream, 'sliceLengthMs'>, now: Date): Interval {
  const length = stream.sliceLengthMs(now, now);
  const from = floorTo(now, length);
  return { from, to: plus(from, length) };
}

/** Returns the time at which a new slice's first pass is due. */
export function firstDueAt(stream: Pick<Stream, 'kind' | 'lagMs'>, interval: Interval): Date {
  return plus(stream.kind === 'snapshot' ? interval.from : interval.to, stream.lagMs);
}

/**
 * Returns when the next pass is due after one requested at `askedAt`, or null when the slice is
 * final. That pull also covers all ages that have already passed: a backfill of old days needs a
 * single pass.
 */
export function nextDueAt(stream: Pick<Stream, 'repassAgesMs'>, interval: Interval, askedAt: Date): Date | null {
  const age = stream.repassAgesMs.find((ageMs) => plus(interval.to, ageMs) > askedAt);
  return age === undefined ? null : plus(interval.to, age);
}

/**
 * Returns the two halves of a slice that a cap prevents from being pulled as a whole, or null where
 * it cannot be split further.
 */
export function halves(interval: Interval, lengthMsMin: number): [Interval, Interval] | null {
  const length = interval.to.getTime() - interval.from.getTime();
  if (length < 2 * lengthMsMin) return null;
  const unit = length / 2 >= 60_000 ? 60_000 : 1;
  const middle = plus(interval.from, Math.floor(length / 2 / unit) * unit);
  return [
    { from: interval.from, to: middle },
    { from: middle, to: interval.to },
  ];
}

/** Returns the delay before a failed slice is retried: doubling from one minute, at most an hour. */
export function retryDelayMs(attempts: number): number {
  const minutes = Math.min(60, 2 ** Math.min(attempts, 10));
  return minutes * 60_000;
}
