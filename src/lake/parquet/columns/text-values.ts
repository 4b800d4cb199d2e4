import { type Bounds, type Cells, ColumnValues, type DictionaryPage } from './column-values.js';
import { Dictionary } from './dictionary.js';

const bytesMin = 16_384;
/** A little more than expected, so that the bytes are rarely moved. */
const spareShare = 1.1;
const lengthBytes = 4;
/** Up to this many bytes a loop is faster than a call. */
const loopBytesMax = 64;

/**
 * Texts as bytes. A dictionary has them as keys with one character per byte (latin1), which are
 * never shown: so bytes are compared and written unchanged, and texts are ordered by bytes, as
 * readers expect.
 */
export class TextValues extends ColumnValues {
  #distinct: Dictionary<string> | undefined = new Dictionary(this.capacity);
  /** Encoded values; used when the dictionary was abandoned. */
  #bytes = Buffer.allocUnsafe(0);
  #length = 0;
  #last = '';

  protected put({ bytes }: Cells, at: number, size: number): void {
    if (this.#distinct === undefined) this.#write(bytes, at, size);
    else this.#number(this.#distinct, bytes, at, size);
  }

  #number(distinct: Dictionary<string>, bytes: Buffer, at: number, size: number): void {
    const isLast = this.count > 0 && isEqual(this.#last, bytes, at, size);
    if (!isLast) this.#last = bytes.toString('latin1', at, at + size);
    const isKept = isLast ? distinct.repeat() : distinct.add(this.#last);
    if (!isKept) this.#giveUp(distinct);
  }

  #giveUp(distinct: Dictionary<string>): void {
    const encoded = distinct.keys().map(encodeText);
    const indexes = distinct.indexes();
    const size = indexes.reduce((total, index) => total + (encoded[index] as Buffer).length, 0);
    const expected = (size / Math.max(1, indexes.length)) * this.capacity * spareShare;
    this.#bytes = Buffer.allocUnsafe(Math.max(bytesMin, size, Math.ceil(expected)));
    for (const index of indexes) {
      const text = encoded[index] as Buffer;
      text.copy(this.#bytes, this.#length);
      this.#length += text.length;
    }
    this.#distinct = undefined;
  }

  #write(bytes: Buffer, from: number, size: number): void {
    this.#reserve(lengthBytes + size);
    const target = this.#bytes;
    const start = target.writeUInt32LE(size, this.#length);
    if (size > loopBytesMax) bytes.copy(target, start, from, from + size);
    else for (let at = 0; at < size; at += 1) target[start + at] = bytes[from + at] as number;
    this.#length = start + size;
  }

  #reserve(size: number): void {
    if (this.#length + size <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#length + size));
    this.#bytes.copy(larger, 0, 0, this.#length);
    this.#bytes = larger;
  }

  plain(): Buffer {
    if (this.#distinct !== undefined) this.#giveUp(this.#distinct);
    return this.#bytes.subarray(0, this.#length);
  }

  dictionary(): DictionaryPage | undefined {
    if (this.#distinct === undefined) return undefined;
    const bytes = Buffer.concat(this.#distinct.keys().map(encodeText));
    return { bytes, count: this.#distinct.size, indexes: this.#distinct.indexes() };
  }

  bounds(): Bounds | undefined {
    if (this.count === 0) return undefined;
    const { min, max } = this.#distinct === undefined ? extremes(this.plain()) : extremesOf(this.#distinct.keys());
    return { min: Buffer.from(min, 'latin1').toString(), max: Buffer.from(max, 'latin1').toString() };
  }
}

function isEqual(text: string, bytes: Buffer, from: number, size: number): boolean {
  if (text.length !== size) return false;
  for (let at = 0; at < size; at += 1) if (text.charCodeAt(at) !== bytes[from + at]) return false;
  return true;
}

function encodeText(text: string): Buffer {
  const bytes = Buffer.allocUnsafe(lengthBytes + text.length);
  bytes.writeUInt32LE(text.length, 0);
  bytes.write(text, lengthBytes, 'latin1');
  return bytes;
}

interface Extremes {
  readonly min: string;
  readonly max: string;
}

function extremesOf(texts: readonly string[]): Extremes {
  let [min = '', max = ''] = [texts[0], texts[0]];
  for (const text of texts) {
    if (text < min) min = text;
    if (text > max) max = text;
  }
  return { min, max };
}

/** Compares encoded texts by their bytes. */
function extremes(bytes: Buffer): Extremes {
  let [min, max] = [0, 0];
  for (let at = 0; at < bytes.length; at += lengthBytes + bytes.readUInt32LE(at)) {
    if (compare(bytes, at, min) < 0) min = at;
    else if (compare(bytes, at, max) > 0) max = at;
  }
  return { min: textAt(bytes, min), max: textAt(bytes, max) };
}

function compare(bytes: Buffer, a: number, b: number): number {
  const [aSize, bSize] = [bytes.readUInt32LE(a), bytes.readUInt32LE(b)];
  const common = Math.min(aSize, bSize);
  for (let at = lengthBytes; at < lengthBytes + common; at += 1) {
    const difference = (bytes[a + at] as number) - (bytes[b + at] as number);
    if (difference !== 0) return difference;
  }
  return aSize - bSize;
}

function textAt(bytes: Buffer, at: number): string {
  const start = at + lengthBytes;
  return bytes.toString('latin1', start, start + bytes.readUInt32LE(at));
}
