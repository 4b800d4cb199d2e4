/** The bytes of one row in COPY's binary format. */
export interface RowBytes {
  readonly bytes: Buffer;
  readonly start: number;
  readonly end: number;
}

/** A parsed row: the start and size of each column's data; size -1 for null. */
export interface Tuple {
  readonly bytes: Buffer;
  readonly starts: readonly number[];
  readonly sizes: readonly number[];
}

const jsonbVersionBytes = 1;
const postgresEpochMs = Date.UTC(2000, 0, 1);
const trailer = -1;

/** Yields the rows in `bytes` from `start` to `end`, or to the end marker. */
export function* rowsIn(bytes: Buffer, start: number, end: number): Generator<RowBytes, void, void> {
  for (let at = start; at < end; ) {
    if (bytes.readInt16BE(at) === trailer) return;
    const rowEnd = endOfRow(bytes, at);
    yield { bytes, start: at, end: rowEnd };
    at = rowEnd;
  }
}

/** Returns the end of the row that begins at `start`; `start` itself at the end marker. */
export function endOfRow(bytes: Buffer, start: number): number {
  const count = bytes.readInt16BE(start);
  if (count === trailer) return start;
  let at = start + 2;
  for (let index = 0; index < count; index += 1) {
    const size = bytes.readInt32BE(at);
    at += size > 0 ? 4 + size : 4;
  }
  return at;
}

export function tupleOf(row: RowBytes): Tuple {
  const { bytes } = row;
  const starts: number[] = [];
  const sizes: number[] = [];
  for (let at = row.start + 2; at < row.end; ) {
    const size = bytes.readInt32BE(at);
    starts.push(at + 4);
    sizes.push(size);
    at += size > 0 ? 4 + size : 4;
  }
  return { bytes, starts, sizes };
}

export function isSameRow(a: RowBytes, b: RowBytes): boolean {
  return a.bytes.compare(b.bytes, b.start, b.end, a.start, a.end) === 0;
}

export function isSameField(a: Tuple, b: Tuple, column: number): boolean {
  const size = a.sizes[column] as number;
  if (size !== b.sizes[column]) return false;
  if (size <= 0) return true;
  const start = a.starts[column] as number;
  const other = b.starts[column] as number;
  if (size <= shortBytesMax) return isSameShort(a.bytes, start, b.bytes, other, size);
  return a.bytes.compare(b.bytes, other, other + size, start, start + size) === 0;
}

/** A call of the library's comparison costs more than comparing so few bytes one by one. */
const shortBytesMax = 16;

function isSameShort(a: Buffer, aStart: number, b: Buffer, bStart: number, size: number): boolean {
  for (let index = 0; index < size; index += 1) {
    if (a[aStart + index] !== b[bStart + index]) return false;
  }
  return true;
}

export function smallintIn(tuple: Tuple, column: number): number {
  return tuple.bytes.readInt16BE(tuple.starts[column] as number);
}

export function uuidIn(tuple: Tuple, column: number): string | null {
  const field = fieldIn(tuple, column);
  if (field === null) return null;
  const digits = field.toString('hex');
  return `${digits.slice(0, 8)}-${digits.slice(8, 12)}-${digits.slice(12, 16)}-${digits.slice(16, 20)}-${digits.slice(20)}`;
}

export function textIn(tuple: Tuple, column: number): string | null {
  return fieldIn(tuple, column)?.toString('utf8') ?? null;
}

export function booleanIn(tuple: Tuple, column: number): boolean | null {
  const field = fieldIn(tuple, column);
  return field === null ? null : field[0] === 1;
}

export function bigintIn(tuple: Tuple, column: number): number | null {
  const field = fieldIn(tuple, column);
  return field === null ? null : Number(field.readBigInt64BE(0));
}

/** Returns whole milliseconds since 1970. */
export function timeIn(tuple: Tuple, column: number): number | null {
  const microseconds = bigintIn(tuple, column);
  return microseconds === null ? null : Math.floor(microseconds / 1_000) + postgresEpochMs;
}

/** Returns parsed JSON; null for a null column (the loader stores no JSON null). */
export function jsonIn(tuple: Tuple, column: number): unknown {
  const field = fieldIn(tuple, column);
  return field === null ? null : JSON.parse(field.toString('utf8', jsonbVersionBytes));
}

function fieldIn(tuple: Tuple, column: number): Buffer | null {
  const size = tuple.sizes[column] as number;
  const start = tuple.starts[column] as number;
  return size === -1 ? null : tuple.bytes.subarray(start, start + size);
}
