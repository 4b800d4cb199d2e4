import type { ApiError } from '../../lib/errors.js';
import { secondMs } from '../../lib/interval.js';

/** Longest time that a call waits for a failing host; together with a last attempt, at most half a minute. */
const failingMsMax = 12 * secondMs;
/** Time for which other calls fail at once after one has given up. */
const givenUpMs = 5 * secondMs;

/**
 * Tracks whether the hosts of the API can be reached, so that callers in the same outage give up
 * together and early.
 */
export class Reachability {
  readonly #clockMs: () => number;
  readonly #failingSinceMs = new Map<string, number>();
  #givenUp: { readonly error: ApiError; readonly untilMs: number } | undefined;

  constructor(clockMs: () => number) {
    this.#clockMs = clockMs;
  }

  /** Records an answer. `isTrouble`: the host, or a gateway in front of it, answered with a fault of its own. */
  answered(host: string, isTrouble: boolean): void {
    this.#failingSinceMs.delete(host);
    if (!isTrouble) this.#givenUp = undefined;
  }

  failed(host: string, sentMs: number): void {
    if (!this.#failingSinceMs.has(host)) this.#failingSinceMs.set(host, sentMs);
  }

  /** True from the first request that found a host unreachable until it answers. */
  get isFailing(): boolean {
    return this.#failingSinceMs.size > 0;
  }

  /** Throws the error with which another call has just given up. */
  throwIfGivenUp(): void {
    const givenUp = this.#givenUp;
    if (givenUp !== undefined && this.#clockMs() < givenUp.untilMs) throw givenUp.error;
  }

  giveUp(error: ApiError): void {
    this.#givenUp = { error, untilMs: this.#clockMs() + givenUpMs };
  }

  /** Allows the next call to try, even if another has just given up. */
  tryAgain(): void {
    this.#givenUp = undefined;
  }

  /** Returns true if an attempt after `delayMs` would be too late. */
  isTooLate(delayMs: number): boolean {
    if (this.#givenUp !== undefined) return true;
    const sinceMs = Math.min(...this.#failingSinceMs.values());
    return this.#clockMs() + delayMs - sinceMs > failingMsMax;
  }
}
