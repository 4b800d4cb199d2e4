import type { ApiError } from '../../lib/errors.js';
import { secondMs } from '../../lib/interval.js';

/** A host that fails for so long is not waited for any longer inside a call: together with a last attempt, half a minute at most. */
const failingMsMax = 12 * secondMs;
/** After a call has given up, others fail at once for so long instead of finding out themselves. */
const givenUpMs = 5 * secondMs;

/** Remembers whether the hosts of the API can be reached, so that many callers that meet one outage give up together and early. */
export class Reachability {
  readonly #clockMs: () => number;
  readonly #failingSinceMs = new Map<string, number>();
  #givenUp: { readonly error: ApiError; readonly untilMs: number } | undefined;

  constructor(clockMs: () => number) {
    this.#clockMs = clockMs;
  }

  /** `isTrouble`: the host, or a gateway before it, answered with its own trouble. */
  answered(host: string, isTrouble: boolean): void {
    this.#failingSinceMs.delete(host);
    if (!isTrouble) this.#givenUp = undefined;
  }

  failed(host: string, sentMs: number): void {
    if (!this.#failingSinceMs.has(host)) this.#failingSinceMs.set(host, sentMs);
  }

  /** Throws the error with which another call has just given up. */
  throwIfGivenUp(): void {
    const givenUp = this.#givenUp;
    if (givenUp !== undefined && this.#clockMs() < givenUp.untilMs) throw givenUp.error;
  }

  giveUp(error: ApiError): void {
    this.#givenUp = { error, untilMs: this.#clockMs() + givenUpMs };
  }

  /** Lets the next call try, even where another has just given up. */
  tryAgain(): void {
    this.#givenUp = undefined;
  }

  /** Returns whether an attempt after `delayMs` would come too late. */
  isTooLate(delayMs: number): boolean {
    if (this.#givenUp !== undefined) return true;
    const sinceMs = Math.min(...this.#failingSinceMs.values());
    return this.#clockMs() + delayMs - sinceMs > failingMsMax;
  }
}
