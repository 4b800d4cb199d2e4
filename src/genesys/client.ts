import { isIP } from 'node:net';
import { linkSignals, sleepFor } from './abort.js';
import type { ApiStats, GenesysApi, GenesysApiOptions } from './api.js';
import { Caller } from './caller.js';
import { bodyFaultCodes, toApiError } from './errors.js';
import { createTransport } from './http.js';
import { createListings } from './listings.js';
import { MemoryBudget } from './memory-budget.js';
import type { Operation } from './operation.js';
import { createOperations } from './operations.js';
import { RateLimiter } from './rate-limiter.js';
import { Redactor } from './redact.js';
import type { RetryOptions } from './retry.js';
import { openSdk, type SdkSession } from './sdk.js';
import { Session, type Token } from './session.js';
import { Wire } from './wire.js';

const loginOperation: Operation = { name: 'login', kind: 'login' };

/** The Genesys Cloud API over its official SDK. Sends nothing before the first call; throws UsageError on a bad region. */
export function createGenesysApi(options: GenesysApiOptions): GenesysApi {
  const now = options.now ?? (() => new Date());
  const clockMs = options.clockMs ?? monotonicMs;
  const sleep = options.sleep ?? sleepFor;
  const closing = new AbortController();
  const redactor = new Redactor(options.clientSecret);
  let retries = 0;
  const retry: RetryOptions = {
    waitMsMax: options.waitMsMax,
    now,
    sleep,
    random: options.random ?? Math.random,
    onRetry: () => {
      retries += 1;
    },
  };
  const transport = createTransport({
    timeoutMs: options.timeoutMs,
    userAgent: `genesys-warehouse/${options.userAgentVersion}`,
    isLoopback: isLoopback(options.apiUrl),
  });
  const wire = new Wire({ transport, redactor, clockMs, now, onRequest: options.onRequest });
  const sdk = openSdk(options, wire.send);
  wire.endpoint = sdk.endpoint;
  const signals = [options.signal, closing.signal];
  const session = new Session({
    clockMs,
    login: () =>
      login({ clientId: options.clientId, clientSecret: options.clientSecret, sdk, wire, redactor, signals }),
  });
  const budget = options.budget ?? new MemoryBudget(options.requestsPerMinute);
  const limiter = new RateLimiter({ budget, clockMs, sleep, now });
  const caller = new Caller({ apis: sdk.apis, wire, limiter, session, retry, now, signals });
  return {
    ...createOperations(caller),
    ...createListings(caller),
    stats: (): ApiStats => ({
      ...wire.counters,
      retries,
      throttledMs: Math.round(limiter.throttledMs),
      allowance: Math.min(options.requestsPerMinute, limiter.allowed ?? Number.POSITIVE_INFINITY),
    }),
    close: async () => {
      closing.abort(new Error('The API client was closed.'));
      await transport.close();
    },
  };
}

interface Login {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly sdk: SdkSession;
  readonly wire: Wire;
  readonly redactor: Redactor;
  readonly signals: readonly (AbortSignal | undefined)[];
}

async function login(options: Login): Promise<Token> {
  const { sdk, wire, redactor } = options;
  const link = linkSignals(options.signals);
  const exchange = { operation: loginOperation, signal: link.signal };
  try {
    const token = await wire.run(exchange, () => sdk.login(options.clientId, options.clientSecret));
    if (token.value === '') throw notAToken(sdk, redactor);
    redactor.add(token.value);
    return token;
  } finally {
    link.unlink();
  }
}

function notAToken(sdk: SdkSession, redactor: Redactor): Error {
  const url = `${sdk.endpoint.loginUrl}/oauth/token`;
  const message = 'the answer holds no access token';
  return toApiError(
    { operation: loginOperation, method: 'POST', url, code: bodyFaultCodes.notAToken, message },
    redactor,
  );
}

/** Milliseconds since the epoch that never run backwards, also when the computer's clock is set. */
function monotonicMs(): number {
  return performance.timeOrigin + performance.now();
}

function isLoopback(apiUrl: string | undefined): boolean {
  if (!apiUrl || !URL.canParse(apiUrl)) return false;
  const host = new URL(apiUrl).hostname;
  return host === 'localhost' || host === '[::1]' || (isIP(host) === 4 && host.startsWith('127.'));
}
