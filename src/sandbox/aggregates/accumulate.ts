import type { SpanMs } from '../server/intervals.js';
import { type Column, type FactTable, nameIdOf, type Rows } from './fact-table.js';

/** Values to sum: those of some metrics, optionally only within bounds. */
export interface Series {
  readonly sources: readonly string[];
  readonly gte: number;
  readonly lt: number;
}

export interface Sum {
  count: number;
  sum: number;
  min: number;
  max: number;
}

export type Lookup = (dimension: string) => readonly string[];

export interface Plan {
  /** In order, without gap. */
  readonly buckets: readonly SpanMs[];
  readonly series: readonly Series[];
  readonly groupBy: readonly string[];
  readonly isFlattened: boolean;
  matches(lookup: Lookup): boolean;
  /** Named by the filter; beside `groupBy` all that is asked of a table. */
  readonly filterDimensions: readonly string[];
  readonly nowMs: number;
  /** Groups times intervals; more is refused by `onLimit`. */
  readonly cellsMax: number;
  onLimit(): never;
  /** A label of the owners that go into the series at `position`; a cell remembers whether all of them had the same. */
  readonly label?: { readonly dimensions: readonly string[]; readonly position: number; of(lookup: Lookup): number };
}

/** One group in one bucket. */
export interface Cell {
  /** Values in the order of `groupBy`; undefined where there is none. */
  readonly group: readonly (string | undefined)[];
  readonly bucket: number;
  /** In the order of `series`; absent where nothing was measured. */
  readonly sums: (Sum | undefined)[];
  /** Not a number once owners with different labels have met. */
  label: number | undefined;
}

const noGroups: readonly number[] = [];

/** Sums up measurements by group and bucket. Tables are given one after the other, so that not all need be in memory at once. */
export class Accumulator {
  readonly #plan: Plan;
  readonly #groups: (readonly (string | undefined)[])[] = [];
  readonly #groupIds = new Map<string, number>();
  readonly #cells = new Map<number, Cell>();
  /** By id of a metric's name: positions of the series it goes into. */
  readonly #seriesOf: (readonly number[] | undefined)[] = [];
  readonly #bucketOf: (atMs: number) => number;

  constructor(plan: Plan) {
    this.#plan = plan;
    this.#bucketOf = bucketFinder(plan.buckets);
    plan.series.forEach(({ sources }, position) => {
      for (const source of sources) {
        const id = nameIdOf(source);
        this.#seriesOf[id] = [...(this.#seriesOf[id] ?? []), position];
      }
    });
  }

  get cells(): Iterable<Cell> {
    return this.#cells.values();
  }

  add(table: FactTable): void {
    const owners = new Owners(table, this.#plan, (group) => this.#groupId(group));
    const { nowMs } = this.#plan;
    this.#addRows(table.plain, owners, (row) => (table.plain.atMs[row] ?? 0) <= nowMs);
    const { knownMs, untilMs } = table.bounded;
    this.#addRows(table.bounded, owners, (row) => (knownMs[row] ?? 0) <= nowMs && nowMs < (untilMs[row] ?? 0));
  }

  #addRows(rows: Rows, owners: Owners, isValid: (row: number) => boolean): void {
    const { nameIds, atMs } = rows;
    for (let row = 0; row < nameIds.length; row++) {
      const series = this.#seriesOf[nameIds[row] ?? 0];
      if (series === undefined || !isValid(row)) continue;
      const bucket = this.#bucketOf(atMs[row] ?? 0);
      if (bucket < 0) continue;
      const owner = rows.owners[row] ?? 0;
      for (const group of owners.groupsOf(owner))
        this.#addValue(group, bucket, series, rows.values[row] ?? 0, owner, owners);
    }
  }

  #addValue(
    group: number,
    bucket: number,
    series: readonly number[],
    value: number,
    owner: number,
    owners: Owners,
  ): void {
    for (const position of series) {
      const { gte, lt } = this.#plan.series[position] as Series;
      if (value < gte || value >= lt) continue;
      const cell = this.#cell(group, bucket);
      addTo(cell.sums, position, value);
      if (position !== this.#plan.label?.position) continue;
      const label = owners.labelOf(owner);
      cell.label = cell.label === undefined || cell.label === label ? label : Number.NaN;
    }
  }

  #cell(group: number, bucket: number): Cell {
    const key = group * this.#plan.buckets.length + bucket;
    let cell = this.#cells.get(key);
    if (cell === undefined) {
      if (this.#cells.size >= this.#plan.cellsMax) this.#plan.onLimit();
      cell = { group: this.#groups[group] ?? [], bucket, sums: [], label: undefined };
      this.#cells.set(key, cell);
    }
    return cell;
  }

  #groupId(values: readonly (string | undefined)[]): number {
    const key = values.map((value) => (value === undefined ? '-' : `+${value}`)).join('\u0000');
    let id = this.#groupIds.get(key);
    if (id === undefined) {
      id = this.#groups.length;
      this.#groups.push(values);
      this.#groupIds.set(key, id);
    }
    return id;
  }
}

function addTo(sums: (Sum | undefined)[], position: number, value: number): void {
  const sum = sums[position];
  if (sum === undefined) {
    sums[position] = { count: 1, sum: value, min: value, max: value };
    return;
  }
  sum.count += 1;
  sum.sum += value;
  if (value < sum.min) sum.min = value;
  if (value > sum.max) sum.max = value;
}

/** The groups that owners of one table belong to, found out for those that have something to count. */
class Owners {
  readonly #plan: Plan;
  readonly #columns: readonly (Column | undefined)[];
  readonly #codes: readonly (Int32Array | undefined)[];
  readonly #other: ReadonlyMap<string, { readonly column: Column; readonly codes: Int32Array }>;
  readonly #groups: (readonly number[] | undefined)[];
  readonly #labels: (number | undefined)[];
  /** Owners with equal codes are in the same groups. */
  readonly #byCodes = new Map<string, readonly number[]>();
  readonly #groupId: (group: readonly (string | undefined)[]) => number;

  constructor(table: FactTable, plan: Plan, groupId: (group: readonly (string | undefined)[]) => number) {
    this.#plan = plan;
    this.#groupId = groupId;
    this.#columns = plan.groupBy.map((dimension) => table.column(dimension));
    this.#codes = this.#columns.map((column) => column?.codesAt(plan.nowMs));
    const asked = [...plan.filterDimensions, ...(plan.label?.dimensions ?? [])];
    this.#other = new Map(
      asked.flatMap((dimension) => {
        const column = table.column(dimension);
        return column === undefined ? [] : [[dimension, { column, codes: column.codesAt(plan.nowMs) }] as const];
      }),
    );
    this.#groups = new Array(table.ownerCount);
    this.#labels = new Array(table.ownerCount);
  }

  groupsOf(owner: number): readonly number[] {
    let groups = this.#groups[owner];
    if (groups === undefined) {
      groups = this.#plan.matches(this.#lookup(owner)) ? this.#matchingGroups(owner) : noGroups;
      this.#groups[owner] = groups;
    }
    return groups;
  }

  labelOf(owner: number): number {
    let label = this.#labels[owner];
    if (label === undefined) {
      label = this.#plan.label?.of(this.#lookup(owner)) ?? 0;
      this.#labels[owner] = label;
    }
    return label;
  }

  #lookup(owner: number): Lookup {
    return (dimension) => {
      const other = this.#other.get(dimension);
      return other === undefined ? [] : other.column.valuesOf(other.codes[owner] ?? 0);
    };
  }

  #matchingGroups(owner: number): readonly number[] {
    const key = this.#codes.map((codes) => codes?.[owner] ?? 0).join(',');
    let groups = this.#byCodes.get(key);
    if (groups === undefined) {
      const lists = this.#columns.map(
        (column, position) => column?.valuesOf(this.#codes[position]?.[owner] ?? 0) ?? [],
      );
      groups = combinations(lists, this.#plan.isFlattened).map((group) => this.#groupId(group));
      this.#byCodes.set(key, groups);
    }
    return groups;
  }
}

/** An event with several values of a dimension belongs to a group for each, unless they are to be written as one. */
function combinations(lists: readonly (readonly string[])[], isFlattened: boolean): (string | undefined)[][] {
  let found: (string | undefined)[][] = [[]];
  for (const list of lists) {
    const values = list.length === 0 ? [undefined] : isFlattened ? [[...list].sort().join(',')] : [...new Set(list)];
    found = found.flatMap((group) => values.map((value) => [...group, value]));
  }
  return found;
}

/** Half-open: what falls on a border belongs to the later bucket; what lies outside all gives -1. */
export function bucketFinder(buckets: readonly SpanMs[]): (atMs: number) => number {
  const first = buckets[0];
  const last = buckets.at(-1);
  if (first === undefined || last === undefined) return () => -1;
  const stepMs = first.toMs - first.fromMs;
  const isEven = buckets.every(({ fromMs }, n) => fromMs === first.fromMs + n * stepMs);
  const starts = Float64Array.from(buckets, ({ fromMs }) => fromMs);
  return (atMs) => {
    if (atMs < first.fromMs || atMs >= last.toMs) return -1;
    return isEven ? Math.floor((atMs - first.fromMs) / stepMs) : lastAtOrBefore(starts, atMs);
  };
}

function lastAtOrBefore(starts: Float64Array, atMs: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] ?? 0) <= atMs) low = middle;
    else high = middle - 1;
  }
  return low;
}
