import { copyHeader } from './copy-binary.js';

/** One row in COPY's binary format: where the data of each column begins, and its size, -1 for null. */
export interface Tuple {
  readonly bytes: Buffer;
  readonly starts: readonly number[];
  readonly sizes: readonly number[];
  /** Where the next row begins. */
  readonly end: number;
}

const jsonbVersionBytes = 1;

/** The rows in `bytes` from `start` to `end`. */
export function* tuplesIn(bytes: Buffer, start: number, end: number): Generator<Tuple, void, void> {
  for (let at = start; at < end; ) {
    const tuple = tupleAt(bytes, at);
    if (tuple === undefined) return;
    yield tuple;
    at = tuple.end;
  }
}

/** The rows of a whole `copy … to stdout (format binary)`. */
export function tuplesOf(bytes: Buffer): Generator<Tuple, void, void> {
  return tuplesIn(bytes, copyHeader.length, bytes.length);
}

function tupleAt(bytes: Buffer, start: number): Tuple | undefined {
  const count = bytes.readInt16BE(start);
  // The trailer.
  if (count === -1) return undefined;
  const starts = new Array<number>(count);
  const sizes = new Array<number>(count);
  let at = start + 2;
  for (let index = 0; index < count; index += 1) {
    const size = bytes.readInt32BE(at);
    at += 4;
    starts[index] = at;
    sizes[index] = size;
    if (size > 0) at += size;
  }
  return { bytes, starts, sizes, end: at };
}

export function isSameField(a: Tuple, b: Tuple, column: number): boolean {
  const size = a.sizes[column] as number;
  if (size !== b.sizes[column]) return false;
  if (size <= 0) return true;
  const start = a.starts[column] as number;
  const other = b.starts[column] as number;
  return a.bytes.compare(b.bytes, other, other + size, start, start + size) === 0;
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

/** Parsed; null for a null column (the loader stores no JSON null). */
export function jsonIn(tuple: Tuple, column: number): unknown {
  const field = fieldIn(tuple, column);
  return field === null ? null : JSON.parse(field.toString('utf8', jsonbVersionBytes));
}

function fieldIn(tuple: Tuple, column: number): Buffer | null {
  const size = tuple.sizes[column] as number;
  const start = tuple.starts[column] as number;
  return size === -1 ? null : tuple.bytes.subarray(start, start + size);
}
