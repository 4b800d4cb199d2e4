/** The values of one column of a row group, collected from `COPY … (format binary)`. */

/** Positions of the cells of some rows in `bytes`; the cell of a row and column is at `row * stride + column`. */
export interface Cells {
  readonly bytes: Buffer;
  readonly view: DataView;
  readonly starts: Int32Array;
  /** -1: null. */
  readonly sizes: Int32Array;
  readonly rows: number;
  readonly stride: number;
}

/** Longs, decimals (unscaled) and timestamps (microseconds) are bigints. */
export type Bound = number | bigint | string;

export interface Bounds {
  readonly min: Bound;
  readonly max: Bound;
}

export interface DictionaryPage {
  /** Distinct values, encoded as PLAIN, by their number. */
  readonly bytes: Buffer;
  readonly count: number;
  /** The number of each value. */
  readonly indexes: Int32Array;
}

/** Collects values; nulls are marked and not stored. */
export abstract class ColumnValues {
  /** Expected number of rows; more may follow. */
  protected readonly capacity: number;
  #defined: Uint8Array;
  #rows = 0;
  /** Values that are not null. */
  count = 0;

  constructor(capacity: number) {
    this.capacity = capacity;
    this.#defined = new Uint8Array(capacity);
  }

  get rows(): number {
    return this.#rows;
  }

  get nulls(): number {
    return this.#rows - this.count;
  }

  /** Returns one for each row with a value, else zero. */
  defined(): Uint8Array {
    return this.#defined.subarray(0, this.#rows);
  }

  /** Adds column `index` of all rows of `cells`. */
  add(cells: Cells, index: number): void {
    const { starts, sizes, rows, stride } = cells;
    this.#reserve(rows);
    for (let cell = index; cell < rows * stride; cell += stride) {
      const size = sizes[cell] as number;
      const isDefined = size >= 0;
      this.#defined[this.#rows] = isDefined ? 1 : 0;
      this.#rows += 1;
      if (!isDefined) continue;
      this.put(cells, starts[cell] as number, size);
      this.count += 1;
    }
  }

  #reserve(rows: number): void {
    if (this.#rows + rows <= this.#defined.length) return;
    const larger = new Uint8Array(Math.max(this.#defined.length * 2, this.#rows + rows));
    larger.set(this.defined());
    this.#defined = larger;
  }

  /** Adds one value; `count` is its position. */
  protected abstract put(cells: Cells, at: number, size: number): void;

  /** Returns all values, encoded as PLAIN. */
  abstract plain(): Buffer;

  /** Undefined where most values differ. */
  abstract dictionary(): DictionaryPage | undefined;

  /** Undefined where there are no values, or no bounds that are exact. */
  abstract bounds(): Bounds | undefined;
}

/** Returns a typed array of twice the size with the same content. */
export function doubled<T extends Int32Array | Float64Array>(array: T): T {
  const larger = new (array.constructor as new (length: number) => T)(array.length * 2);
  larger.set(array);
  return larger;
}
