import { minuteMs } from '../../lib/interval.js';

/** Weight of the newest answer in the mean. */
const newestShare = 0.1;

/** Tracks the recent mean time from sending a request to receiving its response. */
export class AnswerPace {
  #meanMs: number | undefined;

  /** Adds a measurement: `ms` from sending to the end of the body, without the time that its reader was blocked. */
  observe(ms: number): void {
    this.#meanMs = this.#meanMs === undefined ? ms : this.#meanMs + (ms - this.#meanMs) * newestShare;
  }

  /** Returns how many requests are in flight when the allowance is used: rate times duration (Little's law), at least one. */
  requestsAtOnce(requestsPerMinute: number): number {
    return Math.max(1, Math.ceil(((this.#meanMs ?? 0) * requestsPerMinute) / minuteMs));
  }
}
