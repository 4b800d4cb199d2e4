import { linkSignals, sleepFor } from '../lib/abort.js';
import { ApiError, apiOutage } from '../lib/errors.js';
import { secondMs } from '../lib/interval.js';
import { LookAhead } from '../lib/look-ahead.js';
import { Redactor } from '../lib/redact.js';
import type { ApiStats, GenesysApi, GenesysApiOptions } from './api.js';
import { Session, type Token } from './auth/session.js';
import { createOperations } from './endpoints/analytics-endpoints.js';
import { createListings } from './endpoints/directory-endpoints.js';
import { asOutage, bodyFaultCodes, mayConcernAll, toApiError } from './errors.js';
import { openSdk, type SdkSession } from './http/sdk.js';
import { type Exchange, Wire, type WireOptions } from './http/sdk-transport.js';
import { createTransport } from './http/transport.js';
import type { Budget } from './request/budget.js';
import { Caller } from './request/caller.js';
import { MemoryBudget } from './request/memory-budget.js';
import type { Operation } from './request/operation.js';
import { RateLimiter } from './request/rate-limiter.js';
import { Reachability } from './request/reachability.js';
import type { RetryOptions } from './request/retry.js';
import { SilenceWatch } from './request/silence.js';

/**
 * Responses that may wait for their turn, besides those that the memory gate limits: few, because
 * some are read as a whole.
 */
const requestsAheadMax = 8;
/**
 * Nothing is answered for so long, then a small request for as long: less than half a minute
 * together, after which a command reports that Genesys Cloud cannot be reached.
 */
const quickAnswerMsMax = 10 * secondMs;
/** Two logins, one for the API's time and one for the first call, fit into that as well. */
const loginAnswerMsMax = 8 * secondMs;
const loginOperation: Operation = { name: 'login', kind: 'login' };

/**
 * Creates a client of the Genesys Cloud API over its official SDK. Sends nothing before the first
 * call; throws UsageError for an invalid region.
 */
export function createGenesysApi(options: GenesysApiOptions): GenesysApi {
  const { clientId, clientSecret } = options;
  const connection = openConnection(options, [clientSecret], (open) =>
    open.tokenBy(loginOperation, (sdk) => sdk.login(clientId, clientSecret)),
  );
  const { caller, reachability, fetchServerTime, stats, requestsAtOnce, close } = connection;
  const operations = createOperations(caller);
  const probe = async (signal?: AbortSignal) => {
    reachability.tryAgain();
    await operations.organization({ priority: 0, ...(signal && { signal }) }).catch((error: unknown) => {
      if (apiOutage(error) !== undefined) throw error;
      if (error instanceof ApiError && mayConcernAll(error)) throw asOutage(error);
    });
  };
  const lookAhead = new LookAhead(() => requestsAtOnce() - 1, requestsAheadMax);
  const listings = createListings({ caller, lookAhead });
  return { ...operations, ...listings, fetchServerTime, stats, requestsAtOnce, lookAhead, probe, close };
}

export type ConnectionOptions = Omit<GenesysApiOptions, 'clientId' | 'clientSecret'>;

/** The parts that every client of the API shares, independent of its credentials and endpoints. */
export interface Connection {
  readonly caller: Caller;
  readonly reachability: Reachability;
  readonly sdk: SdkSession;
  readonly wire: Wire;
  readonly redactor: Redactor;
  readonly now: () => Date;
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
  /** Logs in once, aborted when the client closes; throws ApiError when the response contains no token. */
  tokenBy(operation: Operation, ask: (sdk: SdkSession, exchange: Exchange) => Promise<Token>): Promise<Token>;
  fetchServerTime(): Promise<void>;
  stats(): ApiStats;
  requestsAtOnce(requestsPerMinuteMax?: number): number;
  close(): Promise<void>;
}

/** Opens the shared parts. `login` is called whenever a token is missing, about to expire or refused. */
export function openConnection(
  options: ConnectionOptions,
  secrets: readonly string[],
  login: (open: Connection) => Promise<Token>,
): Connection {
  const now = options.now ?? (() => new Date());
  const clockMs = options.clockMs ?? monotonicMs;
  const sleep = options.sleep ?? sleepFor;
  const closing = new AbortController();
  const redactor = new Redactor(...secrets);
  const reachability = new Reachability(clockMs);
  const quickMs = options.quickAnswerMsMax ?? quickAnswerMsMax;
  const silence = new SilenceWatch({ quietMs: quickMs, clockMs });
  let retries = 0;
  const retry: RetryOptions = {
    waitMsMax: options.waitMsMax,
    now,
    sleep,
    random: options.random ?? Math.random,
    isTooLate: (delayMs) => reachability.isTooLate(delayMs),
    onRetry: () => {
      retries += 1;
    },
  };
  const { timeoutMs, proxies } = options;
  const transport = createTransport({ timeoutMs, userAgent: `genesys-warehouse/${options.userAgentVersion}`, proxies });
  const { onRequest, onTime } = options;
  const answerMsMax = answerLimit(quickMs);
  const wire = new Wire({ transport, redactor, reachability, silence, answerMsMax, clockMs, now, onRequest, onTime });
  const sdk = openSdk(options, wire.send);
  wire.endpoint = sdk.endpoint;
  const signals = [options.signal, closing.signal];
  const session = new Session({ clockMs, login: () => login(connection) });
  const budget = budgetOf(options, sdk.endpoint.apiUrl);
  // The allowance depends on real time: a `sleep` that returns at once would request a turn in a
  // tight loop.
  const limiter = new RateLimiter({ budget, clockMs, sleep: options.clockMs ? sleep : sleepFor, now });
  const allowance = () => Math.min(options.requestsPerMinute, limiter.allowed ?? Number.POSITIVE_INFINITY);
  const connection: Connection = {
    caller: new Caller({ apis: sdk.apis, wire, limiter, session, retry, reachability, silence, now, signals }),
    reachability,
    sdk,
    wire,
    redactor,
    now,
    sleep,
    tokenBy: (operation, ask) => tokenBy({ sdk, wire, redactor, signals }, operation, ask),
    // Where the last login has just failed, the first call shows whether that is an outage.
    fetchServerTime: async () => {
      if (!reachability.isFailing) await session.reauthenticate(closing.signal).catch(() => {});
    },
    stats: () => ({
      ...wire.counters,
      retries,
      throttledMs: Math.round(limiter.throttledMs),
      allowance: allowance(),
    }),
    requestsAtOnce: (requestsPerMinuteMax = Number.POSITIVE_INFINITY) =>
      wire.pace.requestsAtOnce(Math.min(allowance(), requestsPerMinuteMax)),
    close: async () => {
      closing.abort(new Error('The API client was closed.'));
      await transport.close();
    },
  };
  return connection;
}

/** Returns the time until the response to an operation begins at the latest; undefined for most. */
function answerLimit(quickMs: number): WireOptions['answerMsMax'] {
  return ({ kind, isQuick }) => {
    if (kind === 'login') return Math.min(loginAnswerMsMax, quickMs);
    return isQuick ? quickMs : undefined;
  };
}

function budgetOf({ budget, requestsPerMinute }: ConnectionOptions, apiUrl: string): Budget {
  if (budget === undefined) return new MemoryBudget(requestsPerMinute);
  return typeof budget === 'function' ? budget(apiUrl) : budget;
}

interface LoginParts {
  readonly sdk: SdkSession;
  readonly wire: Wire;
  readonly redactor: Redactor;
  readonly signals: readonly (AbortSignal | undefined)[];
}

async function tokenBy(
  { sdk, wire, redactor, signals }: LoginParts,
  operation: Operation,
  ask: (sdk: SdkSession, exchange: Exchange) => Promise<Token>,
): Promise<Token> {
  const link = linkSignals(signals);
  const exchange = { operation, signal: link.signal };
  try {
    const token = await wire.run(exchange, () => ask(sdk, exchange));
    if (token.value === '') throw notAToken(sdk, operation, redactor);
    redactor.add(token.value);
    return token;
  } finally {
    link.unlink();
  }
}

function notAToken(sdk: SdkSession, operation: Operation, redactor: Redactor): Error {
  const url = `${sdk.endpoint.loginUrl}/oauth/token`;
  const message = 'the answer holds no access token';
  return toApiError({ operation, method: 'POST', url, code: bodyFaultCodes.notAToken, message }, redactor);
}

/** Returns monotonic milliseconds since the epoch, unaffected by changes of the computer's clock. */
export function monotonicMs(): number {
  return performance.timeOrigin + performance.now();
}
