/** Holds the rate-limit headers `inin-ratelimit-*` of a response, as numbers. */
export interface BudgetFacts {
  /** Requests that Genesys counts in the running window. */
  readonly count?: number;
  /** Requests that Genesys allows in a window, for this OAuth client. */
  readonly allowed?: number;
  /** Until the window starts afresh. */
  readonly resetMs?: number;
  /** Requests of this process that were sent and are not answered yet, so not in `count` for certain. */
  readonly inFlight?: number;
  /** Time of arrival of the response, in milliseconds since the epoch. */
  readonly observedAtMs: number;
  /** Time of the grant and its number: `count` refers to that time, however long the response took. */
  readonly grantedAtMs?: number;
  readonly ticket?: number;
}

/** `ticket` numbers the grants of a budget that several share. */
export type Reservation =
  | { readonly granted: true; readonly ticket?: number }
  | { readonly granted: false; readonly waitMs: number };

/**
 * Decides which caller may send the next request. One in memory serves one process; one in the database lets all
 * processes on it share a single allowance. Priorities: 0 is live work, larger numbers come later.
 */
export interface Budget {
  /**
   * Takes one request out of the allowance, or says how long to wait before asking again. `wanted` callers wait for one
   * at this moment, the one with this priority first.
   */
  reserve(priority: number, nowMs: number, wanted: number): Promise<Reservation>;
  observe(facts: BudgetFacts): Promise<void> | void;
  /** Nobody sends before this time (milliseconds since the epoch): a 429 was answered. */
  pauseUntil(untilMs: number): Promise<void> | void;
}
