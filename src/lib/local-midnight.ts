import { hourMs } from './interval.js';

/** Clocks change: the second iteration finds the offset of that midnight, the third one confirms it. */
const looksMax = 3;

/**
 * Returns midnight of the local day in which `at` lies, in an IANA zone; where the clock skips midnight, the hour before it or the
 * first instant of the day.
 */
export function localMidnight(at: Date, timeZone: string): Date {
  const wallMs = wallClockMs(at, timeZone);
  const midnightWallMs = Math.floor(wallMs / (24 * hourMs)) * 24 * hourMs;
  let midnight = new Date(at.getTime() - (wallMs - midnightWallMs));
  for (let looks = 1; looks < looksMax; looks += 1) {
    const errorMs = wallClockMs(midnight, timeZone) - midnightWallMs;
    if (errorMs === 0) break;
    midnight = new Date(midnight.getTime() - errorMs);
  }
  return midnight;
}

/** Returns the local time as if it were UTC. */
function wallClockMs(at: Date, timeZone: string): number {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  const part: Partial<Record<Intl.DateTimeFormatPartTypes, number>> = {};
  for (const { type, value } of format.formatToParts(at)) part[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = part;
  return Date.UTC(year, month - 1, day, hour, minute, second) + (((at.getTime() % 1000) + 1000) % 1000);
}
