import { Buffer } from 'node:buffer';

/**
 * Memory of fixed size that is used again. Small buffers that come and go by the thousand leave the heap of the process in pieces, and what
 * the garbage collector has not got round to comes on top: twice to three times what is in use.
 */
export class SlabPool {
  readonly #slabBytes: number;
  readonly #idleMax: number;
  readonly #idle: Buffer[] = [];

  /** `idleBytesMax`: what is kept for the next user when nobody uses it. */
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

/** Copies of bytes, one after the other in slabs. After `release` none of them may be read any more: others write there. */
export class SlabWriter {
  readonly #pool: SlabPool;
  readonly #slabs: Buffer[] = [];
  /** Bytes used of the last slab. */
  #used = 0;
  #largeBytes = 0;

  constructor(pool: SlabPool) {
    this.#pool = pool;
  }

  /** Bytes taken from the pool, and beside it. */
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
