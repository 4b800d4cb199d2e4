import { linkSignals } from '../../lib/abort.js';
import { toleranceMs } from '../../lib/api-clock.js';
import { ApiError, asError } from '../../lib/errors.js';
import { minuteMs, plus, secondMs } from '../../lib/interval.js';
import { isObject } from '../../lib/json.js';
import type { ApiAnswer, CallOptions, JsonObject } from '../api.js';
import type { Session } from '../auth/session.js';
import { asOutage, asTooMuch, mayConcernAll } from '../errors.js';
import { correlationIdHeader } from '../http/response.js';
import type { SdkAnswer, SdkApis } from '../http/sdk.js';
import type { Exchange, Wire } from '../http/sdk-transport.js';
import type { Operation } from './operation.js';
import type { RateLimiter } from './rate-limiter.js';
import type { Reachability } from './reachability.js';
import { type RetryOptions, WaitAllowance, withRetry } from './retry.js';
import type { SilenceWatch } from './silence.js';

/** One call of one SDK method. */
export type SdkCall = (apis: SdkApis) => Promise<unknown>;

export interface CallerOptions {
  readonly apis: SdkApis;
  readonly wire: Wire;
  readonly limiter: RateLimiter;
  readonly session: Session;
  readonly retry: RetryOptions;
  readonly reachability: Reachability;
  readonly silence: SilenceWatch;
  readonly now: () => Date;
  /** Signals that abort every call: the end of the program, and `close`. */
  readonly signals: readonly (AbortSignal | undefined)[];
}

// Limits per minute concern all calls. A much longer wait is a limit of one kind of call, so others
// are not paused.
const pauseMsMax = 2 * minuteMs;
const pauseMsDefault = secondMs;
/** A request that every client may send. */
const probe: Operation = { name: 'organization', kind: 'other', isQuick: true };
const probeCall: SdkCall = (apis) => apis.organization.getOrganizationsMe();
const probeWaitMsMax = 10 * secondMs;

/** Makes every call: gets a token, waits for its turn, sends the request, and retries while the error allows it. */
export class Caller {
  readonly #options: CallerOptions;
  /** Number of answered queries, which shows that the API is available while one of them fails. */
  #queriesAnswered = 0;
  #probing: Promise<ApiError | undefined> | undefined;

  constructor(options: CallerOptions) {
    this.#options = options;
    options.silence.probe = async () => {
      const error = await this.#probe();
      return error && asOutage(error);
    };
  }

  async call<Body extends JsonObject>(
    operation: Operation,
    sdkCall: SdkCall,
    options: CallOptions = {},
  ): Promise<ApiAnswer<Body>> {
    const link = linkSignals([options.signal, ...this.#options.signals, this.#options.silence.signal]);
    const retry = { ...this.#options.retry, sentOnce: operation.isNonIdempotent ? operation.name : undefined };
    const allowance = new WaitAllowance(retry.waitMsMax);
    const { priority = 0, records } = options;
    const answeredBefore = this.#queriesAnswered;
    const turn = { operation, sdkCall, signal: link.signal, priority, allowance, records };
    try {
      return await withRetry(() => this.#attempt<Body>(turn), retry, link.signal, allowance);
    } catch (error) {
      // An error of a request that was cut off is a consequence, not the cause.
      if (link.signal.aborted) throw this.#giveUpIfAway(link.signal.reason);
      const areOthersAnswered = this.#queriesAnswered > answeredBefore;
      const seen = this.#giveUpIfAway(areOthersAnswered ? error : await this.#orOutage(error, turn));
      const isAlone = options.isLaterPage || areOthersAnswered;
      throw isAlone ? tooMuchWhereDivisible(seen, operation) : toNotSentError(seen, operation);
    } finally {
      link.unlink();
    }
  }

  /** Returns the error; if it is an outage, other calls fail with it for some seconds. */
  #giveUpIfAway(error: unknown): unknown {
    if (error instanceof ApiError && error.facts.outage === 'away') this.#options.reachability.giveUp(error);
    return error;
  }

  /**
   * Distinguishes an outage, in which a gateway fails every call, from the failure of some calls.
   * Only another call shows which it is.
   */
  async #orOutage(error: unknown, turn: Turn): Promise<unknown> {
    const { isWriter, isNonIdempotent } = turn.operation;
    if (!(error instanceof ApiError) || !mayConcernAll(error) || isWriter || isNonIdempotent) return error;
    // The probe cannot confirm itself: a gateway may fail only this path.
    if (turn.operation.name === probe.name) return error;
    return (await this.#probe()) === undefined ? error : asOutage(error);
  }

  /** Sends one small request for all who wait for it. Resolves with its error if the API does not answer it in any way. */
  #probe(): Promise<ApiError | undefined> {
    this.#probing ??= this.#sendProbe().finally(() => {
      this.#probing = undefined;
    });
    return this.#probing;
  }

  async #sendProbe(): Promise<ApiError | undefined> {
    const link = linkSignals(this.#options.signals);
    const allowance = new WaitAllowance(probeWaitMsMax);
    const turn = { operation: probe, sdkCall: probeCall, priority: 0, allowance, records: undefined };
    try {
      await this.#attempt({ ...turn, signal: link.signal });
      return undefined;
    } catch (error) {
      const isUnanswered = error instanceof ApiError && (error.facts.outage !== undefined || mayConcernAll(error));
      return isUnanswered ? error : undefined;
    } finally {
      link.unlink();
    }
  }

  /**
   * Makes one attempt. A token may be revoked before it expires, so a refused one is renewed once,
   * unless it was just issued.
   */
  async #attempt<Body extends JsonObject>(turn: Turn): Promise<ApiAnswer<Body>> {
    const { session, reachability } = this.#options;
    reachability.throwIfGivenUp();
    await session.ready(turn.signal);
    const generation = session.generation;
    try {
      return await this.#send(turn);
    } catch (error) {
      if (!isLoginNeeded(error)) throw error;
      await session.refused(generation, turn.signal);
      return await this.#send<Body>(turn).catch((again) => {
        throw isLoginNeeded(again) ? toPermanentError(again) : again;
      });
    }
  }

  async #send<Body extends JsonObject>(turn: Turn): Promise<ApiAnswer<Body>> {
    const { limiter, wire, apis, now } = this.#options;
    const granted = await limiter.acquire(turn.priority, turn.signal, turn.allowance.leftMs);
    turn.allowance.take(Math.min(granted.waitedMs, turn.allowance.leftMs));
    const exchange: Exchange = { operation: turn.operation, signal: turn.signal, records: turn.records };
    const requestedAt = now();
    const startMs = performance.now();
    try {
      const answer = await wire.run(exchange, async () => (await turn.sdkCall(apis)) as unknown as SdkExtended);
      if (turn.operation.kind === 'query') this.#queriesAnswered += 1;
      return toApiAnswer<Body>(answer, effectiveRequestTime(requestedAt, plus(now(), startMs - performance.now())));
    } catch (error) {
      await this.#pauseAll(error);
      throw error;
    } finally {
      await limiter.settle(exchange.facts, granted);
    }
  }

  async #pauseAll(error: unknown): Promise<void> {
    if (!(error instanceof ApiError) || error.facts.action !== 'wait') return;
    await this.#options.limiter.pauseFor(Math.min(error.facts.retryAfterMs ?? pauseMsDefault, pauseMsMax));
  }
}

interface Turn {
  readonly operation: Operation;
  readonly sdkCall: SdkCall;
  readonly signal: AbortSignal;
  readonly priority: number;
  readonly allowance: WaitAllowance;
  readonly records: CallOptions['records'];
}

/**
 * Returns the request's time. If the response has shown that the clock was wrong, or the clock was
 * set meanwhile, the corrected time applies.
 */
function effectiveRequestTime(requestedAt: Date, seenAfterwards: Date): Date {
  const isWrong = Math.abs(requestedAt.getTime() - seenAfterwards.getTime()) > toleranceMs;
  return isWrong ? seenAfterwards : requestedAt;
}

/** The SDK's extended response. */
interface SdkExtended {
  readonly headers: SdkAnswer['headers'];
  readonly body: unknown;
}

function toApiAnswer<Body extends JsonObject>(answer: SdkExtended, requestedAt: Date): ApiAnswer<Body> {
  if (!isObject(answer.body)) throw new Error('The SDK resolved without the body that was handed to it.');
  const correlationId = answer.headers[correlationIdHeader];
  return { body: answer.body as Body, requestedAt, ...(correlationId && { correlationId }) };
}

function isLoginNeeded(error: unknown): error is ApiError {
  return error instanceof ApiError && error.facts.action === 'login';
}

function toPermanentError(error: ApiError): ApiError {
  const message = `${error.message} The token had just been issued; check that the OAuth client is active and belongs to GENESYSCLOUD_REGION.`;
  return new ApiError(message, { ...error.facts, action: 'fail' }, { cause: error });
}

/** Converts the error of a query that fails although others succeed. */
function tooMuchWhereDivisible(error: unknown, operation: Operation): Error {
  const isDivisible = operation.kind === 'query' && !operation.isIndivisible;
  return isDivisible && error instanceof ApiError ? asTooMuch(error) : toNotSentError(error, operation);
}

/**
 * Converts what the SDK throws: it throws bare strings, for instance for a missing argument. Errors
 * are returned unchanged.
 */
function toNotSentError(error: unknown, operation: Operation): Error {
  if (error instanceof Error) return error;
  const cause = asError(error);
  const facts = { action: 'fail', operation: operation.name } as const;
  return new ApiError(`${operation.name} could not be made: ${cause.message}`, facts, { cause });
}
