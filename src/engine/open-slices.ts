import { MemoryGate } from '../lib/memory-gate.js';
import { Slots } from '../lib/slots.js';
import { PageAdmission } from './page-admission.js';

/** Bounds by how much reading may be ahead of storing. */
export interface ReadAhead {
  /** Slices that are worth having open at this moment, so that enough requests are in flight to use the allowance. */
  slicesMax(): number;
  /** Memory for pages that are read and not stored yet; shared with the streams that read records one by one. */
  readonly memory: MemoryGate;
}

const memoryBytesDefault = 64 * 1024 * 1024;

/**
 * Bounds what is open at once. Storing is bounded by `concurrency`, reading by memory and by what `ReadAhead` finds worth while: a slice
 * that waits for an answer costs next to nothing.
 */
export class OpenSlices {
  readonly #concurrency: number;
  readonly #readAhead: ReadAhead | undefined;
  readonly #storing: Slots;
  readonly admission: PageAdmission;
  #count = 0;

  constructor(concurrency: number, readAhead: ReadAhead | undefined) {
    this.#concurrency = concurrency;
    this.#readAhead = readAhead;
    this.#storing = new Slots(concurrency);
    this.admission = new PageAdmission(readAhead?.memory ?? new MemoryGate(memoryBytesDefault));
  }

  get count(): number {
    return this.#count;
  }

  /** Places for slices of any age; one more is for live ones alone. */
  get freePlaces(): number {
    return Math.max(this.#concurrency, this.#readAhead?.slicesMax() ?? 0) - this.#count;
  }

  /** Counts a slice as open while `work` is under way. */
  async hold(work: () => Promise<void>): Promise<void> {
    this.#count += 1;
    try {
      await work();
    } finally {
      this.#count -= 1;
    }
  }

  /** Stores by priority, live (0) before backfill (1), at most `concurrency` at once. */
  store<T>(priority: number, work: () => Promise<T>): Promise<T> {
    return this.#storing.run(priority, work);
  }
}
