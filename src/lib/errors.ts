/**
 * Lists how a caller handles an error. `fail` is also the action for anything unknown.
 * `unavailable`: this organization has no licence or permission for the data set; other streams continue.
 */
export type ErrorAction = 'retry' | 'wait' | 'login' | 'split' | 'restart' | 'dead_letter' | 'unavailable' | 'fail';

/** A usage or configuration error: exit status 2, no stack trace. `message` names culprit and remedy. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/**
 * A lake or its store cannot be read or written; the message states the problem and the remedy.
 * Exit status 1, no stack trace.
 */
export class LakeError extends Error {
  override readonly name = 'LakeError';
}

/**
 * A newer program has migrated the database, so this one must not store anything any more. Ends
 * `run` with exit status 2.
 */
export class OutdatedProgramError extends UsageError {}

export interface ApiErrorFacts {
  readonly action: ErrorAction;
  /** The client's name of the call, e.g. `conversations details query`. */
  readonly operation: string;
  readonly method?: string;
  readonly path?: string;
  /** HTTP status, absent when no response arrived. */
  readonly status?: number;
  /** Genesys' `code`, or Node's (`ECONNRESET`). */
  readonly code?: string;
  readonly correlationId?: string;
  /** From `Retry-After` or the rate-limit headers. */
  readonly retryAfterMs?: number;
  /**
   * Set for errors that concern every call: the API is `away` (name not resolved, host not reached,
   * no login), or it or the proxy has `refused` the credentials, which is a configuration error.
   */
  readonly outage?: 'away' | 'refused';
}

/** A failed call of the Genesys Cloud API. It is classified where it is created, in `genesys/errors.ts`. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly facts: ApiErrorFacts;

  constructor(message: string, facts: ApiErrorFacts, options?: ErrorOptions) {
    super(message, options);
    this.facts = facts;
  }
}

/** Reports that the slice cannot be pulled yet (data not available, wait longer than the run): it stays pending until `notBefore`. */
export class DeferredError extends Error {
  override readonly name = 'DeferredError';
  readonly notBefore: Date;

  constructor(message: string, notBefore: Date, options?: ErrorOptions) {
    super(message, options);
    this.notBefore = notBefore;
  }
}

/** Genesys Cloud or the database is unreachable, or refuses this program: one condition, not a failure of any slice. */
export class OutageError extends Error {
  override readonly name = 'OutageError';
  readonly of: 'genesys' | 'database';
  /** True for a configuration error: exit status 2. */
  readonly isMistake: boolean;

  constructor(message: string, of: OutageError['of'], options: ErrorOptions & { readonly isMistake?: boolean } = {}) {
    super(message, options);
    this.of = of;
    this.isMistake = options.isMistake ?? false;
  }
}

/** Returns the outage of the API that an error indicates, or undefined where it concerns one call only. */
export function apiOutage(error: unknown): OutageError | undefined {
  if (error instanceof OutageError) return error;
  if (!(error instanceof ApiError) || error.facts.outage === undefined) return undefined;
  const isMistake = error.facts.outage === 'refused';
  const message = isMistake ? error.message : `Genesys Cloud cannot be reached: ${error.message}`;
  return new OutageError(message, 'genesys', { cause: error, isMistake });
}

export function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(typeof thrown === 'string' ? thrown : JSON.stringify(thrown));
}

/** Returns an error with a code, like Node's own errors. */
export function withCode(code: string, message: string): NodeJS.ErrnoException {
  return Object.assign(new Error(message), { code });
}
