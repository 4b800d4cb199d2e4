import { minuteMs } from '../../lib/interval.js';

/** Weight of the newest answer in the mean. */
const newestShare = 0.1;

/** The mean time from sending a request to having its answer, of late. */
export class AnswerPace {
  #meanMs: number | undefined;

  /** `ms` from sending to the end of the body, without time that the reader spent waiting. */
  observe(ms: number): void {
    this.#meanMs = this.#meanMs === undefined ? ms : this.#meanMs + (ms - this.#meanMs) * newestShare;
  }

  /** Returns how many requests are in flight when the allowance is used: rate times duration (Little's law), at least one. */
  requestsAtOnce(requestsPerMinute: number): number {
    return Math.max(1, Math.ceil(((this.#meanMs ?? 0) * requestsPerMinute) / minuteMs));
  }
}
