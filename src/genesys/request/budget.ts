/** Holds the rate-limit headers `inin-ratelimit-*` of a response, as numbers. */
export interface BudgetFacts {
  /** Requests that Genesys has counted in the current window. */
  readonly count?: number;
  /** Requests that Genesys allows in a window, for this OAuth client. */
  readonly allowed?: number;
  /** Time until the window resets. */
  readonly resetMs?: number;
  /** Requests of this process that were sent but not answered yet, and so are not necessarily in `count`. */
  readonly inFlight?: number;
  /** Time of arrival of the response, in milliseconds since the epoch. */
  readonly observedAtMs: number;
  /** Time of the grant: `count` refers to that time, however long the response took. */
  readonly grantedAtMs?: number;
  readonly ticket?: number;
}

/** `ticket` numbers the grants of a budget that several share. */
export type Reservation =
  | { readonly granted: true; readonly ticket?: number }
  | { readonly granted: false; readonly waitMs: number };

/**
 * Decides which caller may send the next request. A budget in memory serves one process; one in the
 * database is shared by all processes on it. Priorities: 0 is live work, larger numbers come later.
 */
export interface Budget {
  /**
   * Takes one request from the allowance, or returns how long to wait before asking again. `wanted`
   * callers are waiting now, the first with this priority.
   */
  reserve(priority: number, nowMs: number, wanted: number): Promise<Reservation>;
  observe(facts: BudgetFacts): Promise<void> | void;
  /** Stops sending until this time (milliseconds since the epoch), after a 429. */
  pauseUntil(untilMs: number): Promise<void> | void;
}
