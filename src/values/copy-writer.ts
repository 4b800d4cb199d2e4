import { Buffer } from 'node:buffer';
import type { ColumnType, ColumnValue } from './columns.js';

const postgresEpochMs = Date.UTC(2000, 0, 1);
const textOid = 25;
const bigintOid = 20;
const jsonbVersion = 1;
/** Shorter texts are written character by character, which is faster than a native call. */
const shortTextLength = 32;
/**
 * From this many nulls on a native call is faster. Buffer's own method spends time on checking its
 * arguments; that of its parent class does not.
 */
const nativeFillMin = 12;
const { fill } = Uint8Array.prototype;
/** Value of a lower-case hexadecimal digit by its character code. */
const hexDigits = Uint8Array.from({ length: 128 }, (_, code) => Number.parseInt(String.fromCharCode(code), 16) || 0);
const growthMin = 64 * 1024;

/** Writes rows in COPY's binary format to one growing buffer; the caller keeps track of which bytes belong to what. */
export class RowWriter {
  bytes: Buffer;
  length = 0;

  constructor(capacity: number) {
    this.bytes = Buffer.allocUnsafe(capacity);
  }

  clear(): void {
    this.length = 0;
  }

  /** Begins a row of `columnCount` columns, which the caller then writes one by one. */
  beginRow(columnCount: number): void {
    // Reserves room for the count and for all columns being null; larger values reserve more.
    this.reserve(2 + columnCount * 4);
    this.writeInt16(columnCount);
  }

  /** Writes that many consecutive nulls. */
  nulls(count: number): void {
    const end = this.length + count * 4;
    this.reserve(count * 4);
    const bytes = this.bytes;
    if (count < nativeFillMin) for (let at = this.length; at < end; at += 1) bytes[at] = 0xff;
    else fill.call(bytes, 0xff, this.length, end);
    this.length = end;
  }

  value(type: ColumnType, value: ColumnValue): void {
    if (value === null) {
      this.nulls(1);
      return;
    }
    switch (type) {
      case 'smallint':
        this.smallint(value as number);
        break;
      case 'integer':
        this.integer(value as number);
        break;
      case 'time':
        this.time(value as number);
        break;
      case 'bigint':
        this.bigint(value as number);
        break;
      case 'float':
        this.float(value as number);
        break;
      case 'uuid':
        this.uuid(value as string);
        break;
      case 'boolean':
        this.boolean(value as boolean);
        break;
      case 'text':
        this.text(value as string);
        break;
      case 'texts':
        this.array(textOid, value as readonly string[], (item) => this.text(item));
        break;
      case 'bigints':
        this.array(bigintOid, value as readonly number[], (item) => this.bigint(item));
        break;
      case 'json':
        this.json(value);
        break;
    }
  }

  smallint(value: number): void {
    this.reserve(6);
    this.writeInt32(2);
    this.writeInt16(value);
  }

  integer(value: number): void {
    this.reserve(8);
    this.writeInt32(4);
    this.writeInt32(value);
  }

  boolean(value: boolean): void {
    this.reserve(5);
    this.writeInt32(1);
    this.bytes[this.length] = value ? 1 : 0;
    this.length += 1;
  }

  /** Writes milliseconds since 1970, with microseconds in the fraction. */
  time(epochMs: number): void {
    this.reserve(12);
    this.writeInt32(8);
    const whole = Math.floor(epochMs);
    const microseconds = Math.round((epochMs - whole) * 1000);
    this.writeMicroseconds(whole - postgresEpochMs, microseconds);
  }

  bigint(value: number): void {
    this.reserve(12);
    this.writeInt32(8);
    if (Number.isSafeInteger(value)) this.writeInt64(value);
    else this.writeBigInt(BigInt(value));
  }

  float(value: number): void {
    this.reserve(12);
    this.writeInt32(8);
    this.bytes.writeDoubleBE(value, this.length);
    this.length += 8;
  }

  uuid(value: string): void {
    this.reserve(20);
    this.writeInt32(16);
    const bytes = this.bytes;
    const digits = hexDigits;
    let at = this.length;
    for (let index = 0; index < 36; index += 2) {
      if (index === 8 || index === 13 || index === 18 || index === 23) index += 1;
      bytes[at] = ((digits[value.charCodeAt(index)] as number) << 4) | (digits[value.charCodeAt(index + 1)] as number);
      at += 1;
    }
    this.length = at;
  }

  text(value: string): void {
    // A code unit becomes at most three bytes of UTF-8.
    this.reserve(4 + value.length * 3);
    const start = this.length;
    this.length += 4;
    if (value.length > shortTextLength || !this.writeAscii(value)) {
      this.length = start + 4 + this.bytes.write(value, start + 4, 'utf8');
    }
    this.writeInt32At(start, this.length - start - 4);
  }

  json(value: unknown): void {
    const text = JSON.stringify(value);
    this.reserve(5 + text.length * 3);
    const size = this.bytes.write(text, this.length + 5, 'utf8');
    this.writeInt32(size + 1);
    this.bytes[this.length] = jsonbVersion;
    this.length += 1 + size;
  }

  /** Repeats the bytes written from `start`. */
  repeat(start: number, size: number): void {
    this.reserve(size);
    this.bytes.copyWithin(this.length, start, start + size);
    this.length += size;
  }

  private array<Item>(elementOid: number, items: readonly Item[], write: (item: Item) => void): void {
    this.reserve(24);
    const start = this.length;
    this.writeInt32(0);
    this.writeInt32(items.length === 0 ? 0 : 1);
    this.writeInt32(0);
    this.writeInt32(elementOid);
    if (items.length > 0) {
      this.writeInt32(items.length);
      this.writeInt32(1);
      items.forEach(write);
    }
    this.writeInt32At(start, this.length - start - 4);
  }

  /** Writes an ASCII text; returns false, with nothing written, when it has other characters. */
  private writeAscii(value: string): boolean {
    const bytes = this.bytes;
    const start = this.length;
    for (let index = 0; index < value.length; index += 1) {
      const unit = value.charCodeAt(index);
      if (unit > 0x7f) return false;
      bytes[start + index] = unit;
    }
    this.length = start + value.length;
    return true;
  }

  /**
   * Milliseconds times 1000 exceed the safe integers from the year 2285 on, so later dates are
   * multiplied as BigInt.
   */
  private writeMicroseconds(ms: number, microseconds: number): void {
    const total = ms * 1000 + microseconds;
    if (Number.isSafeInteger(total)) this.writeInt64(total);
    else this.writeBigInt(BigInt(ms) * 1000n + BigInt(microseconds));
  }

  private writeInt64(value: number): void {
    this.writeInt32(Math.floor(value / 0x1_0000_0000));
    this.writeInt32(value | 0);
  }

  private writeBigInt(value: bigint): void {
    this.bytes.writeBigInt64BE(value, this.length);
    this.length += 8;
  }

  private writeInt32(value: number): void {
    this.writeInt32At(this.length, value);
    this.length += 4;
  }

  private writeInt32At(at: number, value: number): void {
    const bytes = this.bytes;
    bytes[at] = value >> 24;
    bytes[at + 1] = value >> 16;
    bytes[at + 2] = value >> 8;
    bytes[at + 3] = value;
  }

  private writeInt16(value: number): void {
    this.bytes[this.length] = value >> 8;
    this.bytes[this.length + 1] = value;
    this.length += 2;
  }

  private reserve(size: number): void {
    if (this.length + size <= this.bytes.length) return;
    const grown = Buffer.allocUnsafe(Math.max(this.bytes.length * 2, this.length + size + growthMin));
    this.bytes.copy(grown, 0, 0, this.length);
    this.bytes = grown;
  }
}
