import { MemoryGate } from '../lib/memory-gate.js';
import { Slots } from '../lib/slots.js';
import { PageAdmission } from './page-admission.js';

/** Limits how far reading may be ahead of storing. */
export interface ReadAhead {
  /** Returns how many slices should be open now, so that enough requests are in flight to use the allowance. */
  slicesMax(): number;
  /** Memory for pages that are read but not stored yet; shared with the streams that read records one by one. */
  readonly memory: MemoryGate;
}

const memoryBytesDefault = 64 * 1024 * 1024;

/**
 * Limits how many slices are open at once. `concurrency` limits storing; memory and `ReadAhead`
 * limit reading, because a slice that waits for a response costs next to nothing.
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

  /** Free places for slices of any age; one more place is reserved for live ones. */
  get freePlaces(): number {
    return Math.max(this.#concurrency, this.#readAhead?.slicesMax() ?? 0) - this.#count;
  }

  /** Counts a slice as open while `work` runs. */
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
