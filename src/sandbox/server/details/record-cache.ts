/** Between which instants a record looks as it was kept: from `fromMs` to before `untilMs`. */
export interface Validity {
  readonly fromMs: number;
  readonly untilMs: number;
}

interface Slab {
  readonly bytes: Buffer;
  used: number;
  readonly keys: string[];
}

interface Place extends Validity {
  readonly slab: Slab;
  readonly at: number;
  readonly end: number;
}

const slabBytes = 1_024 * 1_024;
/** A character takes no more than this in UTF-8. */
const bytesPerCharacterMax = 3;

/**
 * Records as JSON, written one after the other into slabs of a megabyte; the slab that was longest unused leaves first, with all
 * that is in it. A buffer for each record costs the collector more than the records do, and its memory comes back in pieces.
 */
export class RecordCache {
  readonly #places = new Map<string, Place>();
  /** The longest unused first. */
  readonly #slabs = new Set<Slab>();
  readonly #bytesMax: number;
  #current: Slab | undefined;
  #bytes = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** The record as it was kept, if it looks like that at the instant. */
  get(key: string, atMs: number): Buffer | undefined {
    const place = this.#places.get(key);
    if (place === undefined || atMs < place.fromMs || atMs >= place.untilMs) return undefined;
    this.#slabs.delete(place.slab);
    this.#slabs.add(place.slab);
    return place.slab.bytes.subarray(place.at, place.end);
  }

  /** Writes the record down and returns its bytes. */
  set(key: string, text: string, { fromMs, untilMs }: Validity): Buffer {
    const slab = this.#slabFor(text);
    const at = slab.used;
    slab.used += slab.bytes.write(text, at, 'utf8');
    slab.keys.push(key);
    this.#places.set(key, { slab, at, end: slab.used, fromMs, untilMs });
    return slab.bytes.subarray(at, slab.used);
  }

  clear(): void {
    this.#places.clear();
    this.#slabs.clear();
    this.#current = undefined;
    this.#bytes = 0;
  }

  #slabFor(text: string): Slab {
    const current = this.#current;
    if (current !== undefined && current.bytes.length - current.used >= text.length * bytesPerCharacterMax)
      return current;
    const needed = Buffer.byteLength(text);
    if (current !== undefined && current.bytes.length - current.used >= needed) return current;
    return this.#opened(Math.max(slabBytes, needed));
  }

  /** The newest slab stays even when it alone is over the limit: what is being answered is read from it. */
  #opened(bytes: number): Slab {
    const slab = { bytes: Buffer.allocUnsafeSlow(bytes), used: 0, keys: [] };
    this.#current = slab;
    this.#slabs.add(slab);
    this.#bytes += bytes;
    for (const oldest of this.#slabs) {
      if (this.#bytes <= this.#bytesMax || oldest === slab) break;
      this.#forget(oldest);
    }
    return slab;
  }

  #forget(slab: Slab): void {
    this.#slabs.delete(slab);
    this.#bytes -= slab.bytes.length;
    for (const key of slab.keys) if (this.#places.get(key)?.slab === slab) this.#places.delete(key);
  }
}
