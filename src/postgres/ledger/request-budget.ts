import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { asError } from '../../lib/errors.js';
import { createPool } from '../connection/pool.js';

export interface RequestBudgetOptions {
  readonly connectionString: string;
  /** Base URL of the API and the OAuth client: together they name the allowance. */
  readonly api: string;
  readonly clientId: string;
  readonly requestsPerMinute: number;
  /** Monotonic milliseconds, the same clock as in `reserve` and `pauseUntil`. */
  readonly clockMs: () => number;
  /** Replaces the database's clock in tests. */
  readonly databaseTime?: () => Date;
}

/** Holds the rate-limit figures of a response's headers; `src/genesys/request/budget.ts` explains each. */
interface HeaderFacts {
  readonly count?: number;
  readonly allowed?: number;
  readonly resetMs?: number;
  readonly observedAtMs: number;
  readonly grantedAtMs?: number;
  readonly ticket?: number;
}

type Answer =
  | { readonly granted: true; readonly ticket: number }
  | { readonly granted: false; readonly waitMs: number };

interface TakeRow {
  readonly granted: number;
  readonly first_ticket: number | null;
  readonly wait_ms: number;
}

interface Grants {
  nextTicket: number;
  left: number;
  readonly untilMs: number;
}

/** Limits the age of a grant when its request is sent: the database counts it from the moment it was granted. */
const grantMsMax = 750;
const lateGrantsMax = 3;
const reportedMax = 1_000_000_000;
/** Delays before further attempts at a database that does not answer. */
const retryDelaysMs = [0, 250, 1_000];
const statementTimeoutMs = 5_000;
/** Longer than the server's own limit, so that only a silent server reaches it. */
const answerMsMax = 8_000;

/**
 * The request allowance of one OAuth client, shared by all processes on one database:
 * `extract.take_requests` decides by the database's clock, so that the clocks of processes need not
 * agree. A reservation is one short statement on a separate connection, for at most the requests of
 * a quarter of a second (one, with the usual 300 a minute). When the database does not answer,
 * nothing is granted: `reserve` throws after some attempts.
 */
export class RequestBudget {
  readonly #options: RequestBudgetOptions;
  readonly #pool: pg.Pool;
  readonly #worker = randomUUID();
  #reported: HeaderFacts | undefined;
  #grants: Grants = { nextTicket: 0, left: 0, untilMs: Number.NEGATIVE_INFINITY };

  constructor(options: RequestBudgetOptions) {
    this.#options = options;
    this.#pool = createPool({
      connectionString: options.connectionString,
      applicationName: 'genesys-warehouse budget',
      max: 1,
      statementTimeoutMs,
    });
    // A grant that a crashed server has lost would be granted twice; waiting for standbys would
    // only cost time.
    this.#pool.on('connect', (client) => void client.query('set synchronous_commit = local').catch(() => {}));
  }

  async reserve(priority: number, _nowMs: number, wanted = 1): Promise<Answer> {
    const { clockMs } = this.#options;
    for (let late = 0; late < lateGrantsMax; late += 1) {
      const cached = this.#takeCached();
      if (cached !== undefined) return cached;
      const askedAtMs = clockMs();
      const row = await this.#take(priority, wanted, askedAtMs);
      if (row.first_ticket === null) return { granted: false, waitMs: row.wait_ms };
      this.#grants = { nextTicket: row.first_ticket, left: row.granted, untilMs: askedAtMs + grantMsMax };
    }
    return this.#takeCached() ?? { granted: false, waitMs: 1 };
  }

  /** Keeps the figures for the next reservation, which shares them: a statement for each response would double the cost. */
  observe(facts: HeaderFacts): void {
    const { allowed, ticket } = facts;
    if (allowed === undefined) return;
    // Calls may have different limits: the smallest applies, and of equal ones the newest.
    const known = this.#reported;
    const isNews =
      known?.allowed === undefined ||
      allowed < known.allowed ||
      (allowed === known.allowed && (ticket ?? 0) >= (known.ticket ?? 0));
    if (isNews) this.#reported = facts;
  }

  /** Pauses all processes until `untilMs` on this process's clock; what is stored is the remaining duration. */
  async pauseUntil(untilMs: number): Promise<void> {
    const { api, clientId, clockMs, databaseTime } = this.#options;
    this.#grants.left = 0;
    const pauseSeconds = Math.max(0, untilMs - clockMs()) / 1_000;
    await this.#ask(
      `update extract.request_budgets
       set tokens = 0, paused_until = greatest(paused_until, coalesce($4, clock_timestamp()) + make_interval(secs => $3))
       where api = $1 and client_id = $2`,
      [api, clientId, pauseSeconds, databaseTime?.() ?? null],
    );
  }

  get pool(): pg.Pool {
    return this.#pool;
  }

  async close(): Promise<void> {
    await this.#pool.end();
  }

  #takeCached(): Answer | undefined {
    const grants = this.#grants;
    if (grants.left === 0 || this.#options.clockMs() > grants.untilMs) return undefined;
    const ticket = grants.nextTicket;
    grants.nextTicket += 1;
    grants.left -= 1;
    return { granted: true, ticket };
  }

  async #take(priority: number, wanted: number, nowMs: number): Promise<TakeRow> {
    const { api, clientId, requestsPerMinute, databaseTime } = this.#options;
    const reported = this.#reported;
    this.#reported = undefined;
    const values = [api, clientId, this.#worker, priority, wanted, requestsPerMinute, factsJson(reported, nowMs)];
    const rows = await this.#ask<TakeRow>(
      'select granted, first_ticket, wait_ms from extract.take_requests($1, $2, $3, $4, $5, $6, $7, $8)',
      [...values, databaseTime?.() ?? null],
    );
    const row = rows[0];
    if (row === undefined) throw new Error('The shared request budget answered without a row.');
    return row;
  }

  /**
   * Runs a statement with retries. One whose response was lost may have granted a request; that
   * counts as used, so a retry is safe.
   */
  async #ask<Row extends pg.QueryResultRow>(text: string, values: readonly unknown[]): Promise<Row[]> {
    let failure: unknown;
    for (const delayMs of retryDelaysMs) {
      if (delayMs > 0) await sleep(delayMs);
      try {
        const query = { name: text.slice(0, 40), text, values: [...values], query_timeout: answerMsMax };
        return (await this.#pool.query<Row>(query)).rows;
      } catch (error) {
        failure = error;
        if (error instanceof pg.DatabaseError && !isTransient(error.code ?? '')) break;
      }
    }
    const { message } = asError(failure);
    throw new Error(`Cannot read the shared rate limit from the database; request not sent (${message})`, {
      cause: failure,
    });
  }
}

/**
 * Returns true for lost connections, a server that stops or starts, a lock or a time limit; a retry
 * does not help with other errors.
 */
function isTransient(code: string): boolean {
  return /^(08|40|57|53|55)/.test(code);
}

function factsJson(facts: HeaderFacts | undefined, nowMs: number): string | null {
  if (facts === undefined) return null;
  const { allowed, count, resetMs, ticket, grantedAtMs, observedAtMs } = facts;
  const age_ms = Math.max(0, nowMs - (grantedAtMs ?? observedAtMs));
  return JSON.stringify({
    allowed: whole(allowed),
    count: whole(count),
    reset_ms: whole(resetMs),
    ticket,
    age_ms: whole(age_ms),
  });
}

/** Validates a number: headers come from another program and must fit into the database's integers. */
function whole(value: number | undefined): number | undefined {
  return value === undefined ? undefined : Math.trunc(Math.min(value, reportedMax));
}
