type Bound = string | number;

interface Stats {
  readonly numRecords: number;
  readonly minValues?: Readonly<Record<string, Bound>>;
  readonly maxValues?: Readonly<Record<string, Bound>>;
  readonly nullCount?: Readonly<Record<string, number>>;
}

/**
 * Merges the statistics of files. A column keeps bounds if every file with values has them.
 * Undefined where a file has no statistics.
 */
export function mergedStats(texts: readonly (string | null | undefined)[]): string | undefined {
  if (texts.some((text) => !text)) return undefined;
  const all = texts.map((text) => JSON.parse(text as string) as Stats);
  const names = Object.keys(all[0]?.nullCount ?? {});
  const nullCount = Object.fromEntries(
    names.map((name) => [name, all.reduce((total, stats) => total + (stats.nullCount?.[name] ?? 0), 0)]),
  );
  return JSON.stringify({
    numRecords: all.reduce((total, { numRecords }) => total + numRecords, 0),
    minValues: boundsOf(
      all,
      names,
      ({ minValues }) => minValues,
      (a, b) => (a < b ? a : b),
    ),
    maxValues: boundsOf(
      all,
      names,
      ({ maxValues }) => maxValues,
      (a, b) => (a > b ? a : b),
    ),
    nullCount,
  });
}

function boundsOf(
  all: readonly Stats[],
  names: readonly string[],
  of: (stats: Stats) => Readonly<Record<string, Bound>> | undefined,
  better: (a: Bound, b: Bound) => Bound,
): Record<string, Bound> {
  const bounds: Record<string, Bound> = {};
  for (const name of names) {
    const withValues = all.filter(({ nullCount, numRecords }) => nullCount?.[name] !== numRecords);
    const values = withValues.map((stats) => of(stats)?.[name]);
    if (values.length === 0 || values.some((value) => value === undefined)) continue;
    bounds[name] = (values as Bound[]).reduce(better);
  }
  return bounds;
}
