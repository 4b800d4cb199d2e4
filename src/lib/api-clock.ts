import { minuteMs } from './interval.js';

/** Synchronised clocks differ by less, even though a `Date` header has whole seconds and a response takes time. */
export const toleranceMs = 2 * minuteMs;

/**
 * Keeps the time by which slices are planned and responses dated: this machine's, or the time in
 * the API's responses where the machine is off by more than the tolerance. A machine whose clock is
 * ahead would otherwise mark intervals final before they have ended, and date its rows so far ahead
 * that correct data could not overwrite them.
 */
export class ApiClock {
  readonly #local: () => Date;
  readonly #elapsedMs: () => number;
  readonly #toleranceMs: number;
  #offsetMs = 0;
  #observed: { readonly localMs: number; readonly elapsedMs: number } | undefined;

  /** `elapsedMs` is monotonic and unaffected by changes of the machine's clock. */
  constructor(local: () => Date, elapsedMs: () => number = () => performance.now(), tolerance = toleranceMs) {
    this.#local = local;
    this.#elapsedMs = elapsedMs;
    this.#toleranceMs = tolerance;
  }

  readonly now = (): Date => new Date(this.#local().getTime() + this.#offsetMs);

  /** Milliseconds by which the machine's clock is behind the API's; 0 within the tolerance. */
  get offsetMs(): number {
    return this.#offsetMs;
  }

  /** True before the first answer, and when the machine's clock was set since the last one. */
  get isInDoubt(): boolean {
    if (this.#observed === undefined) return true;
    const localMs = this.#local().getTime() - this.#observed.localMs;
    const elapsedMs = this.#elapsedMs() - this.#observed.elapsedMs;
    return Math.abs(localMs - elapsedMs) > this.#toleranceMs;
  }

  /** Compares the clocks: a response that just arrived carries `serverTimeMs` (milliseconds since 1970). */
  observe(serverTimeMs: number): void {
    const localMs = this.#local().getTime();
    const differenceMs = serverTimeMs - localMs;
    this.#offsetMs = Math.abs(differenceMs) > this.#toleranceMs ? differenceMs : 0;
    this.#observed = { localMs, elapsedMs: this.#elapsedMs() };
  }
}
