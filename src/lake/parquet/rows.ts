import type { LakeColumn, LakeType } from '../../model/lake.js';

/** A value as the Parquet writer takes it: longs, decimals (unscaled) and timestamps (microseconds) as bigint. */
export type Cell = null | boolean | number | bigint | string;

const signatureBytes = 11;
const flagBytes = 4;
const extensionBytes = 4;
const trailer = -1;
const postgresEpochMicroseconds = 946_684_800_000_000n;
const postgresEpochDays = 10_957;

type Reader = (bytes: Buffer, at: number, size: number) => Cell;

const readers: Readonly<Record<LakeType, Reader>> = {
  string: (bytes, at, size) => bytes.toString('utf8', at, at + size),
  integer: (bytes, at) => bytes.readInt32BE(at),
  long: (bytes, at) => bytes.readBigInt64BE(at),
  decimal: (bytes, at) => bytes.readBigInt64BE(at),
  double: (bytes, at) => bytes.readDoubleBE(at),
  boolean: (bytes, at) => bytes[at] === 1,
  date: (bytes, at) => bytes.readInt32BE(at) + postgresEpochDays,
  timestamp: (bytes, at) => bytes.readBigInt64BE(at) + postgresEpochMicroseconds,
};

/**
 * Takes the bytes of `COPY … (format binary)` apart into columns, as they arrive. `take` returns what has been collected, so that no more
 * than a row group is in memory.
 */
export class RowReader {
  readonly #readers: readonly Reader[];
  #columns: Cell[][];
  #rest: Buffer = Buffer.alloc(0);
  #isBegun = false;
  #isEnded = false;
  #rows = 0;

  constructor(columns: readonly LakeColumn[]) {
    this.#readers = columns.map(({ type }) => readers[type]);
    this.#columns = columns.map(() => []);
  }

  get rows(): number {
    return this.#rows;
  }

  add(chunk: Buffer): void {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    let at = this.#isBegun ? 0 : this.#headerEnd(bytes);
    for (let end = this.#rowEnd(bytes, at); end > at; end = this.#rowEnd(bytes, at)) {
      this.#addRow(bytes, at);
      at = end;
    }
    this.#rest = bytes.subarray(at);
  }

  /** Throws where the stream broke off. */
  end(): void {
    if (!this.#isEnded) throw new Error('The rows from Postgres broke off before their end.');
  }

  take(): Cell[][] {
    const columns = this.#columns;
    this.#columns = columns.map(() => []);
    this.#rows = 0;
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

  /** `at` itself where the row is not whole yet, or where there is none any more. */
  #rowEnd(bytes: Buffer, at: number): number {
    if (!this.#isBegun || this.#isEnded || bytes.length < at + 2) return at;
    const count = bytes.readInt16BE(at);
    if (count === trailer) {
      this.#isEnded = true;
      return at;
    }
    if (count !== this.#readers.length)
      throw new Error(`A row from Postgres has ${count} columns of ${this.#readers.length}.`);
    let end = at + 2;
    for (let index = 0; index < count; index += 1) {
      if (bytes.length < end + 4) return at;
      const size = bytes.readInt32BE(end);
      end += size > 0 ? 4 + size : 4;
    }
    return end <= bytes.length ? end : at;
  }

  #addRow(bytes: Buffer, start: number): void {
    let at = start + 2;
    for (let index = 0; index < this.#readers.length; index += 1) {
      const size = bytes.readInt32BE(at);
      at += 4;
      const column = this.#columns[index] as Cell[];
      if (size === -1) column.push(null);
      else {
        column.push((this.#readers[index] as Reader)(bytes, at, size));
        at += size;
      }
    }
    this.#rows += 1;
  }
}
