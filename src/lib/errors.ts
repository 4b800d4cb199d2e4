/**
 * Lists how a caller handles an error. `fail` is also the action for anything unknown.
 * `unavailable`: this organization has no licence or permission for the data set; other streams continue.
 */
export type ErrorAction = 'retry' | 'wait' | 'login' | 'split' | 'restart' | 'dead_letter' | 'unavailable' | 'fail';

/** A mistake of the person who started the program: exit status 2, no stack. `message` names culprit and remedy. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** A lake or its store cannot be read or written; the message says what and what to do. Exit status 1, no stack. */
export class LakeError extends Error {
  override readonly name = 'LakeError';
}

/** A newer program has migrated the database: this one must not store any more. Ends `run` with exit status 2. */
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
   * It concerns every call alike: the API is `away` (not resolved, not reached, no login), or it or the proxy before it has `refused` the
   * credentials, which is a mistake of configuration.
   */
  readonly outage?: 'away' | 'refused';
}

/** An answer, or the lack of one, of the Genesys Cloud API. Classified where it is made, in `genesys/errors.ts`. */
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

/** Genesys Cloud or the database is away, or refuses this program: one condition, and not a fault of any slice. */
export class OutageError extends Error {
  override readonly name = 'OutageError';
  readonly of: 'genesys' | 'database';
  /** A mistake of configuration: exit status 2. */
  readonly isMistake: boolean;

  constructor(message: string, of: OutageError['of'], options: ErrorOptions & { readonly isMistake?: boolean } = {}) {
    super(message, options);
    this.of = of;
    this.isMistake = options.isMistake ?? false;
  }
}

/** Returns the outage of the API that an error means, or undefined where it concerns one call only. */
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

/** Returns an error with a code as Node's own errors have one. */
export function withCode(code: string, message: string): NodeJS.ErrnoException {
  return Object.assign(new Error(message), { code });
}
