import { type Bounds, type Cells, ColumnValues, type DictionaryPage, doubled } from './column-values.js';
import { Dictionary } from './dictionary.js';

const wordValues = 4_294_967_296;
/** Maximum of the higher half of a 64-bit number that a double represents exactly. */
const highMax = 2_097_151;
const [integerMin, integerMax] = [-(2 ** 31), 2 ** 31 - 1];
const [longMin, longMax] = [-(2n ** 63n), 2n ** 63n - 1n];

type Encode = (values: ArrayLike<number>, count: number) => Buffer;

/** A column of numbers. Typed arrays have the machine's byte order; Parquet is little-endian. */
abstract class NumberValues extends ColumnValues {
  #values = new Float64Array(this.capacity);
  #distinct: Dictionary<number> | undefined = new Dictionary(this.capacity);

  protected keep(value: number): void {
    if (this.count === this.#values.length) this.#values = doubled(this.#values);
    this.#values[this.count] = value;
    if (this.#distinct?.add(value) === false) this.#distinct = undefined;
  }

  protected giveUpDictionary(): void {
    this.#distinct = undefined;
  }

  protected abstract readonly encode: Encode;

  plain(): Buffer {
    return this.encode(this.#values, this.count);
  }

  dictionary(): DictionaryPage | undefined {
    if (this.#distinct === undefined) return undefined;
    const keys = this.#distinct.keys();
    return { bytes: this.encode(keys, keys.length), count: keys.length, indexes: this.#distinct.indexes() };
  }

  /** Smallest and largest value; undefined without values, or with one that cannot be compared. */
  protected extremes(): { readonly min: number; readonly max: number } | undefined {
    const values = this.#distinct?.keys() ?? this.#values;
    const count = this.#distinct?.size ?? this.count;
    let [min, max] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (let index = 0; index < count; index += 1) {
      const value = values[index] as number;
      if (Number.isNaN(value)) return undefined;
      if (value < min) min = value;
      if (value > max) max = value;
    }
    return count === 0 ? undefined : { min, max };
  }

  bounds(): Bounds | undefined {
    return this.extremes();
  }
}

/** 32-bit numbers, and dates when shifted to days since 1970. */
export class IntegerValues extends NumberValues {
  readonly #shift: number;

  constructor(capacity: number, shift = 0) {
    super(capacity);
    this.#shift = shift;
  }

  protected put({ view }: Cells, at: number): void {
    // Infinite dates are the largest and the smallest number, which a shift would carry beyond 32 bits.
    this.keep(Math.min(integerMax, Math.max(integerMin, view.getInt32(at) + this.#shift)));
  }

  protected readonly encode: Encode = (values, count) => {
    const bytes = Buffer.allocUnsafe(count * 4);
    for (let index = 0; index < count; index += 1) bytes.writeInt32LE(values[index] as number, index * 4);
    return bytes;
  };
}

export class DoubleValues extends NumberValues {
  protected put({ view }: Cells, at: number): void {
    this.keep(view.getFloat64(at));
  }

  protected readonly encode: Encode = (values, count) => {
    const bytes = Buffer.allocUnsafe(count * 8);
    for (let index = 0; index < count; index += 1) bytes.writeDoubleLE(values[index] as number, index * 8);
    return bytes;
  };
}

/**
 * 64-bit numbers: longs, unscaled decimals, and timestamps when shifted to microseconds since 1970.
 * Nearly all fit into a number exactly; if others occur, they are kept separately, and the column
 * has neither dictionary nor bounds.
 */
export class LongValues extends NumberValues {
  readonly #shift: number;
  readonly #large = new Map<number, bigint>();

  constructor(capacity: number, shift = 0) {
    super(capacity);
    this.#shift = shift;
  }

  protected put({ view }: Cells, at: number): void {
    const high = view.getInt32(at);
    const value = high * wordValues + view.getUint32(at + 4) + this.#shift;
    if (high >= -highMax && high <= highMax && Number.isSafeInteger(value)) this.keep(value);
    else this.#keepLarge(view.getBigInt64(at));
  }

  #keepLarge(exact: bigint): void {
    // Infinities are kept.
    const isInfinite = exact === longMin || exact === longMax;
    this.#large.set(this.count, isInfinite ? exact : BigInt.asIntN(64, exact + BigInt(this.#shift)));
    this.keep(0);
    this.giveUpDictionary();
  }

  protected readonly encode: Encode = (values, count) => {
    const bytes = Buffer.allocUnsafe(count * 8);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    for (let index = 0; index < count; index += 1) {
      const value = values[index] as number;
      const high = Math.floor(value / wordValues);
      view.setUint32(index * 8, value - high * wordValues, true);
      view.setInt32(index * 8 + 4, high, true);
    }
    for (const [index, value] of this.#large) view.setBigInt64(index * 8, value, true);
    return bytes;
  };

  override bounds(): Bounds | undefined {
    const found = this.#large.size > 0 ? undefined : this.extremes();
    return found && { min: BigInt(found.min), max: BigInt(found.max) };
  }
}

export class BooleanValues extends ColumnValues {
  #values = new Int32Array(this.capacity);

  protected put({ bytes }: Cells, at: number): void {
    if (this.count === this.#values.length) this.#values = doubled(this.#values);
    this.#values[this.count] = bytes[at] === 1 ? 1 : 0;
  }

  /** Encodes one bit per value, the lowest bit first. */
  plain(): Buffer {
    const bytes = Buffer.alloc(Math.ceil(this.count / 8));
    for (let index = 0; index < this.count; index += 1)
      if (this.#values[index] === 1) bytes[index >> 3] = (bytes[index >> 3] as number) | (1 << (index & 7));
    return bytes;
  }

  dictionary(): undefined {
    return undefined;
  }

  bounds(): undefined {
    return undefined;
  }
}
