import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { asError, UsageError } from '../lib/errors.js';
import { secondMs } from '../lib/interval.js';
import type { Log } from '../lib/log.js';
import { readBody, TooLargeError } from './body.js';

export interface ServiceRequest {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** Aborted when the client is gone, the time for the answer is over, or the server closes. */
  readonly signal: AbortSignal;
}

export interface ServiceAnswer {
  readonly status: number;
  /** One sentence or a document; a line end is added where there is none. */
  readonly text: string;
  readonly contentType?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A `GET` route answers `HEAD`, too. */
export interface Route {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  /** 0 unless given: a body is refused. */
  readonly bodyBytesMax?: number;
  readonly handle: (request: ServiceRequest) => ServiceAnswer | Promise<ServiceAnswer>;
}

export interface ServiceOptions {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  readonly routes: readonly Route[];
  readonly log: Log;
}

export interface Service {
  readonly port: number;
  /** Accepts nothing more, lets answers under way finish for a moment, then cuts every connection. */
  close(): Promise<void>;
}

const connectionsMax = 100;
const headerBytesMax = 16 * 1_024;
const headersMsMax = 10 * secondMs;
const requestMsMax = 30 * secondMs;
const answerMsMax = 20 * secondMs;
const keepAliveMs = 5 * secondMs;
const closeMsMax = 2 * secondMs;

/** Listens on `host` alone. Rejects with the system's error when the port cannot be had; `portFault` makes it a sentence. */
export async function startService(options: ServiceOptions): Promise<Service> {
  const closing = new AbortController();
  const exchanges = new Set<Promise<void>>();
  const server = createServer(
    {
      maxHeaderSize: headerBytesMax,
      headersTimeout: headersMsMax,
      requestTimeout: requestMsMax,
      keepAliveTimeout: keepAliveMs,
    },
    (request, response) => {
      const exchange = answer(request, response, options, closing.signal).finally(() => exchanges.delete(exchange));
      exchanges.add(exchange);
    },
  );
  server.maxConnections = connectionsMax;
  await listening(server, options);
  // Nothing but a broken socket is reported here once it listens, and that one is gone already.
  server.on('error', (error) => options.log.warn({ error }, 'The service port had an error'));
  return { port: portOf(server), close: () => closed(server, exchanges, closing) };
}

export function portFault(error: unknown, { host, port }: { readonly host: string; readonly port: number }): string {
  const { code, message } = error as NodeJS.ErrnoException;
  const remedy = 'choose another with GENESYS_WAREHOUSE_SERVICE_PORT, or 0 for none';
  if (code === 'EADDRINUSE') return `The service port ${port} on ${host} is in use; ${remedy}`;
  if (code === 'EACCES') return `The service port ${port} needs rights that this process lacks; ${remedy}`;
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
    return `${host} is no address of this machine; correct GENESYS_WAREHOUSE_SERVICE_HOST`;
  return `The service port ${port} on ${host} cannot be opened (${message}); ${remedy}`;
}

/** With a port that somebody asked for, a failure is that person's to mend; the default one is given up with a warning. */
export async function startServiceUnlessTaken(
  options: ServiceOptions & { readonly isPortGiven: boolean },
): Promise<Service | undefined> {
  try {
    return await startService(options);
  } catch (error) {
    const fault = portFault(error, options);
    if (options.isPortGiven) throw new UsageError(fault, { cause: error });
    options.log.warn(`${fault}. Going on without it.`);
    return undefined;
  }
}

function listening(server: Server, { host, port }: ServiceOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

async function closed(server: Server, exchanges: Set<Promise<void>>, closing: AbortController): Promise<void> {
  const isClosed = new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  server.closeIdleConnections();
  closing.abort(new Error('The service port closes.'));
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, closeMsMax);
  });
  await Promise.race([Promise.allSettled(exchanges), late]);
  clearTimeout(timer);
  server.closeAllConnections();
  await isClosed;
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { routes, log }: ServiceOptions,
  closing: AbortSignal,
): Promise<void> {
  const over = new AbortController();
  const end = (reason: string) => over.abort(new Error(reason));
  const close = () => end('The service port closes.');
  const timer = setTimeout(() => end('The time for an answer is over.'), answerMsMax);
  closing.addEventListener('abort', close, { once: true });
  response.on('close', () => end('The client has gone.'));
  try {
    send(request, response, await handled(request, routes, over.signal));
  } catch (error) {
    const isOurs = !over.signal.aborted;
    if (isOurs) log.error({ error: asError(error) }, 'A request to the service port failed');
    const fault = isOurs
      ? plain(500, 'The request failed; the log says why.')
      : plain(503, 'The answer took too long.');
    send(request, response, fault);
  } finally {
    clearTimeout(timer);
    closing.removeEventListener('abort', close);
  }
}

async function handled(
  request: IncomingMessage,
  routes: readonly Route[],
  signal: AbortSignal,
): Promise<ServiceAnswer> {
  const url = urlOf(request);
  if (url === undefined) return plain(400, 'The address cannot be read.');
  const path = url.pathname;
  const here = routes.filter((route) => route.path === path);
  if (here.length === 0)
    return plain(404, `There is nothing here; try ${routes.map((known) => known.path).join(', ')}.`);
  const method = request.method === 'HEAD' ? 'GET' : request.method;
  const route = here.find((known) => known.method === method);
  if (route === undefined) {
    const allowed = [...new Set(here.map((known) => known.method))].join(', ');
    return { ...plain(405, `${path} takes ${allowed} only.`), headers: { allow: allowed } };
  }
  const bytesMax = route.bodyBytesMax ?? 0;
  try {
    const body = await readBody(request, bytesMax, signal);
    const asked = { method: route.method, path, query: url.searchParams, headers: request.headers, body, signal };
    return await unlessAborted(Promise.resolve(route.handle(asked)), signal);
  } catch (error) {
    if (!(error instanceof TooLargeError)) throw error;
    return {
      ...plain(413, `The body is larger than the ${bytesMax} bytes that are read here.`),
      headers: { connection: 'close' },
    };
  }
}

function urlOf(request: IncomingMessage): URL | undefined {
  const url = `http://service${request.url ?? '/'}`;
  return URL.canParse(url) ? new URL(url) : undefined;
}

function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) return abort();
    signal.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

export function plain(status: number, text: string): ServiceAnswer {
  return { status, text };
}

function send(
  request: IncomingMessage,
  response: ServerResponse,
  { status, text, contentType, headers }: ServiceAnswer,
): void {
  if (response.headersSent || response.destroyed) return;
  const body = Buffer.from(text === '' || text.endsWith('\n') ? text : `${text}\n`);
  // What was not read of a refused body would be taken for the next request.
  const isCut = !request.complete;
  response.writeHead(status, {
    'content-type': contentType ?? 'text/plain; charset=utf-8',
    'content-length': body.length,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...headers,
    ...(isCut && { connection: 'close' }),
  });
  response.end(body);
}
