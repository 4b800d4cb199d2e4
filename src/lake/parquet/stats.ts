import { dayMs } from '../../lib/interval.js';
import { decimalScale, type LakeColumn, type LakeType } from '../../model/lake.js';
import type { Cell } from './rows.js';

/** Limits texts in statistics: longer ones do not help a reader to skip files, and make the log longer. */
const textCharactersMax = 64;
const exactMax = BigInt(Number.MAX_SAFE_INTEGER);
const microsecondsPerMs = 1_000n;

interface ColumnStats {
  min: Cell;
  max: Cell;
  nulls: number;
  /** False once a value came of which no bound is given. */
  isBounded: boolean;
}

/** Gathers what readers skip files by: row count, nulls, smallest and largest value of each column. */
export class StatsCollector {
  readonly #columns: readonly LakeColumn[];
  readonly #stats: readonly ColumnStats[];
  #rows = 0;

  constructor(columns: readonly LakeColumn[]) {
    this.#columns = columns;
    this.#stats = columns.map(({ type }) => ({ min: null, max: null, nulls: 0, isBounded: type !== 'boolean' }));
  }

  get rows(): number {
    return this.#rows;
  }

  add(columns: readonly (readonly Cell[])[]): void {
    this.#rows += columns[0]?.length ?? 0;
    columns.forEach((cells, index) => {
      addCells(this.#stats[index] as ColumnStats, cells);
    });
  }

  /** The JSON of an `add` action. */
  text(): string {
    const minimums: string[] = [];
    const maximums: string[] = [];
    const nulls: string[] = [];
    this.#columns.forEach(({ name, type }, index) => {
      const stats = this.#stats[index] as ColumnStats;
      nulls.push(`${JSON.stringify(name)}:${stats.nulls}`);
      if (!stats.isBounded || stats.min === null || stats.max === null) return;
      const [min, max] = [boundText(type, stats.min, false), boundText(type, stats.max, true)];
      if (min === undefined || max === undefined) return;
      minimums.push(`${JSON.stringify(name)}:${min}`);
      maximums.push(`${JSON.stringify(name)}:${max}`);
    });
    return `{"numRecords":${this.#rows},"minValues":{${minimums}},"maxValues":{${maximums}},"nullCount":{${nulls}}}`;
  }
}

function addCells(stats: ColumnStats, cells: readonly Cell[]): void {
  let { min, max, nulls } = stats;
  for (const cell of cells) {
    if (cell === null) nulls += 1;
    else if (min === null || max === null) min = max = cell;
    else if (cell < min) min = cell;
    else if (cell > max) max = cell;
  }
  stats.nulls = nulls;
  if (!stats.isBounded) return;
  stats.min = min;
  stats.max = max;
  // JavaScript orders texts by their UTF-16 units, readers by their bytes: the same only for ASCII.
  if (typeof min === 'string') stats.isBounded = cells.every((cell) => cell === null || isPlainText(cell as string));
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: the whole of ASCII is meant.
const plainText = /^[\x00-\x7f]*$/;
const isPlainText = (text: string): boolean => text.length <= textCharactersMax && plainText.test(text);

/** JSON of a bound; undefined where there is none that is exact or on the safe side. */
function boundText(type: LakeType, value: Cell, isMax: boolean): string | undefined {
  if (type === 'string') return JSON.stringify(value);
  if (type === 'date') return JSON.stringify(new Date((value as number) * dayMs).toISOString().slice(0, 10));
  if (type === 'timestamp') return timestampText(value as bigint, isMax);
  if (type === 'decimal') return isExact(value as bigint) ? decimalText(value as bigint) : undefined;
  if (type === 'long') return isExact(value as bigint) ? String(value) : undefined;
  return Number.isFinite(value) ? String(value) : undefined;
}

const isExact = (value: bigint): boolean => value <= exactMax && value >= -exactMax;

/** Bounds are cut to milliseconds, which must not cut off a value: the maximum is rounded up. */
function timestampText(microseconds: bigint, isMax: boolean): string | undefined {
  const rest = ((microseconds % microsecondsPerMs) + microsecondsPerMs) % microsecondsPerMs;
  const down = (microseconds - rest) / microsecondsPerMs;
  const ms = Number(isMax && rest > 0n ? down + 1n : down);
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? undefined : JSON.stringify(date.toISOString());
}

/** An unscaled decimal as a JSON number, digit by digit. */
export function decimalText(unscaled: bigint): string {
  const digits = (unscaled < 0n ? -unscaled : unscaled).toString().padStart(decimalScale + 1, '0');
  const sign = unscaled < 0n ? '-' : '';
  return `${sign}${digits.slice(0, -decimalScale)}.${digits.slice(-decimalScale)}`;
}
