import { dayMs } from '../../lib/interval.js';
import { decimalScale, type LakeColumn, type LakeType } from '../../model/lake.js';
import type { Bound, Bounds } from './columns/column-values.js';

/** Maximum length of texts in statistics: longer ones do not help readers to skip files and enlarge the log. */
const textCharactersMax = 64;
const exactMax = BigInt(Number.MAX_SAFE_INTEGER);
const microsecondsPerMs = 1_000n;
const [firstMs, lastMs] = [Date.parse('0001-01-01T00:00:00Z'), Date.parse('9999-12-31T23:59:59.999Z')];

interface ColumnStats {
  min: Bound | undefined;
  max: Bound | undefined;
  nulls: number;
  /** False once values without exact bounds were added. */
  isBounded: boolean;
}

/** Counts and bounds of a column of a row group. */
export interface ChunkStats {
  readonly rows: number;
  readonly nulls: number;
  readonly bounds?: Bounds;
}

/** Collects the statistics by which readers skip files: row count, nulls, smallest and largest value of each column. */
export class StatsCollector {
  readonly #columns: readonly LakeColumn[];
  readonly #stats: readonly ColumnStats[];
  #rows = 0;

  constructor(columns: readonly LakeColumn[]) {
    this.#columns = columns;
    this.#stats = columns.map(() => ({ min: undefined, max: undefined, nulls: 0, isBounded: true }));
  }

  get rows(): number {
    return this.#rows;
  }

  add(chunks: readonly ChunkStats[]): void {
    this.#rows += chunks[0]?.rows ?? 0;
    chunks.forEach((chunk, index) => {
      addChunk(this.#stats[index] as ColumnStats, chunk);
    });
  }

  /** The JSON of an `add` action. */
  text(): string {
    const minimums: string[] = [];
    const maximums: string[] = [];
    const nulls: string[] = [];
    this.#columns.forEach(({ name, type, isUnbounded }, index) => {
      const stats = this.#stats[index] as ColumnStats;
      nulls.push(`${JSON.stringify(name)}:${stats.nulls}`);
      if (isUnbounded === true || !stats.isBounded || stats.min === undefined || stats.max === undefined) return;
      const [min, max] = [boundText(type, stats.min, false), boundText(type, stats.max, true)];
      if (min === undefined || max === undefined) return;
      minimums.push(`${JSON.stringify(name)}:${min}`);
      maximums.push(`${JSON.stringify(name)}:${max}`);
    });
    return `{"numRecords":${this.#rows},"minValues":{${minimums}},"maxValues":{${maximums}},"nullCount":{${nulls}}}`;
  }
}

function addChunk(stats: ColumnStats, { rows, nulls, bounds }: ChunkStats): void {
  stats.nulls += nulls;
  if (bounds === undefined) {
    stats.isBounded &&= nulls === rows;
    return;
  }
  // JavaScript orders texts by UTF-16 units, readers by bytes; these orders are equal only for
  // ASCII.
  if (![bounds.min, bounds.max].every(isPlain)) stats.isBounded = false;
  if (stats.min === undefined || bounds.min < stats.min) stats.min = bounds.min;
  if (stats.max === undefined || bounds.max > stats.max) stats.max = bounds.max;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: the whole of ASCII is meant.
const plainText = /^[\x00-\x7f]*$/;
const isPlain = (bound: Bound): boolean =>
  typeof bound !== 'string' || (bound.length <= textCharactersMax && plainText.test(bound));

/** Returns the JSON of a bound; undefined if it is neither exact nor conservative. */
function boundText(type: LakeType, value: Bound, isMax: boolean): string | undefined {
  if (type === 'string') return JSON.stringify(value);
  if (type === 'date') return instantText((value as number) * dayMs, 'date');
  if (type === 'timestamp') return timestampText(value as bigint, isMax);
  if (type === 'decimal') return isExact(value as bigint) ? decimalText(value as bigint) : undefined;
  if (type === 'long') return isExact(value as bigint) ? String(value) : undefined;
  return Number.isFinite(value) ? String(value) : undefined;
}

const isExact = (value: bigint): boolean => value <= exactMax && value >= -exactMax;

/** Formats a bound in milliseconds. The maximum is rounded up, so that no value is excluded. */
function timestampText(microseconds: bigint, isMax: boolean): string | undefined {
  const rest = ((microseconds % microsecondsPerMs) + microsecondsPerMs) % microsecondsPerMs;
  const down = (microseconds - rest) / microsecondsPerMs;
  return instantText(Number(isMax && rest > 0n ? down + 1n : down), 'timestamp');
}

/** Formats an instant; undefined outside the years 1 to 9999, which readers of the log cannot parse. */
function instantText(ms: number, type: 'date' | 'timestamp'): string | undefined {
  if (!(ms >= firstMs && ms <= lastMs)) return undefined;
  const text = new Date(ms).toISOString();
  return JSON.stringify(type === 'date' ? text.slice(0, text.indexOf('T')) : text);
}

/** Formats an unscaled decimal as a JSON number, digit by digit. */
export function decimalText(unscaled: bigint): string {
  const digits = (unscaled < 0n ? -unscaled : unscaled).toString().padStart(decimalScale + 1, '0');
  const sign = unscaled < 0n ? '-' : '';
  return `${sign}${digits.slice(0, -decimalScale)}.${digits.slice(-decimalScale)}`;
}
