/** Part of the cases of a property that the daily suite tries; the long suite tries all of them. */
const dailyShare = 1 / 5;
const dailyRunsMin = 5;

/** Returns whether this is the long suite. */
export const isFull = (): boolean => process.env.PROPERTY_RUNS === 'full';

/** Returns how many cases of a property to try: `full` in the long suite (`PROPERTY_RUNS=full`), a fifth in the daily one. */
export function propertyRuns(full: number, dailyMin = dailyRunsMin): number {
  if (isFull()) return full;
  return Math.min(full, Math.max(dailyMin, Math.ceil(full * dailyShare)));
}

/** Returns the cases to try: all of them in the long suite, the named part of them in the daily one. */
export function propertyCases<T>(all: readonly T[], daily: readonly T[]): readonly T[] {
  return isFull() ? all : daily;
}
