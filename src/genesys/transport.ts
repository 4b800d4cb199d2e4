import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { Agent, type Dispatcher, EnvHttpProxyAgent, request } from 'undici';
import { linkSignals } from '../lib/abort.js';
import { secondMs } from '../lib/interval.js';
import type { Headers } from './headers.js';

export interface WireRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal: AbortSignal;
}

/** An answer with its whole text, whatever the status and whatever the text is. */
export interface WireAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** After decompression. */
  readonly bytes: number;
}

export interface Transport {
  /** Throws the network's error with its code, or the signal's reason. Never throws because of a status. */
  exchange(request: WireRequest): Promise<WireAnswer>;
  close(): Promise<void>;
}

export interface TransportOptions {
  readonly timeoutMs: number;
  readonly userAgent: string;
  /** No proxy can reach this machine's own loopback addresses. */
  readonly isLoopback: boolean;
  readonly bodyBytesMax?: number;
}

const bodyBytesMaxDefault = 256 * 1024 * 1024;
const connectTimeoutMsMax = 15 * secondMs;
const keepAliveMs = 30 * secondMs;
const connectionsMax = 32;
// A body that drips in keeps each part inside the time-out; the whole must end too.
const exchangeTimeoutFactor = 5;
const gunzipChunkBytes = 256 * 1024;

const gunzipAsync = promisify(gunzip);

export function createTransport(options: TransportOptions): Transport {
  const dispatcher = createDispatcher(options);
  const bodyBytesMax = options.bodyBytesMax ?? bodyBytesMaxDefault;
  return {
    exchange: (wire) => exchange(wire, dispatcher, options, bodyBytesMax),
    close: () => dispatcher.destroy(),
  };
}

function createDispatcher(options: TransportOptions): Dispatcher {
  const agentOptions: Agent.Options = {
    connect: { timeout: Math.min(options.timeoutMs, connectTimeoutMsMax) },
    headersTimeout: options.timeoutMs,
    bodyTimeout: options.timeoutMs,
    keepAliveTimeout: keepAliveMs,
    connections: connectionsMax,
  };
  return options.isLoopback ? new Agent(agentOptions) : new EnvHttpProxyAgent(agentOptions);
}

async function exchange(
  wire: WireRequest,
  dispatcher: Dispatcher,
  options: TransportOptions,
  bodyBytesMax: number,
): Promise<WireAnswer> {
  const ms = options.timeoutMs * exchangeTimeoutFactor;
  const reason = () => codedError('UND_ERR_BODY_TIMEOUT', `the answer was not complete after ${ms / secondMs} s`);
  const link = linkSignals([wire.signal], { ms, reason });
  try {
    const response = await request(wire.url, {
      dispatcher,
      method: wire.method as Dispatcher.HttpMethod,
      headers: { ...wire.headers, 'accept-encoding': 'gzip', 'user-agent': options.userAgent },
      body: wire.body ?? null,
      signal: link.signal,
    });
    const headers = flattenHeaders(response.headers);
    const raw = await readBounded(response.body, bodyBytesMax);
    const bytes = headers['content-encoding'] === 'gzip' ? await unzip(raw, bodyBytesMax) : raw;
    return { status: response.statusCode, headers, text: bytes.toString('utf8'), bytes: bytes.length };
  } finally {
    link.unlink();
  }
}

async function readBounded(body: AsyncIterable<Buffer>, bytesMax: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    // Leaving the loop by an error destroys the stream and its socket.
    if (bytes > bytesMax) throw bodyTooLarge(bytesMax);
    chunks.push(chunk);
  }
  return chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks, bytes);
}

async function unzip(raw: Buffer, bytesMax: number): Promise<Buffer> {
  if (raw.length === 0) return raw;
  try {
    return await gunzipAsync(raw, { maxOutputLength: bytesMax, chunkSize: gunzipChunkBytes });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw bodyTooLarge(bytesMax);
    throw error;
  }
}

export const bodyTooLargeCode = 'BODY_TOO_LARGE';

function bodyTooLarge(bytesMax: number): Error {
  return codedError(bodyTooLargeCode, `the answer is larger than ${bytesMax} bytes`);
}

function codedError(code: string, message: string): Error {
  return Object.assign(new Error(message), { code });
}

function flattenHeaders(headers: Record<string, string | string[] | undefined>): Headers {
  const flat: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) flat[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return flat;
}
