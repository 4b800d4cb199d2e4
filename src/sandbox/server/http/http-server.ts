import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { JsonObject } from '../../world.js';
import { refusal } from '../api.js';
import type { SandboxControl } from '../control/control.js';
import { answerControl } from '../control/control.js';
import { refuseForeign } from '../control/control-guard.js';
import { pageAnswer } from '../control/page.js';
import type { Outgoing } from '../faults/spoil.js';
import { spoiled } from '../faults/spoil.js';
import { idOf } from '../ids.js';
import type { Answer } from './answer.js';
import { ApiFault } from './api-fault.js';
import { ByteCache } from './byte-cache.js';
import type { Exchange, Gate } from './pipeline.js';
import { answerTo } from './pipeline.js';
import type { RequestLog } from './request-log.js';

export interface ServerParts {
  readonly gate: Gate;
  readonly log: RequestLog;
  readonly control: SandboxControl;
}

const requestBytesMax = 512_000;
const gzipBytesMin = 16 * 1_024;
const gzipCacheBytesMax = 64 * 1_024 * 1_024;
const loggedBodyBytesMax = 4_096;
const keepAliveMs = 65_000;
const compress = promisify(gzip);

/** Listens on 127.0.0.1 and resolves with the port. */
export async function listen(parts: ServerParts, port: number): Promise<{ server: Server; port: number }> {
  const serve = createHandler(parts);
  const server = createServer({ keepAliveTimeout: keepAliveMs }, (request, response) => {
    serve(request, response).catch((error: unknown) => fail(response, error));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return { server, port: (server.address() as AddressInfo).port };
}

/** Reports a bug of the simulator itself clearly, so that no test takes it for the API's behaviour. */
function fail(response: ServerResponse, error: unknown): void {
  if (response.destroyed || response.headersSent) return;
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  response.writeHead(500, { 'Content-Type': 'application/json' });
  response.end(JSON.stringify({ message: `The sandbox failed: ${stack}`, code: 'sandbox.failure', status: 500 }));
}

function createHandler(parts: ServerParts): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const zipped = new ByteCache<Buffer>(gzipCacheBytesMax);
  let counter = 0;
  return async (request, response) => {
    const [path = '/', query = ''] = (request.url ?? '/').split('?', 2);
    const body = await readBody(request);
    if (path === '/' || path.startsWith('/sandbox/')) return aside(parts, request, response, path, body ?? '');
    counter += 1;
    const exchange: Exchange = {
      method: request.method ?? 'GET',
      path,
      query: new URLSearchParams(query),
      bodyText: body ?? '',
      authorization: request.headers.authorization,
      counter,
      correlationId: idOf(parts.gate.core.options.seed, 'correlation', counter),
    };
    const answer = body === undefined ? tooLarge(exchange) : await answerTo(parts.gate, exchange);
    const out = answer === 'reset' ? undefined : outgoing(parts, exchange, answer);
    record(parts, exchange, query, out);
    if (answer === 'reset' || out === undefined) return void request.socket.destroy();
    await send(parts, request, response, exchange, answer, out, zipped);
  };
}

/** Control and the page for people: not part of the API, so neither counted nor logged nor spoiled. */
function aside(
  parts: ServerParts,
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  body: string,
): void {
  const answer =
    refuseForeign(request.headers, body !== '') ??
    (path === '/' ? pageAnswer(parts.control) : answerControl(parts.control, request.method ?? 'GET', path, body));
  const bytes = Buffer.concat(answer.body);
  response.writeHead(answer.status, {
    'Content-Type': answer.contentType,
    'Content-Length': bytes.length,
    'Cache-Control': 'no-store',
  });
  response.end(bytes);
}

/**
 * Reads the body; undefined when it exceeds the size limit. The rest is read and dropped so that
 * the client receives the response.
 */
async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += (chunk as Buffer).length;
    if (bytes <= requestBytesMax) chunks.push(chunk as Buffer);
  }
  return bytes > requestBytesMax ? undefined : Buffer.concat(chunks).toString('utf8');
}

function tooLarge(exchange: Exchange): Answer {
  const fault = new ApiFault(
    413,
    'request.entity.too.large',
    `The request is over the size limit. Maximum bytes: ${requestBytesMax}`,
  );
  return refusal(fault, exchange.correlationId);
}

function outgoing(parts: ServerParts, exchange: Exchange, answer: Answer): Outgoing {
  const good: Outgoing = { status: answer.status, contentType: answer.contentType, bytes: joined(answer.body) };
  if (!exchange.path.startsWith('/api/')) return good;
  const out = spoiled(parts.gate.core.faults, exchange.counter, exchange.path, good);
  if (out.fault !== undefined) exchange.fault = out.fault;
  return out;
}

function joined(body: readonly Buffer[]): Buffer {
  return body.length === 1 ? (body[0] as Buffer) : Buffer.concat(body);
}

function record(parts: ServerParts, exchange: Exchange, query: string, out: Outgoing | undefined): void {
  const { operation, fault, unknown } = exchange;
  const body = loggedBody(exchange);
  parts.log.add({
    at: parts.control.now().toISOString(),
    method: exchange.method,
    path: exchange.path,
    query,
    status: out?.status ?? 0,
    ...(operation === undefined ? {} : { operation }),
    bytes: out?.bytes.length ?? 0,
    ...(body === undefined ? {} : { body }),
    ...(fault === undefined ? {} : { fault }),
    ...(unknown === true ? { unknown } : {}),
  });
}

/** Returns the body for the log, except that of a login, which may contain the secret. */
function loggedBody(exchange: Exchange): JsonObject | undefined {
  const text = exchange.bodyText;
  if (!exchange.path.startsWith('/api/') || !text.startsWith('{') || text.length > loggedBodyBytesMax) return undefined;
  try {
    return JSON.parse(text) as JsonObject;
  } catch {
    return undefined;
  }
}

async function send(
  parts: ServerParts,
  request: IncomingMessage,
  response: ServerResponse,
  exchange: Exchange,
  answer: Answer,
  out: Outgoing,
  zipped: ByteCache<Buffer>,
): Promise<void> {
  const zip = parts.gate.core.options.gzip && out.bytes.length >= gzipBytesMin && acceptsGzip(request);
  const bytes = zip ? await zippedBytes(out, answer.cacheKey, zipped) : out.bytes;
  // The organisation's own date: equal runs on a fixed clock give equal headers too.
  response.sendDate = false;
  response.writeHead(out.status, {
    'Content-Type': out.contentType,
    'Content-Length': bytes.length,
    ...(zip ? { 'Content-Encoding': 'gzip' } : {}),
    'Cache-Control': 'no-cache, no-store, must-revalidate',
    Date: parts.control.now().toUTCString(),
    'ININ-Correlation-Id': exchange.correlationId,
    ...answer.headers,
  });
  const half = Math.floor(bytes.length / 2);
  if (out.isCut === true) {
    response.write(bytes.subarray(0, half), () => request.socket.destroy());
  } else if (exchange.pauseMs !== undefined) {
    response.write(bytes.subarray(0, half));
    await sleep(exchange.pauseMs, undefined, { ref: false });
    response.end(bytes.subarray(half));
  } else {
    response.end(request.method === 'HEAD' ? undefined : bytes);
  }
}

function acceptsGzip(request: IncomingMessage): boolean {
  return String(request.headers['accept-encoding'] ?? '').includes('gzip');
}

async function zippedBytes(out: Outgoing, cacheKey: string | undefined, zipped: ByteCache<Buffer>): Promise<Buffer> {
  const key = out.fault === undefined ? cacheKey : undefined;
  const kept = key === undefined ? undefined : zipped.get(key);
  if (kept !== undefined) return kept;
  const bytes = await compress(out.bytes, { level: 1 });
  if (key !== undefined) zipped.set(key, bytes, bytes.length);
  return bytes;
}
