/**
 * Facts of one day in columns: measurements, and the owners (mostly sessions) whose dimensions they are grouped by. Columns of
 * numbers, because a large organisation has millions of measurements a day and an object for each would not fit into memory.
 */

/** A dimension's value from an instant on. Undefined takes it away again. */
export interface Change {
  readonly atMs: number;
  readonly dimension: string;
  readonly value: string | readonly string[] | undefined;
}

export interface Measurement {
  readonly name: string;
  /** The instant that decides in which bucket it counts. */
  readonly atMs: number;
  readonly value: number;
  /** Known from then on; with `atMs` where absent. */
  readonly knownMs?: number;
  /** Replaced by another measurement from then on. */
  readonly untilMs?: number;
}

/** Codes of absent values. */
const none = 0;
const noValues: readonly string[] = [];

/** Values of a dimension after its owner's beginning, in order. */
interface LaterCodes {
  readonly owners: Uint32Array;
  readonly atMs: Float64Array;
  readonly codes: Int32Array;
}

/** One dimension of all owners of a table, as codes into a dictionary of value lists. */
export class Column {
  readonly #values: readonly (readonly string[])[];
  readonly #first: Int32Array;
  readonly #later: LaterCodes;
  readonly #lastMs: number;
  #settled: Int32Array | undefined;

  constructor(values: readonly (readonly string[])[], first: Int32Array, later: LaterCodes) {
    this.#values = values;
    this.#first = first;
    this.#later = later;
    this.#lastMs = later.atMs.reduce((last, atMs) => Math.max(last, atMs), Number.NEGATIVE_INFINITY);
  }

  /** By owner, as known at the instant. */
  codesAt(nowMs: number): Int32Array {
    if (nowMs >= this.#lastMs && this.#settled !== undefined) return this.#settled;
    const { owners, atMs, codes: later } = this.#later;
    if (owners.length === 0) return this.#first;
    const codes = this.#first.slice();
    for (let n = 0; n < owners.length; n++)
      if ((atMs[n] as number) <= nowMs) codes[owners[n] as number] = later[n] as number;
    if (nowMs >= this.#lastMs) this.#settled = codes;
    return codes;
  }

  valuesOf(code: number): readonly string[] {
    return this.#values[code] ?? noValues;
  }
}

class ColumnBuilder {
  readonly #codes = new Map<string, number>();
  readonly #values: (readonly string[])[] = [noValues];
  readonly #first: number[] = [];
  readonly #laterOwners: number[] = [];
  readonly #laterMs: number[] = [];
  readonly #laterCodes: number[] = [];

  /** The owner's value from its beginning; owners are given in order. */
  begin(): void {
    this.#first.push(none);
  }

  set(owner: number, openedMs: number, change: Change): void {
    const code = this.#codeOf(change.value);
    if (change.atMs <= openedMs) {
      this.#first[owner] = code;
      return;
    }
    this.#laterOwners.push(owner);
    this.#laterMs.push(change.atMs);
    this.#laterCodes.push(code);
  }

  finish(): Column {
    return new Column(this.#values, Int32Array.from(this.#first), {
      owners: Uint32Array.from(this.#laterOwners),
      atMs: Float64Array.from(this.#laterMs),
      codes: Int32Array.from(this.#laterCodes),
    });
  }

  #codeOf(value: Change['value']): number {
    if (value === undefined) return none;
    const list = typeof value === 'string' ? [value] : value;
    if (list.length === 0) return none;
    const key = list.length === 1 ? (list[0] ?? '') : list.join('\u0000');
    let code = this.#codes.get(key);
    if (code === undefined) {
      code = this.#values.length;
      this.#values.push(list);
      this.#codes.set(key, code);
    }
    return code;
  }
}

/** Names of metrics are few and shared by all tables. */
const nameIds = new Map<string, number>();
const names: string[] = [];

export function nameIdOf(name: string): number {
  let id = nameIds.get(name);
  if (id === undefined) {
    id = names.length;
    names.push(name);
    nameIds.set(name, id);
  }
  return id;
}

export interface Rows {
  readonly nameIds: Uint16Array;
  readonly owners: Uint32Array;
  readonly atMs: Float64Array;
  readonly values: Float64Array;
}

/** Rows that are not valid permanently from their own instant on. */
export interface BoundedRows extends Rows {
  readonly knownMs: Float64Array;
  readonly untilMs: Float64Array;
}

export interface FactTable {
  readonly plain: Rows;
  readonly bounded: BoundedRows;
  readonly ownerCount: number;
  readonly rowCount: number;
  /** The instants of the first and the last measurement. */
  readonly firstMs: number;
  readonly lastMs: number;
  /** Undefined for dimensions that were not asked for when the table was made. */
  column(dimension: string): Column | undefined;
}

class RowList {
  readonly names: number[] = [];
  readonly owners: number[] = [];
  readonly atMs: number[] = [];
  readonly values: number[] = [];

  push(owner: number, measurement: Measurement): void {
    this.names.push(nameIdOf(measurement.name));
    this.owners.push(owner);
    this.atMs.push(measurement.atMs);
    this.values.push(measurement.value);
  }

  finish(): Rows {
    return {
      nameIds: Uint16Array.from(this.names),
      owners: Uint32Array.from(this.owners),
      atMs: Float64Array.from(this.atMs),
      values: Float64Array.from(this.values),
    };
  }
}

export class TableBuilder {
  readonly #columns = new Map<string, ColumnBuilder>();
  readonly #plain = new RowList();
  readonly #bounded = new RowList();
  readonly #knownMs: number[] = [];
  readonly #untilMs: number[] = [];
  #owners = 0;
  #firstMs = Number.POSITIVE_INFINITY;
  #lastMs = Number.NEGATIVE_INFINITY;

  constructor(dimensions: Iterable<string>) {
    for (const dimension of dimensions) this.#columns.set(dimension, new ColumnBuilder());
  }

  /** Changes come in order; a later one wins. An owner without measurements is not kept. */
  add(openedMs: number, changes: readonly (readonly Change[])[], measurements: readonly Measurement[]): void {
    if (measurements.length === 0) return;
    const owner = this.#owners++;
    for (const column of this.#columns.values()) column.begin();
    for (const list of changes) {
      for (const change of list) this.#columns.get(change.dimension)?.set(owner, openedMs, change);
    }
    for (const measurement of measurements) this.#measure(owner, measurement);
  }

  #measure(owner: number, measurement: Measurement): void {
    const { atMs, knownMs = atMs, untilMs = Number.POSITIVE_INFINITY } = measurement;
    if (atMs < this.#firstMs) this.#firstMs = atMs;
    if (atMs > this.#lastMs) this.#lastMs = atMs;
    if (knownMs === atMs && untilMs === Number.POSITIVE_INFINITY) {
      this.#plain.push(owner, measurement);
      return;
    }
    this.#bounded.push(owner, measurement);
    this.#knownMs.push(knownMs);
    this.#untilMs.push(untilMs);
  }

  finish(): FactTable {
    const plain = this.#plain.finish();
    const bounded = {
      ...this.#bounded.finish(),
      knownMs: Float64Array.from(this.#knownMs),
      untilMs: Float64Array.from(this.#untilMs),
    };
    // Of the builder nothing may be kept: its lists are several times larger than what they become.
    const columns = new Map([...this.#columns].map(([dimension, column]) => [dimension, column.finish()]));
    return {
      plain,
      bounded,
      ownerCount: this.#owners,
      rowCount: plain.atMs.length + bounded.atMs.length,
      firstMs: this.#firstMs,
      lastMs: this.#lastMs,
      column: (dimension) => columns.get(dimension),
    };
  }
}
