import { Buffer } from 'node:buffer';

/**
 * Pool of fixed-size memory that is reused. Thousands of short-lived small buffers fragment the
 * heap of the process, and together with uncollected garbage they take two to three times the
 * memory in use.
 */
export class SlabPool {
  readonly #slabBytes: number;
  readonly #idleMax: number;
  readonly #idle: Buffer[] = [];

  /** `idleBytesMax`: unused memory that is kept for later. */
  constructor(slabBytes: number, idleBytesMax: number) {
    this.#slabBytes = slabBytes;
    this.#idleMax = Math.floor(idleBytesMax / slabBytes);
  }

  get slabBytes(): number {
    return this.#slabBytes;
  }

  take(): Buffer {
    return this.#idle.pop() ?? Buffer.allocUnsafeSlow(this.#slabBytes);
  }

  give(slab: Buffer): void {
    if (this.#idle.length < this.#idleMax) this.#idle.push(slab);
  }
}

/**
 * Stores copies of bytes consecutively in slabs. After `release` none of them may be read any more,
 * because the slabs are reused.
 */
export class SlabWriter {
  readonly #pool: SlabPool;
  readonly #slabs: Buffer[] = [];
  /** Used bytes of the last slab. */
  #used = 0;
  #largeBytes = 0;

  constructor(pool: SlabPool) {
    this.#pool = pool;
  }

  /** Bytes taken from the pool and allocated outside it. */
  get bytes(): number {
    return this.#slabs.length * this.#pool.slabBytes + this.#largeBytes;
  }

  readonly keep = (bytes: Buffer): Buffer => {
    if (bytes.length > this.#pool.slabBytes) {
      this.#largeBytes += bytes.length;
      return Buffer.from(bytes);
    }
    const last = this.#slabs.at(-1);
    const slab = last === undefined || this.#used + bytes.length > this.#pool.slabBytes ? this.#next() : last;
    const kept = slab.subarray(this.#used, this.#used + bytes.length);
    bytes.copy(kept);
    this.#used += bytes.length;
    return kept;
  };

  release(): void {
    for (const slab of this.#slabs.splice(0)) this.#pool.give(slab);
    this.#largeBytes = 0;
  }

  #next(): Buffer {
    const slab = this.#pool.take();
    this.#slabs.push(slab);
    this.#used = 0;
    return slab;
  }
}
