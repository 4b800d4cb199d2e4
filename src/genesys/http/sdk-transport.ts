import { type ApiError, asError } from '../../lib/errors.js';
import type { Redactor } from '../../lib/redact.js';
import type { RecordSink, RequestReport } from '../api.js';
import type { Endpoint } from '../auth/region.js';
import { toApiError } from '../errors.js';
import type { BudgetFacts } from '../request/budget.js';
import type { Operation } from '../request/operation.js';
import type { Reachability } from '../request/reachability.js';
import type { SilenceWatch } from '../request/silence.js';
import { AnswerPace } from './answer-pace.js';
import { ConnectError } from './connector.js';
import { budgetFacts } from './headers.js';
import { readRecords } from './record-reader.js';
import { correlationIdHeader, readAnswer } from './response.js';
import type { SdkAnswer, SdkRequest } from './sdk.js';
import { readText, type Transport, type WireAnswer, type WireRequest, type WireResponse } from './transport.js';

/** One request through the SDK; `facts` is what its response stated about the allowance. */
export interface Exchange {
  readonly operation: Operation;
  readonly signal: AbortSignal;
  /** Receives the records of the response one by one, if set. */
  readonly records?: RecordSink | undefined;
  facts?: BudgetFacts;
  /** Time that the response waited for its reader. */
  waitedMs?: number;
}

export interface WireOptions {
  readonly transport: Transport;
  readonly redactor: Redactor;
  readonly reachability: Reachability;
  readonly silence: SilenceWatch;
  /** Limits the time until the response to an operation begins, where less than that of most. */
  readonly answerMsMax: (operation: Operation) => number | undefined;
  readonly clockMs: () => number;
  readonly now: () => Date;
  readonly onRequest?: ((report: RequestReport) => void) | undefined;
  readonly onTime?: ((serverTimeMs: number) => void) | undefined;
}

/** Replaces the SDK's HTTP client: sends its requests, classifies every response, counts. */
export class Wire {
  readonly #options: WireOptions;
  readonly #reachedHosts = new Set<string>();
  readonly pace = new AnswerPace();
  readonly counters = { requests: 0, status429: 0, bytes: 0 };
  /** Set once the SDK is opened; nothing is sent to any other host, whatever configuration the SDK has found. */
  endpoint: Endpoint | undefined;
  #current: Exchange | undefined;

  constructor(options: WireOptions) {
    this.#options = options;
  }

  /**
   * `call` makes one SDK call. The SDK takes no signal and no name, but asks its HTTP client before it returns, so the
   * exchange that is current at that moment is the call's own.
   */
  run<T>(exchange: Exchange, call: () => Promise<T>): Promise<T> {
    this.#current = exchange;
    try {
      return call();
    } finally {
      this.#current = undefined;
    }
  }

  readonly send = async (request: SdkRequest): Promise<SdkAnswer> => {
    const exchange = this.#current;
    if (!exchange) throw new Error('The SDK sent a request outside a call.');
    const answerMsMax = this.#options.answerMsMax(exchange.operation);
    const wire = { ...toWireRequest(request, exchange.signal), ...(answerMsMax && { answerMsMax }) };
    this.#refuseOtherHosts(wire, exchange);
    try {
      const answer = await this.#exchange(wire, exchange);
      const { redactor, now } = this.#options;
      const data = readAnswer(wire, answer, { operation: exchange.operation, redactor, wallMs: now().getTime() });
      return { status: answer.status, statusText: '', headers: answer.headers, data };
    } catch (error) {
      exchange.records?.drop();
      throw error;
    }
  };

  async #exchange(wire: WireRequest, exchange: Exchange): Promise<WireAnswer> {
    const startMs = this.#options.clockMs();
    if (exchange.operation.kind !== 'login') this.counters.requests += 1;
    const endWait = exchange.operation.isWriter ? () => {} : this.#options.silence.begin();
    try {
      const answer = await this.#options.transport.exchange(wire, (response) => {
        endWait(true);
        return this.#read(response, exchange);
      });
      this.#record(wire, exchange, answer, startMs);
      return answer;
    } catch (error) {
      if (exchange.signal.aborted) throw exchange.signal.reason;
      this.#options.reachability.failed(new URL(wire.url).host, startMs);
      this.#report(exchange, startMs, { status: 0, bytes: 0 });
      throw this.#networkError(wire, exchange, asError(error));
    } finally {
      endWait(false);
    }
  }

  /** Reads a response. Only a successful one has records; of every other the whole text is read. */
  #read(response: WireResponse, exchange: Exchange): Promise<WireAnswer> {
    const { operation, records } = exchange;
    const isGood = response.status >= 200 && response.status <= 299;
    if (!isGood || operation.recordsKey === undefined || records === undefined) return readText(response);
    const beganMs = this.#options.clockMs();
    const begin = async () => {
      await records.begin();
      exchange.waitedMs = this.#options.clockMs() - beganMs;
    };
    return readRecords(response, operation.recordsKey, { begin, add: (record) => records.add(record) });
  }

  #record(wire: WireRequest, exchange: Exchange, answer: WireAnswer, startMs: number): void {
    const { host } = new URL(wire.url);
    this.#reachedHosts.add(host);
    // A host at which no login succeeds counts as unreachable.
    const isAway = exchange.operation.kind === 'login' && answer.status >= 500;
    if (isAway) this.#options.reachability.failed(host, startMs);
    else this.#options.reachability.answered(host, answer.status >= 500);
    const serverTimeMs = Date.parse(answer.headers.date ?? '');
    if (!Number.isNaN(serverTimeMs)) this.#options.onTime?.(serverTimeMs);
    this.counters.bytes += answer.bytes;
    if (exchange.operation.kind !== 'login')
      this.pace.observe(this.#options.clockMs() - startMs - (exchange.waitedMs ?? 0));
    if (answer.status === 429) this.counters.status429 += 1;
    const facts = budgetFacts(answer.headers, this.#options.clockMs());
    if (facts) exchange.facts = facts;
    const correlationId = answer.headers[correlationIdHeader];
    this.#report(exchange, startMs, {
      status: answer.status,
      bytes: answer.bytes,
      ...(correlationId && { correlationId }),
    });
  }

  #report(exchange: Exchange, startMs: number, seen: Pick<RequestReport, 'status' | 'bytes' | 'correlationId'>): void {
    const ms = this.#options.clockMs() - startMs;
    this.#options.onRequest?.({ operation: exchange.operation.name, ms, ...seen });
  }

  #networkError(wire: WireRequest, exchange: Exchange, error: Error): ApiError {
    const code = (error as NodeJS.ErrnoException).code;
    return toApiError(
      {
        operation: exchange.operation,
        method: wire.method,
        url: wire.url,
        ...(code && { code }),
        // Where several addresses were tried, Node's error has a code but no text.
        message: error.message || `no connection to ${new URL(wire.url).host}`,
        isReached: this.#reachedHosts.has(new URL(wire.url).host),
        ...(error instanceof ConnectError && { isUnconnected: true, ...(error.proxy && { proxy: error.proxy }) }),
        cause: error,
      },
      this.#options.redactor,
    );
  }

  #refuseOtherHosts(wire: WireRequest, exchange: Exchange): void {
    const { endpoint } = this;
    const bases = endpoint ? [endpoint.apiUrl, endpoint.loginUrl] : [];
    if (bases.some((base) => wire.url.startsWith(`${base}/`))) return;
    const message = `the SDK points at another address than ${bases.join(' and ')}`;
    const failure = { operation: exchange.operation, method: wire.method, url: wire.url, message };
    throw toApiError(failure, this.#options.redactor);
  }
}

function toWireRequest(request: SdkRequest, signal: AbortSignal): WireRequest {
  const query = new URLSearchParams(request.params ?? {}).toString();
  const url = query ? `${request.url}?${query}` : request.url;
  const headers: Record<string, string> = { accept: 'application/json' };
  for (const [name, value] of Object.entries(request.headers ?? {})) headers[name.toLowerCase()] = String(value);
  if (request.data === undefined || request.data === null) return { url, method: request.method, headers, signal };
  // The SDK encodes only the login's form itself, and leaves its type to the HTTP client.
  const isForm = typeof request.data === 'string';
  if (isForm) headers['content-type'] = 'application/x-www-form-urlencoded';
  const body = isForm ? (request.data as string) : JSON.stringify(request.data);
  return { url, method: request.method, headers, body, signal };
}
