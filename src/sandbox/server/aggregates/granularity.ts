import { dayMs, hourMs, minuteMs, secondMs } from '../../../lib/interval.js';
import { zoneOffsetMs } from '../../zone-offset.js';
import { badRequest, invalidValue } from '../http/api-fault.js';
import type { SpanMs } from '../intervals.js';

interface Step {
  readonly months: number;
  readonly days: number;
  readonly ms: number;
}

const duration = /^P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/;
const bucketsMax = 50_000;

/**
 * Cuts a span into steps of an ISO-8601 period from its start. Days and months are those of the time zone's calendar, so a day is 23 or 25 hours
 * long when the clocks change; hours and minutes are always the same. Throws the API's 400 answers.
 */
export function splitByGranularity(span: SpanMs, granularity: string | undefined, timeZone: string): SpanMs[] {
  if (granularity === undefined) return [span];
  const step = parseStep(granularity);
  const buckets: SpanMs[] = [];
  const offsetMs = offsetsOf(timeZone);
  for (let fromMs = span.fromMs, n = 1; fromMs < span.toMs; n += 1) {
    const toMs = Math.min(span.toMs, Math.max(fromMs + 1, nth(span.fromMs, step, n, offsetMs)));
    buckets.push({ fromMs, toMs });
    if (buckets.length > bucketsMax)
      throw badRequest('Result set is larger than result limit. Use a larger granularity or a smaller interval.');
    fromMs = toMs;
  }
  return buckets;
}

function parseStep(granularity: string): Step {
  const match = duration.exec(granularity);
  const [years, months, weeks, days, hours, minutes, seconds] = (match ?? []).slice(1).map((part) => Number(part ?? 0));
  const step = {
    months: (years ?? 0) * 12 + (months ?? 0),
    days: (weeks ?? 0) * 7 + (days ?? 0),
    ms: (hours ?? 0) * hourMs + (minutes ?? 0) * minuteMs + (seconds ?? 0) * secondMs,
  };
  if (step.months + step.days + step.ms === 0)
    throw invalidValue(granularity, 'granularity', ['PT15M', 'PT30M', 'PT1H', 'P1D', 'P1W', 'P1M']);
  return step;
}

/** The start of the n-th step: counted from the first start and not from the one before, so that the 31st of a month is not lost in February. */
function nth(startMs: number, step: Step, n: number, offsetMs: (atMs: number) => number): number {
  if (step.months === 0 && step.days === 0) return startMs + n * step.ms;
  const local = new Date(startMs + offsetMs(startMs));
  const month = Date.UTC(local.getUTCFullYear(), local.getUTCMonth() + n * step.months, 1);
  const lastDay = new Date(Date.UTC(local.getUTCFullYear(), local.getUTCMonth() + n * step.months + 1, 0)).getUTCDate();
  const dayOfMonth = Math.min(local.getUTCDate(), lastDay);
  const timeOfDay = local.getTime() - Date.UTC(local.getUTCFullYear(), local.getUTCMonth(), local.getUTCDate());
  const movedMs = month + (dayOfMonth - 1 + n * step.days) * dayMs + timeOfDay + n * step.ms;
  // The offset at the moved local time is not known before the instant is; the second look settles it.
  const guess = movedMs - offsetMs(movedMs);
  return movedMs - offsetMs(guess);
}

/** Milliseconds to add to UTC for the zone's local time. */
function offsetsOf(timeZone: string): (atMs: number) => number {
  try {
    zoneOffsetMs(timeZone, 0);
  } catch {
    throw invalidValue(timeZone, 'timeZone', ['UTC', 'Etc/UTC', 'Europe/London']);
  }
  return (atMs) => zoneOffsetMs(timeZone, atMs);
}
