import type { Sleep } from '../../lib/abort.js';
import { DeferredError } from '../../lib/errors.js';
import { secondMs } from '../../lib/interval.js';
import type { Budget, BudgetFacts } from './budget.js';

export interface RateLimiterOptions {
  readonly budget: Budget;
  /** Monotonic milliseconds since the epoch. */
  readonly clockMs: () => number;
  readonly sleep: Sleep;
  readonly now: () => Date;
}

/** Permission to send one request. */
export interface GrantedTurn {
  readonly waitedMs: number;
  readonly grantedAtMs: number;
  readonly ticket?: number;
}

interface Waiter {
  readonly priority: number;
  readonly sinceMs: number;
  readonly deadlineMs: number;
  readonly resolve: (turn: GrantedTurn) => void;
  readonly reject: (reason: unknown) => void;
}

// Another process can change a shared budget, so a long wait checks it again at this interval.
const askAgainMsMax = secondMs;

/**
 * Queues callers until their turn: the smallest priority number first, then in order of arrival.
 * One loop asks the budget for the first caller, so there is no race for a slot when a pause ends.
 */
export class RateLimiter {
  readonly #options: RateLimiterOptions;
  readonly #waiters: Waiter[] = [];
  #isPumping = false;
  #wake: AbortController | undefined;
  #inFlight = 0;
  #throttledMs = 0;
  #allowed: number | undefined;

  constructor(options: RateLimiterOptions) {
    this.#options = options;
  }

  get throttledMs(): number {
    return this.#throttledMs;
  }

  /** Requests per window that Genesys last reported. */
  get allowed(): number | undefined {
    return this.#allowed;
  }

  /**
   * Resolves when one request may be sent; `settle` must follow. Rejects with DeferredError when the turn does not come
   * within `waitMsMax`, or with the signal's reason.
   */
  acquire(priority: number, signal: AbortSignal, waitMsMax: number): Promise<GrantedTurn> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      const sinceMs = this.#options.clockMs();
      const abort = () => {
        this.#remove(waiter);
        reject(signal.reason);
      };
      const waiter: Waiter = {
        priority,
        sinceMs,
        deadlineMs: sinceMs + waitMsMax,
        resolve: (turn) => {
          signal.removeEventListener('abort', abort);
          resolve(turn);
        },
        reject: (reason) => {
          signal.removeEventListener('abort', abort);
          reject(reason);
        },
      };
      signal.addEventListener('abort', abort, { once: true });
      this.#enqueue(waiter);
    });
  }

  /** Reports that a granted request was answered, or was not sent after all. */
  async settle(facts?: BudgetFacts, turn?: GrantedTurn): Promise<void> {
    this.#inFlight -= 1;
    this.#allowed = facts?.allowed ?? this.#allowed;
    if (!facts) return;
    const { grantedAtMs, ticket } = turn ?? {};
    const granted = { ...(grantedAtMs !== undefined && { grantedAtMs }), ...(ticket !== undefined && { ticket }) };
    await this.#options.budget.observe({ ...facts, ...granted, inFlight: this.#inFlight });
  }

  async pauseFor(ms: number): Promise<void> {
    await this.#options.budget.pauseUntil(this.#options.clockMs() + ms);
  }

  #enqueue(waiter: Waiter): void {
    const place = this.#waiters.findIndex((other) => other.priority > waiter.priority);
    if (place === -1) this.#waiters.push(waiter);
    else this.#waiters.splice(place, 0, waiter);
    // A shared budget may reserve a share for urgent work, so a new first caller asks again.
    if (this.#waiters[0] === waiter) this.#wake?.abort();
    if (!this.#isPumping) void this.#pump();
  }

  #remove(waiter: Waiter): void {
    const place = this.#waiters.indexOf(waiter);
    if (place !== -1) this.#waiters.splice(place, 1);
    if (place === 0) this.#wake?.abort();
  }

  async #pump(): Promise<void> {
    this.#isPumping = true;
    try {
      for (let first = this.#waiters[0]; first; first = this.#waiters[0]) {
        const nowMs = this.#options.clockMs();
        const answer = await this.#options.budget.reserve(first.priority, nowMs, this.#waiters.length);
        if (answer.granted) this.#grant(answer.ticket);
        else await this.#wait(answer.waitMs, nowMs);
      }
    } catch (error) {
      for (const waiter of this.#waiters.splice(0)) waiter.reject(error);
    } finally {
      this.#isPumping = false;
    }
  }

  /** Gives the slot to the caller that is first now: the one for which it was requested may have given up. */
  #grant(ticket: number | undefined): void {
    const waiter = this.#waiters.shift();
    if (!waiter) return;
    const grantedAtMs = this.#options.clockMs();
    const waitedMs = Math.max(0, grantedAtMs - waiter.sinceMs);
    this.#throttledMs += waitedMs;
    this.#inFlight += 1;
    waiter.resolve({ waitedMs, grantedAtMs, ...(ticket !== undefined && { ticket }) });
  }

  async #wait(waitMs: number, nowMs: number): Promise<void> {
    this.#dismissLate(nowMs, nowMs + waitMs);
    const first = this.#waiters[0];
    if (!first) return;
    this.#wake = new AbortController();
    try {
      await this.#options.sleep(Math.min(Math.max(1, waitMs), askAgainMsMax), this.#wake.signal);
    } catch (error) {
      if (!this.#wake.signal.aborted) throw error;
    } finally {
      this.#wake = undefined;
    }
  }

  // Rejects callers whose turn is known to come too late.
  #dismissLate(nowMs: number, nextTurnMs: number): void {
    for (const waiter of this.#waiters.filter((candidate) => candidate.deadlineMs < nextTurnMs)) {
      this.#waiters.splice(this.#waiters.indexOf(waiter), 1);
      const notBefore = new Date(this.#options.now().getTime() + nextTurnMs - nowMs);
      const message = `The API's request allowance is used up until ${notBefore.toISOString()}, later than this run may wait.`;
      waiter.reject(new DeferredError(message, notBefore));
    }
  }
}
