import type { IncomingMessage, ServerResponse } from 'node:http';
import { unlessAborted } from '../lib/abort.js';
import { asError } from '../lib/errors.js';
import { secondMs } from '../lib/interval.js';
import type { Log } from '../lib/log.js';
import { readBody, TooLargeError } from './body.js';
import type { Connections } from './connections.js';
import { toFetchRequest } from './fetch-request.js';
import type { HostCheck } from './host-names.js';
import { parseTarget, type Target } from './request-target.js';
import { type Mount, plain, type Route, type ServiceAnswer } from './routes.js';
import { send } from './send.js';

export interface Site {
  readonly routes: readonly Route[];
  readonly mounts: readonly Mount[];
  readonly isOurHost: HostCheck;
  /** Called with a refused `Host`. */
  readonly onForeignHost: (host: string) => void;
  readonly connections: Connections;
  readonly log: Log;
}

const answerMsMax = 20 * secondMs;

type Handler = (body: Buffer, signal: AbortSignal) => Promise<ServiceAnswer | Response>;

interface Place {
  readonly bodyBytesMax: number;
  readonly answerMsMax: number;
  readonly handle: Handler;
}

/** Answers one request, within a bounded time that includes reading its body and sending the answer. Never rejects. */
export async function exchange(
  request: IncomingMessage,
  response: ServerResponse,
  site: Site,
  closing: AbortSignal,
): Promise<void> {
  const over = new AbortController();
  const place = findPlace(request, site);
  const msMax = 'handle' in place ? place.answerMsMax : answerMsMax;
  const close = () => over.abort(new Error('The service port closes.'));
  const timer = setTimeout(() => over.abort(new Error('The time for an answer is over.')), msMax);
  closing.addEventListener('abort', close, { once: true });
  response.once('close', () => {
    if (!response.writableFinished) over.abort(new Error('The client has gone.'));
  });
  try {
    const answer = 'handle' in place ? await answerOf(request, place, site.connections, over.signal) : place;
    await send(request, response, answer, over.signal);
  } catch (error) {
    await sendFault(request, response, error, over.signal, site.log);
  } finally {
    clearTimeout(timer);
    closing.removeEventListener('abort', close);
    site.connections.answered(request.socket);
  }
}

/** Answers with an error. If the signal has aborted, nobody is waiting any more and the connection is cut. */
async function sendFault(
  request: IncomingMessage,
  response: ServerResponse,
  error: unknown,
  signal: AbortSignal,
  log: Log,
): Promise<void> {
  const isOurs = !signal.aborted;
  if (isOurs) log.error({ error: asError(error) }, 'A request to the service port failed');
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const fault = isOurs ? plain(500, 'The request failed; the log says why.') : plain(503, 'The answer took too long.');
  await send(request, response, fault).catch(() => response.destroy());
}

async function answerOf(
  request: IncomingMessage,
  { bodyBytesMax, handle }: Place,
  connections: Connections,
  signal: AbortSignal,
): Promise<ServiceAnswer | Response> {
  try {
    const body = await readBody(request, bodyBytesMax, signal);
    connections.answering(request.socket);
    return await unlessAborted(handle(body, signal), signal);
  } catch (error) {
    if (!(error instanceof TooLargeError)) throw error;
    return {
      ...plain(413, `The body is larger than the ${bodyBytesMax} bytes that are read here.`),
      headers: { connection: 'close' },
    };
  }
}

function findPlace(request: IncomingMessage, site: Site): Place | ServiceAnswer {
  const target = parseTarget(request.url);
  if (target === undefined) return plain(400, 'The address is not a plain path; send one without dot segments.');
  const { host } = request.headers;
  if (!site.isOurHost(host)) {
    site.onForeignHost(host ?? '');
    return plain(421, 'This service has no such name; list it in GENESYS_WAREHOUSE_SERVICE_NAMES.');
  }
  const here = site.routes.filter((route) => route.path === target.path);
  if (here.length > 0) return findRoute(request, target, here);
  const mount = findMount(target.path, site.mounts);
  if (mount !== undefined) return enterMount(request, mount, target);
  const known = [...new Set([...site.routes.map(({ path }) => path), ...site.mounts.map(({ prefix }) => prefix)])];
  return plain(404, `Not found. Available: ${known.join(', ')}.`);
}

function findRoute(request: IncomingMessage, { path, query }: Target, here: readonly Route[]): Place | ServiceAnswer {
  const route = here.find((known) => known.method === methodOf(request));
  if (route === undefined)
    return wrongMethod(
      path,
      here.map(({ method }) => method),
    );
  const { method, bodyBytesMax = 0, handle } = route;
  const { headers } = request;
  return {
    bodyBytesMax,
    answerMsMax,
    handle: async (body, signal) => handle({ method, path, query, headers, body, signal }),
  };
}

/** Finds the mount with the longest prefix that is the path or one of its parents. */
function findMount(path: string, mounts: readonly Mount[]): Mount | undefined {
  return mounts
    .filter(({ prefix }) => prefix === '/' || path === prefix || path.startsWith(`${prefix}/`))
    .sort((a, b) => b.prefix.length - a.prefix.length)[0];
}

function enterMount(request: IncomingMessage, mount: Mount, { path }: Target): Place | ServiceAnswer {
  if (!mount.methods.some((method) => method === methodOf(request))) return wrongMethod(path, mount.methods);
  const peer = { remoteAddress: request.socket.remoteAddress ?? '' };
  return {
    bodyBytesMax: mount.bodyBytesMax ?? 0,
    answerMsMax: mount.answerMsMax ?? answerMsMax,
    handle: async (body, signal) => {
      const asked = toFetchRequest(request, body, signal);
      return asked === undefined ? plain(400, 'The request cannot be read.') : mount.fetch(asked, peer);
    },
  };
}

const methodOf = (request: IncomingMessage) => (request.method === 'HEAD' ? 'GET' : (request.method ?? ''));

function wrongMethod(path: string, methods: readonly string[]): ServiceAnswer {
  const allowed = [...new Set(methods)].join(', ');
  return { ...plain(405, `${path} takes ${allowed} only.`), headers: { allow: allowed } };
}
