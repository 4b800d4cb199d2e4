/** What an answer told about the allowance: the `inin-ratelimit-*` headers, as numbers. */
export interface BudgetFacts {
  /** Requests that Genesys counts in the running window. */
  readonly count?: number;
  /** Requests that Genesys allows in a window, for this OAuth client. */
  readonly allowed?: number;
  /** Until the window starts afresh. */
  readonly resetMs?: number;
  /** Requests of this process that were sent and are not answered yet, so not in `count` for certain. */
  readonly inFlight?: number;
  /** When the answer arrived, in milliseconds since the epoch. */
  readonly observedAtMs: number;
}

export type Reservation = { readonly granted: true } | { readonly granted: false; readonly waitMs: number };

/**
 * Who may send the next request. One in memory serves one process; one in the database lets all processes on it share a
 * single allowance. Priorities: 0 is live work, larger numbers come later.
 */
export interface Budget {
  /** Takes one request out of the allowance, or says how long to wait before asking again. */
  reserve(priority: number, nowMs: number): Promise<Reservation>;
  observe(facts: BudgetFacts): Promise<void> | void;
  /** Nobody sends before this time (milliseconds since the epoch): a 429 was answered. */
  pauseUntil(untilMs: number): Promise<void> | void;
}
