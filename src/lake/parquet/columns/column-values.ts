/** The values of one column of a row group, as they are gathered from `COPY … (format binary)`. */

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
  readonly indexes: readonly number[];
}

/** Nulls are marked and not stored. Plain arrays are used: typed ones, of which a small file needs a hundred, keep the collector busy. */
export abstract class ColumnValues {
  readonly #defined: number[] = [];
  /** Values that are not null. */
  count = 0;

  get rows(): number {
    return this.#defined.length;
  }

  get nulls(): number {
    return this.rows - this.count;
  }

  /** One for each row that has a value, else zero. */
  defined(): readonly number[] {
    return this.#defined;
  }

  /** Adds column `index` of all rows of `cells`. */
  add(cells: Cells, index: number): void {
    const { starts, sizes, rows, stride } = cells;
    for (let cell = index; cell < rows * stride; cell += stride) {
      const size = sizes[cell] as number;
      const isDefined = size >= 0;
      this.#defined.push(isDefined ? 1 : 0);
      if (!isDefined) continue;
      this.put(cells, starts[cell] as number, size);
      this.count += 1;
    }
  }

  /** Adds one value; `count` is its position. */
  protected abstract put(cells: Cells, at: number, size: number): void;

  /** All values, encoded as PLAIN. */
  abstract plain(): Buffer;

  /** Undefined where most values differ. */
  abstract dictionary(): DictionaryPage | undefined;

  /** Undefined where there are no values, or no bounds that are exact. */
  abstract bounds(): Bounds | undefined;
}
