import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import type { GenesysApi, GenesysApiOptions } from '../../src/genesys/api.js';
import { createGenesysApi } from '../../src/genesys/client.js';

export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
  readonly clientPort: number | undefined;
}

export interface Reply {
  readonly status?: number;
  readonly headers?: Record<string, string>;
  /** A string or buffer goes out as it is, all else as JSON. */
  readonly body?: unknown;
  /** Instead of an answer: cut the connection, or never answer. */
  readonly fault?: 'reset' | 'silence' | 'half';
  /** Receives a function that sends the answer, which waits for it. */
  readonly held?: (() => void)[];
}

/** Called for each request other than the login; `nth` counts from 1. */
export type Respond = (request: SeenRequest, nth: number) => Reply;

export interface ApiServer {
  readonly url: string;
  readonly port: number;
  /** Requests other than logins. */
  readonly seen: SeenRequest[];
  readonly logins: SeenRequest[];
}

export const goodToken: Reply = { body: { access_token: 'token-number-1', expires_in: 86_399 } };

/** Starts a server that answers over HTTP as the test defines. Ends with the test. */
export async function startServer(respond: Respond, login: (nth: number) => Reply = () => goodToken) {
  const seen: SeenRequest[] = [];
  const logins: SeenRequest[] = [];
  const server = http.createServer((incoming, outgoing) => {
    let body = '';
    incoming.on('data', (chunk) => {
      body += chunk;
    });
    incoming.on('end', () => {
      const url = new URL(incoming.url ?? '', 'http://localhost');
      const { method = '', headers, socket } = incoming;
      const request = {
        method,
        path: url.pathname,
        query: url.searchParams,
        headers,
        body,
        clientPort: socket.remotePort,
      };
      const isLogin = url.pathname.endsWith('/oauth/token');
      const log = isLogin ? logins : seen;
      log.push(request);
      const reply = isLogin ? login(log.length) : respond(request, log.length);
      if (reply.held === undefined) send(outgoing, reply);
      else reply.held.push(() => send(outgoing, reply));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, port, seen, logins } satisfies ApiServer;
}

function send(outgoing: http.ServerResponse, reply: Reply): void {
  if (reply.fault === 'silence') return;
  if (reply.fault === 'reset') {
    outgoing.socket?.resetAndDestroy();
    return;
  }
  const isRaw = typeof reply.body === 'string' || Buffer.isBuffer(reply.body);
  const payload = isRaw ? (reply.body as string | Buffer) : JSON.stringify(reply.body ?? {});
  outgoing.writeHead(reply.status ?? 200, { 'content-type': 'application/json', ...reply.headers });
  if (reply.fault === 'half') {
    outgoing.write(payload);
    setImmediate(() => outgoing.socket?.destroy());
    return;
  }
  outgoing.end(payload);
}

export const secret = 'a-secret-nobody-may-see';

/** A client that does not really sleep between attempts; its sleeps are recorded. */
export function openApi(url: string, options: Partial<GenesysApiOptions> = {}): GenesysApi & { sleepsMs: number[] } {
  const sleepsMs: number[] = [];
  const api = createGenesysApi({
    clientId: 'client-id',
    clientSecret: secret,
    apiUrl: url,
    requestsPerMinute: 1_000_000,
    userAgentVersion: '1.2.3',
    waitMsMax: 600_000,
    timeoutMs: 5_000,
    sleep: async (ms, signal) => {
      signal?.throwIfAborted();
      sleepsMs.push(ms);
    },
    ...options,
  });
  onTestFinished(() => api.close());
  return Object.assign(api, { sleepsMs });
}

export const interval = { from: new Date('2026-01-05T00:00:00Z'), to: new Date('2026-01-06T00:00:00Z') };
export const anyQuery = { interval, pageNumber: 1, pageSize: 100 };
