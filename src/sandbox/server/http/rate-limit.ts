import { secondMs } from '../../../lib/interval.js';

export interface RateState {
  readonly count: number;
  readonly allowed: number;
  readonly resetSeconds: number;
  readonly exceeded: boolean;
}

const unlimitedAllowed = 1_000_000;
const windowsMax = 10_000;

/** Counts requests per window and OAuth client, by the machine's clock because real clients wait for it. */
export class RateLimit {
  readonly #allowed: number;
  readonly #windowMs: number;
  readonly #machineMs: () => number;
  readonly #windows = new Map<string, { startMs: number; count: number }>();

  constructor(perWindow: number | 'unlimited', windowMs: number, machineMs: () => number) {
    this.#allowed = perWindow === 'unlimited' ? unlimitedAllowed : perWindow;
    this.#windowMs = windowMs;
    this.#machineMs = machineMs;
  }

  take(key: string): RateState {
    const nowMs = this.#machineMs();
    let window = this.#windows.get(key);
    if (window === undefined || nowMs - window.startMs >= this.#windowMs) {
      window = { startMs: nowMs, count: 0 };
      this.#windows.set(key, window);
      if (this.#windows.size > windowsMax) this.#windows.delete(this.#windows.keys().next().value as string);
    }
    window.count += 1;
    const leftMs = window.startMs + this.#windowMs - nowMs;
    return {
      count: window.count,
      allowed: this.#allowed,
      resetSeconds: Math.max(1, Math.ceil(leftMs / secondMs)),
      exceeded: window.count > this.#allowed,
    };
  }

  reset(): void {
    this.#windows.clear();
  }
}

export function rateHeaders(state: RateState): Record<string, string> {
  return {
    'inin-ratelimit-count': String(state.count),
    'inin-ratelimit-allowed': String(state.allowed),
    'inin-ratelimit-reset': String(state.resetSeconds),
  };
}
