/** An instant in milliseconds since 1970, with a fraction where the text had microseconds. */
export interface Instant {
  readonly epochMs: number;
  /** True for `YYYY-MM-DDTHH:MM:SS.SSSZ` in years 0001–9999, the only notation that the database renders. */
  readonly isCanonical: boolean;
}

const canonicalLength = 24;
const [dash, dot, zero, colon, letterT, letterZ] = [0x2d, 0x2e, 0x30, 0x3a, 0x54, 0x5a];
const notation = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{0,9}))?(?:Z|([+-])(\d\d):?(\d\d))$/;
/** From 2109 on a double cannot hold milliseconds with three decimals. */
const fractionMsMax = 2 ** 42;
const monthDays = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/**
 * Reads an ISO 8601 instant strictly: all parts down to seconds, zero to nine fraction digits, `Z`
 * or an offset. Digits after the microseconds are dropped. Returns undefined for anything else;
 * `Date.parse` would accept much that is not an instant.
 */
export function parseInstant(text: string): Instant | undefined {
  return parseCanonical(text) ?? parseOther(text);
}

/**
 * Parses the notation of nearly every time in a record, digit by digit because flattening spends
 * much of its time here.
 */
function parseCanonical(text: string): Instant | undefined {
  if (text.length !== canonicalLength || !hasCanonicalMarks(text)) return undefined;
  const year = twoDigits(text, 0) * 100 + twoDigits(text, 2);
  const ms = twoDigits(text, 20) * 10 + digit(text, 22);
  const wholeMs = instantOf(
    year,
    twoDigits(text, 5),
    twoDigits(text, 8),
    twoDigits(text, 11),
    twoDigits(text, 14),
    twoDigits(text, 17),
  );
  const epochMs = wholeMs + ms;
  return Number.isNaN(epochMs) || year < 1 ? undefined : { epochMs, isCanonical: true };
}

function hasCanonicalMarks(text: string): boolean {
  return (
    text.charCodeAt(4) === dash &&
    text.charCodeAt(7) === dash &&
    text.charCodeAt(10) === letterT &&
    text.charCodeAt(13) === colon &&
    text.charCodeAt(16) === colon &&
    text.charCodeAt(19) === dot &&
    text.charCodeAt(23) === letterZ
  );
}

function parseOther(text: string): Instant | undefined {
  const match = notation.exec(text);
  if (match === null) return undefined;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const offsetHours = Number(match[9] ?? 0);
  const offsetMinutes = Number(match[10] ?? 0);
  if (offsetHours > 23 || offsetMinutes > 59) return undefined;
  const offsetMs = (match[8] === '-' ? -1 : 1) * (offsetHours * 60 + offsetMinutes) * 60_000;
  const microseconds = Number((match[7] ?? '').padEnd(6, '0').slice(0, 6));
  const wholeMs = instantOf(year, month, day, hour, minute, second) - offsetMs + Math.floor(microseconds / 1000);
  if (Number.isNaN(wholeMs)) return undefined;
  const fraction = Math.abs(wholeMs) < fractionMsMax ? (microseconds % 1000) / 1000 : 0;
  return { epochMs: wholeMs + fraction, isCanonical: false };
}

/** Reads two decimal digits at `at`; NaN if there are none. */
function twoDigits(text: string, at: number): number {
  return digit(text, at) * 10 + digit(text, at + 1);
}

function digit(text: string, at: number): number {
  const value = text.charCodeAt(at) - zero;
  return value >= 0 && value <= 9 ? value : Number.NaN;
}

/** Returns milliseconds since 1970, or NaN if a part is NaN or out of range. */
function instantOf(year: number, month: number, day: number, hour: number, minute: number, second: number): number {
  if (!(month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month))) return Number.NaN;
  if (!(hour <= 23 && minute <= 59 && second <= 59)) return Number.NaN;
  return ((daysSinceEpoch(year, month, day) * 24 + hour) * 60 + minute) * 60_000 + second * 1000;
}

function daysIn(year: number, month: number): number {
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return month === 2 && isLeap ? 29 : (monthDays[month - 1] as number);
}

/**
 * Returns the day number in the proleptic Gregorian calendar; years begin in March here, so that
 * the leap day is the last of its year.
 */
function daysSinceEpoch(year: number, month: number, day: number): number {
  const marchYear = month <= 2 ? year - 1 : year;
  const era = Math.floor(marchYear / 400);
  const yearOfEra = marchYear - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}
