/**
 * Values that repeat at least this often are written once with their count; others are packed in
 * groups of this size.
 */
const groupSize = 8;
const varIntBytesMax = 5;
const valueBytesMax = 4;
const byteMask = 0xff;
const moreFlag = 0x80;
const lowBits = 0x7f;

/** Returns the number of bits for values up to `max`. */
export const bitWidthOf = (max: number): number => (max <= 0 ? 0 : 32 - Math.clz32(max));

/**
 * Encodes small whole numbers as Parquet's hybrid of run lengths and bit packing ("Run Length Encoding / Bit-Packing Hybrid"), without a
 * length before it. `bitWidth` is 24 at most.
 */
export function encodeRuns(values: ArrayLike<number>, count: number, bitWidth: number): Buffer {
  const groups = Math.ceil(count / groupSize) + 1;
  const out = new RunWriter(groups * (bitWidth + varIntBytesMax + valueBytesMax), values, count, bitWidth);
  let packedFrom = 0;
  let at = 0;
  while (at < count) {
    const length = runLength(values, at, count);
    if (length >= groupSize) {
      out.pack(packedFrom, at);
      out.repeat(values[at] as number, length);
      at += length;
      packedFrom = at;
    } else at += groupSize;
  }
  out.pack(packedFrom, at);
  return out.bytes();
}

function runLength(values: ArrayLike<number>, from: number, count: number): number {
  const value = values[from];
  let end = from + 1;
  while (end < count && values[end] === value) end += 1;
  return end - from;
}

class RunWriter {
  readonly #out: Buffer;
  readonly #values: ArrayLike<number>;
  readonly #count: number;
  readonly #bitWidth: number;
  #at = 0;

  constructor(bytesMax: number, values: ArrayLike<number>, count: number, bitWidth: number) {
    this.#out = Buffer.allocUnsafe(bytesMax);
    this.#values = values;
    this.#count = count;
    this.#bitWidth = bitWidth;
  }

  bytes(): Buffer {
    return this.#out.subarray(0, this.#at);
  }

  repeat(value: number, length: number): void {
    this.#varInt(length * 2);
    for (let bits = 0; bits < this.#bitWidth; bits += 8) this.#byte((value >> bits) & byteMask);
  }

  /** Packs whole groups; values after the last one count as zero. */
  pack(from: number, to: number): void {
    if (to <= from) return;
    this.#varInt(((to - from) / groupSize) * 2 + 1);
    let [buffer, bits] = [0, 0];
    for (let index = from; index < to; index += 1) {
      const value = index < this.#count ? (this.#values[index] as number) : 0;
      buffer |= value << bits;
      bits += this.#bitWidth;
      while (bits >= 8) {
        this.#byte(buffer & byteMask);
        buffer >>>= 8;
        bits -= 8;
      }
    }
  }

  #varInt(value: number): void {
    let rest = value;
    for (; rest > lowBits; rest >>>= 7) this.#byte((rest & lowBits) | moreFlag);
    this.#byte(rest);
  }

  #byte(value: number): void {
    this.#out[this.#at] = value;
    this.#at += 1;
  }
}
