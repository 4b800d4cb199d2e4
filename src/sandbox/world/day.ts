import { bucketOf, runningTotals, unit } from './random.js';

const halfHourMs = 1_800_000;

/** Arrivals per half hour of the local day, in relation to each other: a morning peak, a lunch dip, a quiet night. */
const profile: readonly number[] = [
  3, 2, 2, 1, 1, 1, 1, 1, 2, 2, 4, 6, 12, 20, 38, 60, 92, 118, 138, 148, 150, 144, 132, 118, 104, 100, 108, 122, 130,
  132, 126, 118, 108, 98, 86, 72, 58, 46, 38, 32, 26, 22, 18, 14, 10, 8, 6, 4,
];
const profileTotals = runningTotals(profile);

/** Sunday first. */
const weekdayFactors: readonly number[] = [0.28, 1.12, 1.04, 1, 0.99, 0.95, 0.45];

/** How many conversations begin on this day of the local calendar; the average weekday has `average`. */
export function conversationCount(seed: number, average: number, localDay: number): number {
  const weekday = (((localDay + 4) % 7) + 7) % 7;
  const season = 1 + 0.12 * Math.sin((2 * Math.PI * localDay) / 365.25);
  const luck = 0.95 + 0.1 * unit(seed, localDay, 21);
  return Math.max(40, Math.round(average * (weekdayFactors[weekday] ?? 1) * season * luck));
}

/** Milliseconds after local midnight at which the conversation with this index begins; indices are in no order of time. */
export function arrivalMs(seed: number, localDay: number, index: number): number {
  const slot = bucketOf(profileTotals, unit(seed, localDay, index, 31));
  return slot * halfHourMs + Math.floor(unit(seed, localDay, index, 32) * halfHourMs);
}
