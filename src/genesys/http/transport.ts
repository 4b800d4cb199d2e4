import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { Agent, type Dispatcher, request } from 'undici';
import { linkSignals } from '../../lib/abort.js';
import { withCode } from '../../lib/errors.js';
import { secondMs } from '../../lib/interval.js';
import { createConnector } from './connector.js';
import type { Headers } from './headers.js';
import type { ProxySettings } from './proxy.js';

export interface WireRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal: AbortSignal;
  /** Limits the time until the response begins, where less than that of other requests. */
  readonly answerMsMax?: number;
}

/** A response whose body is still arriving. */
export interface WireResponse {
  readonly status: number;
  readonly headers: Headers;
  /** Decompressed, in the order of arrival. It is read from the socket only on demand. */
  readonly body: AsyncIterable<Buffer>;
}

/** A response of any status with its whole text. */
export interface WireAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** After decompression. */
  readonly bytes: number;
}

export interface Transport {
  /**
   * Sends one request and lets `read` consume the response; afterwards the connection is free or
   * closed. Throws the network's error with its code, what `read` throws, or the signal's reason.
   * Never throws because of a status.
   */
  exchange<T>(request: WireRequest, read: (response: WireResponse) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

export interface TransportOptions {
  readonly timeoutMs: number;
  readonly userAgent: string;
  /** Absent where every host is reached directly. */
  readonly proxies?: ProxySettings | undefined;
}

/** Limits a body that is held in memory as a whole. */
const textBytesMax = 256 * 1024 * 1024;
/** Two attempts must fit into the time after which a command reports that Genesys Cloud cannot be reached. */
const connectTimeoutMsMax = 8 * secondMs;
const keepAliveMs = 30 * secondMs;
/** More than are ever in flight; a limit against bugs elsewhere. */
const connectionsMax = 64;
// A slow body can keep each part inside the time-out, so the whole exchange is limited too.
const exchangeTimeoutFactor = 5;
const gunzipChunkBytes = 128 * 1024;

export function createTransport(options: TransportOptions): Transport {
  const dispatcher = createDispatcher(options);
  return {
    exchange: (wire, read) => exchange(wire, read, dispatcher, options),
    close: () => dispatcher.destroy(),
  };
}

function createDispatcher({ timeoutMs, proxies }: TransportOptions): Dispatcher {
  return new Agent({
    connect: createConnector(Math.min(timeoutMs, connectTimeoutMsMax), proxies),
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
    keepAliveTimeout: keepAliveMs,
    connections: connectionsMax,
  });
}

async function exchange<T>(
  wire: WireRequest,
  read: (response: WireResponse) => Promise<T>,
  dispatcher: Dispatcher,
  options: TransportOptions,
): Promise<T> {
  const ms = options.timeoutMs * exchangeTimeoutFactor;
  const reason = () => withCode('UND_ERR_BODY_TIMEOUT', `the answer was not complete after ${ms / secondMs} s`);
  const link = linkSignals([wire.signal], { ms, reason });
  try {
    const response = await request(wire.url, {
      dispatcher,
      method: wire.method as Dispatcher.HttpMethod,
      headers: { ...wire.headers, 'accept-encoding': 'gzip', 'user-agent': options.userAgent },
      body: wire.body ?? null,
      headersTimeout: Math.min(wire.answerMsMax ?? options.timeoutMs, options.timeoutMs),
      signal: link.signal,
    });
    const headers = flattenHeaders(response.headers);
    const isPacked = headers['content-encoding'] === 'gzip';
    const body = isPacked ? unpacked(response.body) : response.body;
    // A reader that stops early leaves bytes on the connection, and an error of the stream
    // about its premature end.
    response.body.on('error', () => {});
    try {
      return await read({ status: response.statusCode, headers, body });
    } finally {
      response.body.destroy();
    }
  } finally {
    link.unlink();
  }
}

/**
 * Yields the decompressed bytes. Throws zlib's error with its code where the compressed ones end
 * early or are invalid.
 */
async function* unpacked(packed: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void, void> {
  const gunzip = createGunzip({ chunkSize: gunzipChunkBytes });
  // The error reaches the reader through `gunzip`; here it must merely be handled.
  const piping = pipeline(packed, gunzip).catch(() => {});
  yield* gunzip as AsyncIterable<Buffer>;
  await piping;
}

/** Reads the whole body as text. Throws an error with `bodyTooLargeCode` beyond the bound. */
export async function readText(response: WireResponse, bytesMax = textBytesMax): Promise<WireAnswer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response.body) {
    bytes += chunk.length;
    if (bytes > bytesMax) throw bodyTooLarge(bytesMax);
    chunks.push(chunk);
  }
  const { status, headers } = response;
  return { status, headers, text: Buffer.concat(chunks, bytes).toString('utf8'), bytes };
}

export const bodyTooLargeCode = 'BODY_TOO_LARGE';

export function bodyTooLarge(bytesMax: number): Error {
  return withCode(bodyTooLargeCode, `the answer is larger than ${bytesMax} bytes`);
}

function flattenHeaders(headers: Record<string, string | string[] | undefined>): Headers {
  const flat: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) flat[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return flat;
}
