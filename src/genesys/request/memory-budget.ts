import { secondMs } from '../../lib/interval.js';
import type { Budget, BudgetFacts, Reservation } from './budget.js';

// A second more than Genesys' minute, because requests take different times to arrive.
export const windowMs = 61 * secondMs;
// Share that may be sent at once after a quiet time: enough for late timers, too little to disturb
// a window shared with others.
const burstShare = 1 / 20;
// After a pause the rate rises from a quarter to the whole, in case other clients resume at the
// same moment.
const rampMs = 10 * secondMs;
const rampStart = 0.25;

/**
 * The budget of one process: at most `requestsPerMinute` in any sliding minute, spread evenly.
 * Genesys' `allowed` lowers it at once; its `count` shows what others with the same OAuth client
 * have used of the current window.
 */
export class MemoryBudget implements Budget {
  readonly #requestsPerMinute: number;
  readonly #grants: SlidingCount;
  #allowed: { value: number; seenAtMs: number } | undefined;
  #window: { left: number; untilMs: number } | undefined;
  #pausedUntilMs = Number.NEGATIVE_INFINITY;
  #tokens: number;
  #accruedAtMs = Number.NEGATIVE_INFINITY;

  constructor(requestsPerMinute: number) {
    this.#requestsPerMinute = Math.max(1, Math.floor(requestsPerMinute));
    this.#grants = new SlidingCount(this.#requestsPerMinute);
    this.#tokens = this.#burst();
  }

  /** Requests a minute that may be sent now. */
  get allowance(): number {
    return Math.max(1, Math.min(this.#requestsPerMinute, this.#allowed?.value ?? Number.POSITIVE_INFINITY));
  }

  async reserve(_priority: number, nowMs: number): Promise<Reservation> {
    this.#accrue(nowMs);
    const waitMs = Math.max(this.#pausedUntilMs - nowMs, this.#windowWaitMs(nowMs), this.#paceWaitMs(nowMs));
    if (waitMs > 0) return { granted: false, waitMs: Math.ceil(waitMs) };
    this.#tokens -= 1;
    if (this.#window) this.#window.left -= 1;
    this.#grants.add(nowMs);
    return { granted: true };
  }

  observe(facts: BudgetFacts): void {
    const { allowed, count, resetMs, observedAtMs } = facts;
    if (allowed === undefined) return;
    // Calls may have different limits: the smallest of the last minute applies.
    const isNews = !this.#allowed || allowed <= this.#allowed.value || observedAtMs - this.#allowed.seenAtMs > windowMs;
    if (isNews) this.#allowed = { value: allowed, seenAtMs: observedAtMs };
    if (count === undefined || resetMs === undefined) return;
    this.#window = { left: allowed - count - (facts.inFlight ?? 0), untilMs: observedAtMs + resetMs };
  }

  pauseUntil(untilMs: number): void {
    this.#pausedUntilMs = Math.max(this.#pausedUntilMs, untilMs);
    this.#tokens = 0;
  }

  #burst(): number {
    return Math.max(1, Math.floor(this.allowance * burstShare));
  }

  #accrue(nowMs: number): void {
    const fromMs = Math.max(this.#accruedAtMs, this.#pausedUntilMs);
    this.#accruedAtMs = Math.max(nowMs, this.#accruedAtMs);
    if (nowMs <= fromMs) return;
    const fresh = Number.isFinite(fromMs) ? (nowMs - fromMs) * this.#ratePerMs(nowMs) : 0;
    this.#tokens = Math.min(this.#burst(), this.#tokens + fresh);
  }

  #ratePerMs(nowMs: number): number {
    const sincePauseMs = nowMs - this.#pausedUntilMs;
    const ramp = Math.min(1, rampStart + (1 - rampStart) * Math.max(0, sincePauseMs / rampMs));
    return (this.allowance / windowMs) * ramp;
  }

  #paceWaitMs(nowMs: number): number {
    const allowance = this.allowance;
    const slidingMs = this.#grants.countSince(nowMs - windowMs) < allowance ? 0 : this.#slideWaitMs(nowMs, allowance);
    const tokenMs = this.#tokens >= 1 ? 0 : (1 - this.#tokens) / this.#ratePerMs(nowMs);
    return Math.max(slidingMs, tokenMs);
  }

  #slideWaitMs(nowMs: number, allowance: number): number {
    return this.#grants.nthNewest(allowance) + windowMs - nowMs;
  }

  #windowWaitMs(nowMs: number): number {
    if (this.#window && nowMs >= this.#window.untilMs) this.#window = undefined;
    return this.#window && this.#window.left <= 0 ? this.#window.untilMs - nowMs : 0;
  }
}

/** The times of the newest `capacity` grants, in a ring. */
class SlidingCount {
  readonly #times: Float64Array;
  #next = 0;
  #size = 0;

  constructor(capacity: number) {
    this.#times = new Float64Array(capacity);
  }

  add(atMs: number): void {
    this.#times[this.#next] = atMs;
    this.#next = (this.#next + 1) % this.#times.length;
    this.#size = Math.min(this.#size + 1, this.#times.length);
  }

  /** Counts grants later than `sinceMs`, and drops the others. */
  countSince(sinceMs: number): number {
    while (this.#size > 0 && this.nthNewest(this.#size) <= sinceMs) this.#size -= 1;
    return this.#size;
  }

  /** From 1 (the newest) to the size. */
  nthNewest(n: number): number {
    const index = (this.#next - n + this.#times.length) % this.#times.length;
    return this.#times[index] as number;
  }
}
