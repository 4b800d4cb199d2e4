import type { Hono } from 'hono';
import type { Log } from '../lib/log.js';
import type { MartReader } from '../model/mart-reader.js';

export interface DashboardOptions {
  readonly reader: MartReader;
  readonly now: () => Date;
  readonly version: string;
  /** Length of the intervals of aggregates. */
  readonly granularityMinutes: number;
  /** Asked for wherever it is given. */
  readonly password?: string;
  readonly log: Log;
}

/** Describes what the server adds to a request: the address of the other end of the socket. */
export interface Peer {
  readonly remoteAddress: string;
}

export type DashboardApp = Hono<{ Bindings: Peer }>;

export interface Dashboard {
  readonly fetch: (request: Request, peer: Peer) => Response | Promise<Response>;
}
