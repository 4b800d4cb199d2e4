/**
 * Takes the elements of one array out of a JSON document as its bytes arrive, so that the whole
 * document is never in memory.
 */
import { Buffer } from 'node:buffer';

const quote = 0x22;
const comma = 0x2c;
const backslash = 0x5c;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const openBrace = 0x7b;
const closeBrace = 0x7d;
/** Room for `"key" : ` before the array, with generous white space. */
const headCharactersMax = 200;
/** Elements are members of the array, which is a member of the document: `{"records":[` is two deep. */
const arrayDepth = 2;

export interface RecordScannerOptions {
  /** A member of the document itself; its array's elements are the records. */
  readonly key: string;
  /** Limits one record, and everything outside the records together. */
  readonly bytesMax: number;
  /** Receives the bytes of one record without the surrounding commas, and owns them. */
  readonly onRecord: (bytes: Buffer) => void;
  /** Creates the error for data beyond the limit. */
  readonly tooLarge: (bytesMax: number) => Error;
}

/** Scans only the structure: brackets, strings and commas. Invalid JSON is detected when the pieces are parsed. */
export class RecordScanner {
  readonly #options: RecordScannerOptions;
  readonly #head: RegExp;
  /** Bytes outside the records. */
  readonly #rest: Buffer[] = [];
  /** The beginning of a record, or of a part of the rest, that continues in the next chunk. */
  #pending: Buffer[] = [];
  #pendingBytes = 0;
  #restBytes = 0;
  #depth = 0;
  #isInString = false;
  #isEscaped = false;
  #isInRecords = false;
  /** True after a separator, so that what follows is a record even if it is empty. */
  #isRecordDue = false;

  constructor(options: RecordScannerOptions) {
    this.#options = options;
    this.#head = new RegExp(`[{,]\\s*"${options.key}"\\s*:\\s*$`);
  }

  /** Calls `onRecord` for each record that ends in this chunk. */
  push(chunk: Buffer): void {
    let from = 0;
    for (let at = 0; at < chunk.length; at += 1) {
      if (this.#isInString) {
        at = this.#endOfString(chunk, at);
        continue;
      }
      switch (chunk[at]) {
        case quote:
          this.#isInString = true;
          break;
        case openBrace:
          this.#depth += 1;
          break;
        case openBracket:
          this.#depth += 1;
          if (this.#depth === arrayDepth && !this.#isInRecords && this.#isHead(chunk, from, at)) {
            this.#addRest(chunk.subarray(from, at + 1));
            this.#isInRecords = true;
            from = at + 1;
          }
          break;
        case closeBrace:
          this.#depth -= 1;
          break;
        case closeBracket:
          if (this.#isInRecords && this.#depth === arrayDepth) {
            this.#endRecord(chunk.subarray(from, at), this.#isRecordDue);
            this.#isInRecords = false;
            this.#isRecordDue = false;
            from = at;
          }
          this.#depth -= 1;
          break;
        case comma:
          if (this.#isInRecords && this.#depth === arrayDepth) {
            this.#endRecord(chunk.subarray(from, at), true);
            this.#isRecordDue = true;
            from = at + 1;
          }
          break;
      }
    }
    this.#keep(chunk.subarray(from));
  }

  /** Returns the document without its records, as text; cut off where the bytes ended. */
  end(): string {
    return Buffer.concat([...this.#rest, ...(this.#isInRecords ? [] : this.#pending)]).toString('utf8');
  }

  /** Returns the end of the string that contains `at`, or the end of the chunk. */
  #endOfString(chunk: Buffer, at: number): number {
    let place = at;
    if (this.#isEscaped) {
      this.#isEscaped = false;
      place += 1;
    }
    for (; place < chunk.length; place += 1) {
      const byte = chunk[place];
      if (byte === quote) {
        this.#isInString = false;
        return place;
      }
      if (byte === backslash) place += 1;
    }
    this.#isEscaped = place > chunk.length;
    return chunk.length;
  }

  #isHead(chunk: Buffer, from: number, at: number): boolean {
    const here = chunk.subarray(Math.max(from, at - headCharactersMax), at);
    const text = Buffer.concat([...this.#rest.slice(-1), ...this.#pending, here]).toString('latin1');
    return this.#head.test(text.slice(-headCharactersMax));
  }

  #endRecord(lastPart: Buffer, isDue: boolean): void {
    const bytes = this.#pending.length === 0 ? lastPart : Buffer.concat([...this.#pending, lastPart]);
    this.#pending = [];
    this.#pendingBytes = 0;
    if (isDue || !isBlank(bytes)) this.#options.onRecord(bytes);
  }

  #addRest(lastPart: Buffer): void {
    // A copy: a part of a chunk would keep the whole of it in memory.
    const part = Buffer.concat([...this.#pending, lastPart]);
    this.#pending = [];
    this.#pendingBytes = 0;
    this.#restBytes += part.length;
    this.#refuseBeyond(this.#restBytes);
    this.#rest.push(part);
  }

  #keep(part: Buffer): void {
    if (part.length === 0) return;
    this.#pendingBytes += part.length;
    this.#refuseBeyond(this.#pendingBytes);
    this.#pending.push(Buffer.from(part));
  }

  #refuseBeyond(bytes: number): void {
    const { bytesMax, tooLarge } = this.#options;
    if (bytes > bytesMax) throw tooLarge(bytesMax);
  }
}

function isBlank(bytes: Buffer): boolean {
  return bytes.length < headCharactersMax && bytes.toString('latin1').trim() === '';
}
