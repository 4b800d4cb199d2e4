import type { LakeColumn } from '../../model/lake.js';
import type { ColumnValues } from './columns/column-values.js';
import { valuesOf } from './columns/values-of.js';

const signatureBytes = 11;
const flagBytes = 4;
const extensionBytes = 4;
const countBytes = 2;
const sizeBytes = 4;
const trailer = -1;
const cellsInitially = 4_096;
const rowsInitially = 256;

/**
 * Parses the bytes of `COPY … (format binary)` into columns as they arrive. `take` returns the
 * collected values, so that at most one row group is in memory.
 */
export class RowReader {
  readonly #types: readonly LakeColumn['type'][];
  #columns: ColumnValues[];
  #starts = new Int32Array(cellsInitially);
  #sizes = new Int32Array(cellsInitially);
  #rest: Buffer = Buffer.alloc(0);
  #isBegun = false;
  #isEnded = false;
  #bytes = 0;

  constructor(columns: readonly LakeColumn[]) {
    this.#types = columns.map(({ type }) => type);
    this.#columns = this.#types.map((type) => valuesOf(type, rowsInitially));
  }

  get rows(): number {
    return this.#columns[0]?.rows ?? 0;
  }

  /** Bytes of the collected rows. */
  get bytes(): number {
    return this.#bytes;
  }

  add(chunk: Buffer): void {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const begin = this.#isBegun ? 0 : this.#headerEnd(bytes);
    const { rows, end } = this.#locate(view, begin);
    const cells = { bytes, view, starts: this.#starts, sizes: this.#sizes, rows, stride: this.#types.length };
    for (let index = 0; index < this.#columns.length; index += 1)
      (this.#columns[index] as ColumnValues).add(cells, index);
    this.#bytes += end - begin;
    this.#rest = bytes.subarray(end);
  }

  /** Throws if the stream ended prematurely. */
  end(): void {
    if (!this.#isEnded) throw new Error('The rows from Postgres ended prematurely.');
  }

  take(): ColumnValues[] {
    const columns = this.#columns;
    // The next row group has about as many rows; growing arrays would leave garbage.
    const capacity = Math.max(rowsInitially, this.rows);
    this.#columns = this.#types.map((type) => valuesOf(type, capacity));
    this.#bytes = 0;
    return columns;
  }

  #headerEnd(bytes: Buffer): number {
    const fixed = signatureBytes + flagBytes + extensionBytes;
    if (bytes.length < fixed) return 0;
    const end = fixed + bytes.readInt32BE(signatureBytes + flagBytes);
    if (bytes.length < end) return 0;
    this.#isBegun = true;
    return end;
  }

  /** Locates the cells of complete rows, and the end of the last one. */
  #locate(view: DataView, begin: number): { rows: number; end: number } {
    let [rows, end] = [0, begin];
    while (this.#isBegun && !this.#isEnded) {
      const next = this.#locateRow(view, end, rows * this.#types.length);
      if (next === end) break;
      end = next;
      rows += 1;
    }
    return { rows, end };
  }

  /** Locates one row. Returns `at` itself if the row is incomplete or there are no more rows. */
  #locateRow(view: DataView, at: number, firstCell: number): number {
    const { byteLength } = view;
    if (byteLength < at + countBytes) return at;
    const count = view.getInt16(at);
    if (count === trailer) {
      this.#isEnded = true;
      return at;
    }
    if (count !== this.#types.length)
      throw new Error(`A row from Postgres has ${count} columns of ${this.#types.length}.`);
    if (firstCell + count > this.#starts.length) this.#enlarge();
    let end = at + countBytes;
    for (let cell = firstCell; cell < firstCell + count; cell += 1) {
      if (byteLength < end + sizeBytes) return at;
      const size = view.getInt32(end);
      end += sizeBytes;
      this.#starts[cell] = end;
      this.#sizes[cell] = size;
      if (size > 0) end += size;
    }
    return end <= byteLength ? end : at;
  }

  #enlarge(): void {
    const larger = (array: Int32Array) => {
      const copy = new Int32Array(array.length * 2 + this.#types.length);
      copy.set(array);
      return copy;
    };
    this.#starts = larger(this.#starts);
    this.#sizes = larger(this.#sizes);
  }
}
