import type { IncomingHttpHeaders } from 'node:http';

export interface ServiceRequest {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** Aborted when the client disconnects, the time for the response is over, or the server closes. */
  readonly signal: AbortSignal;
}

export interface ServiceAnswer {
  readonly status: number;
  /** One sentence or a document; a missing line break at the end is added. */
  readonly text: string;
  readonly contentType?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** One exact path of the service. A `GET` route also answers `HEAD`. */
export interface Route {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  /** 0 unless given: a body is refused. */
  readonly bodyBytesMax?: number;
  readonly handle: (request: ServiceRequest) => ServiceAnswer | Promise<ServiceAnswer>;
}

/** The sender of a request, as far as the socket knows. */
export interface Peer {
  readonly remoteAddress: string;
}

/**
 * Mounts a whole handler, such as the web page, under a path prefix of the same server. It speaks
 * the Fetch API (`Request` in, `Response` out), as hono's `app.fetch` does. Before it is called the
 * server has checked the address (no dot segments), the `Host` header, the method and the size of
 * the body. Defaults of headers that the response does not set: `cache-control: no-store`,
 * `x-content-type-options: nosniff`. A streamed body is sent with back-pressure;
 * `request.signal` aborts when the client disconnects, the time is over or the server closes. A
 * thrown error is logged and answered with 500 without its text.
 *
 *     startService({ …, mounts: [{ prefix: '/dashboard', methods: ['GET', 'POST'], bodyBytesMax: 4_096, fetch: app.fetch }] })
 */
export interface Mount {
  /** `/page` matches `/page` and everything below `/page/`; `/` matches what no route and no longer prefix matches. */
  readonly prefix: string;
  /** `GET` includes `HEAD`; another method is answered with 405. */
  readonly methods: readonly ('GET' | 'POST' | 'PUT' | 'DELETE')[];
  /** 0 unless given: a body is refused with 413. */
  readonly bodyBytesMax?: number;
  /** Longest time for one response, including a streamed body; by default that of routes. */
  readonly answerMsMax?: number;
  readonly fetch: (request: Request, peer: Peer) => Response | Promise<Response>;
}

export function plain(status: number, text: string): ServiceAnswer {
  return { status, text };
}
