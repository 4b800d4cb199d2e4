import { bucketOf, hash32, runningTotals, unit } from '../random.js';
import type { Rhythm } from '../scripts/kinds.js';

const halfHourMs = 1_800_000;

/** Arrivals per half hour of the local day, in relation to each other: a morning peak, a lunch dip, a quiet night. */
const rhythms: Readonly<Record<Rhythm, readonly number[]>> = {
  calls: runningTotals([
    2, 1, 1, 1, 0.5, 0.5, 0.5, 0.5, 1, 1, 2, 4, 10, 20, 38, 60, 92, 118, 138, 148, 150, 144, 132, 118, 104, 100, 108,
    122, 130, 132, 126, 118, 108, 98, 86, 72, 58, 46, 38, 30, 24, 18, 14, 10, 8, 6, 4, 3,
  ]),
  writing: runningTotals([
    10, 8, 6, 5, 4, 3, 3, 3, 4, 5, 8, 12, 20, 30, 45, 60, 78, 92, 104, 110, 112, 108, 100, 94, 90, 88, 90, 94, 98, 100,
    98, 94, 90, 86, 82, 78, 74, 72, 72, 72, 70, 66, 60, 52, 42, 32, 22, 14,
  ]),
  office: runningTotals([
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 12, 60, 90, 120, 130, 130, 128, 120, 110, 80, 70, 100, 120, 130, 130,
    124, 116, 100, 80, 40, 20, 6, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
  ]),
};

/** Sunday first. */
const weekdayFactors: readonly number[] = [0.28, 1.12, 1.04, 1, 0.99, 0.95, 0.45];
const holidayFactor = 0.15;
const incidentChance = 0.05;

/** A few hours in which something is broken and everybody calls about it. */
export interface Incident {
  /** Reduced by the number of queues, this names the queue that everybody wants. */
  readonly draw: number;
  readonly fromMs: number;
  readonly lengthMs: number;
}

export interface DayShape {
  /** Conversations with an index below this follow the day's rhythm, the rest come with the incident. */
  readonly ordinary: number;
  readonly count: number;
  readonly incident: Incident | undefined;
}

/** Sunday is 0. Day 0 of the calendar, 1970-01-01, was a Thursday. */
export function weekdayOf(localDay: number): number {
  return (((localDay + 4) % 7) + 7) % 7;
}

export function isHoliday(localDay: number): boolean {
  const date = new Date(localDay * 86_400_000);
  const day = date.getUTCDate();
  return date.getUTCMonth() === 0 ? day === 1 : date.getUTCMonth() === 11 && (day === 25 || day === 26);
}

/** Shape of a day of the local calendar; the average weekday has `average` conversations. */
export function dayShape(seed: number, average: number, localDay: number): DayShape {
  const season = 1 + 0.12 * Math.sin((2 * Math.PI * localDay) / 365.25);
  const luck = 0.94 + 0.12 * unit(seed, localDay, 21);
  const weekday = (weekdayFactors[weekdayOf(localDay)] ?? 1) * (isHoliday(localDay) ? holidayFactor : 1);
  const ordinary = Math.max(40, Math.round(average * weekday * season * luck));
  if (unit(seed, localDay, 22) >= incidentChance) return { ordinary, count: ordinary, incident: undefined };
  const incident = {
    draw: hash32(seed, localDay, 23),
    fromMs: (8 + Math.floor(8 * unit(seed, localDay, 24))) * 2 * halfHourMs,
    lengthMs: (2 + Math.floor(4 * unit(seed, localDay, 25))) * halfHourMs,
  };
  return { ordinary, count: Math.round(ordinary * (1.08 + 0.12 * unit(seed, localDay, 26))), incident };
}

/** Milliseconds after local midnight at which the conversation with this index begins; indices are in no order of time. */
export function arrivalMs(seed: number, localDay: number, index: number, shape: DayShape, rhythm: Rhythm): number {
  const within = unit(seed, localDay, index, 32);
  const { incident } = shape;
  // Most call early in an incident; the square thins the crowd out towards its end.
  if (incident !== undefined && index >= shape.ordinary)
    return Math.floor(incident.fromMs + incident.lengthMs * within * within);
  return Math.floor((bucketOf(rhythms[rhythm], unit(seed, localDay, index, 31)) + within) * halfHourMs);
}
