import type { Sleep } from '../../lib/abort.js';
import { ApiError, DeferredError } from '../../lib/errors.js';
import { secondMs } from '../../lib/interval.js';

export interface RetryOptions {
  /** Total waiting time of one call; more throws DeferredError. */
  readonly waitMsMax: number;
  readonly now: () => Date;
  readonly sleep: Sleep;
  /** In [0, 1). */
  readonly random: () => number;
  /** Returns true where waiting for an unreachable API would take too long. */
  readonly isTooLate?: (delayMs: number) => boolean;
  readonly onRetry?: (error: ApiError, delayMs: number) => void;
  /**
   * Name of an operation that must not be sent twice unless it certainly had no effect: of its
   * errors only `wait`, a definite refusal, is retried.
   */
  readonly sentOnce?: string | undefined;
}

export const attemptsMax = 5;
// Each time-out of a gateway costs a minute, and a query that is too large stays too large.
export const gatewayTimeoutAttemptsMax = 2;
// Far more than a real limit needs: a guard against an API that always refuses.
const waitsMax = 50;
const delayMsBase = 500;
const delayMsMax = 30 * secondMs;

/**
 * Repeats `attempt` while its ApiError says `retry` or `wait`, or `split` after a gateway's
 * time-out. `Retry-After` takes precedence; otherwise the delay is exponential with full jitter.
 * Throws the last ApiError, DeferredError, or the signal's reason.
 */
export async function withRetry<T>(
  attempt: () => Promise<T>,
  options: RetryOptions,
  signal: AbortSignal,
  spent: WaitAllowance = new WaitAllowance(options.waitMsMax),
): Promise<T> {
  const counts = { attempts: 0, waits: 0 };
  for (;;) {
    signal.throwIfAborted();
    try {
      return await attempt();
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      if (!(error instanceof ApiError)) throw error;
      const delayMs = delayBefore(error, counts, options);
      if (delayMs === undefined) throw afterAttempts(error, counts.attempts);
      const isTooLong = counts.waits > waitsMax || !spent.take(delayMs);
      if (isTooLong) throw notYet(error, delayMs, options.now());
      options.onRetry?.(error, delayMs);
      await options.sleep(delayMs, signal);
    }
  }
}

/** Tracks how long one call may still wait, for the allowance and between attempts together. */
export class WaitAllowance {
  #leftMs: number;

  constructor(waitMsMax: number) {
    this.#leftMs = waitMsMax;
  }

  get leftMs(): number {
    return this.#leftMs;
  }

  /** Takes `ms`; returns false, and takes nothing, when less is left. */
  take(ms: number): boolean {
    if (ms > this.#leftMs) return false;
    this.#leftMs -= ms;
    return true;
  }
}

/** Returns the delay before the next attempt; undefined when there is none. */
function delayBefore(error: ApiError, counts: { attempts: number; waits: number }, options: RetryOptions) {
  const { random } = options;
  const { action, retryAfterMs } = error.facts;
  if (action === 'wait') {
    counts.waits += 1;
    return retryAfterMs ?? jitteredMs(counts.waits, random);
  }
  const max = options.sentOnce === error.facts.operation ? 1 : attemptsFor(error);
  counts.attempts += 1;
  const delayMs = retryAfterMs ?? jitteredMs(counts.attempts, random);
  if (counts.attempts >= max || (error.facts.outage !== undefined && options.isTooLate?.(delayMs))) return undefined;
  return delayMs;
}

function attemptsFor(error: ApiError): number {
  if (error.facts.action === 'retry') return attemptsMax;
  return error.facts.action === 'split' && error.facts.status === 504 ? gatewayTimeoutAttemptsMax : 1;
}

/** Returns a delay with full jitter, so that callers that failed together do not retry together. */
export function jitteredMs(failures: number, random: () => number): number {
  const ceilingMs = Math.min(delayMsMax, delayMsBase * 2 ** (failures - 1));
  return Math.ceil(random() * ceilingMs);
}

/** Matches another call's error, with which this one gives up as well. */
const triedBefore = /It was tried \d+ times\.$/;

function afterAttempts(error: ApiError, attempts: number): ApiError {
  if (attempts < 2 || triedBefore.test(error.message)) return error;
  return new ApiError(`${error.message} It was tried ${attempts} times.`, error.facts, { cause: error.cause });
}

function notYet(error: ApiError, delayMs: number, now: Date): DeferredError {
  const notBefore = new Date(now.getTime() + delayMs);
  const message = `${error.message} To be retried at ${notBefore.toISOString()}, later than this run may wait.`;
  return new DeferredError(message, notBefore, { cause: error });
}
