import { UsageError } from '../lib/errors.js';
import { dayMs, hourMs } from '../lib/interval.js';

/** Start of the first sync: an instant, or a duration before the present. */
export type Start = { readonly kind: 'at'; readonly at: Date } | { readonly kind: 'ago'; readonly agoMs: number };

export const startAgoDaysMax = 3_650;

/** Returns the instant at which the first sync begins. Throws a UsageError when it is in the future. */
export function resolveStart(start: Start, now: Date): Date {
  const at = start.kind === 'at' ? start.at : new Date(now.getTime() - start.agoMs);
  if (at > now) {
    throw new UsageError(`GENESYS_WAREHOUSE_START is ${at.toISOString()}, which is in the future; use an earlier one`);
  }
  return at;
}

/** Parses `30d`, `12h` and timestamps; undefined for anything else. */
export function parseStart(value: string): Start | undefined {
  const duration = /^(\d{1,6})([dh])$/.exec(value.trim());
  if (duration === null) {
    const at = parseTimestamp(value);
    return at && { kind: 'at', at };
  }
  const agoMs = Number(duration[1]) * (duration[2] === 'd' ? dayMs : hourMs);
  return agoMs > 0 && agoMs <= startAgoDaysMax * dayMs ? { kind: 'ago', agoMs } : undefined;
}

/**
 * Parses ISO 8601: a date (midnight UTC) or a date and time with an offset. A time without an
 * offset is refused, because it would differ between machines; so is a day that does not exist.
 * Undefined when refused.
 */
export function parseTimestamp(value: string): Date | undefined {
  const shape = /^(\d{4}-\d\d-\d\d)(T\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d))?$/.exec(value.trim());
  const day = shape?.[1];
  if (day === undefined) return undefined;
  const at = new Date(value.trim());
  const midnight = new Date(`${day}T00:00:00Z`);
  const isReal = !Number.isNaN(at.getTime()) && midnight.toISOString().startsWith(day);
  return isReal ? at : undefined;
}

/** Returns true when this runtime knows the IANA name. */
export function isTimeZone(value: string): boolean {
  // Postgres interprets the sign of a bare offset the other way round, so only names mean the same
  // on both sides.
  if (!/^[A-Za-z]/.test(value)) return false;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: value }) instanceof Intl.DateTimeFormat;
  } catch {
    return false;
  }
}
