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

export function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(typeof thrown === 'string' ? thrown : JSON.stringify(thrown));
}
