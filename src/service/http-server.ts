import { createServer, type Server } from 'node:http';
import { UsageError } from '../lib/errors.js';
import { secondMs } from '../lib/interval.js';
import type { Log } from '../lib/log.js';
import { type ConnectionLimits, Connections, peerGroup } from './connections.js';
import { DropLog } from './drop-log.js';
import { exchange, type Site } from './exchange.js';
import { createHostCheck } from './host-names.js';
import type { Mount, Route } from './routes.js';

export interface ServiceOptions {
  readonly host: string;
  /** Port; 0 takes any free one. */
  readonly port: number;
  readonly routes: readonly Route[];
  /** Whole handlers under a prefix; routes take precedence. */
  readonly mounts?: readonly Mount[];
  /** Names besides `host` and IP addresses by which clients may call it; see `createHostCheck`. */
  readonly names?: readonly string[];
  readonly limits?: Partial<ServiceLimits>;
  readonly log: Log;
}

export interface ServiceLimits extends ConnectionLimits {
  /** Time from the opening of a connection, or the end of its last request, to the end of a header. */
  readonly headersMsMax: number;
  /** Interval at which the two timeouts above are checked; Node's default of 30 s would make them useless. */
  readonly checkMs: number;
}

export interface Service {
  readonly port: number;
  /** Stops accepting, gives current responses a moment to finish, then cuts every connection. */
  close(): Promise<void>;
}

const defaultLimits: ServiceLimits = {
  connectionsMax: 256,
  connectionsPerAddressMax: 64,
  headersMsMax: 10 * secondMs,
  checkMs: secondMs,
};
/** Node counts a connection until its descriptor is closed, which is a moment after it was destroyed. */
const closingConnectionsMax = 64;
const headerBytesMax = 16 * 1_024;
const requestMsMax = 30 * secondMs;
const keepAliveMs = 5 * secondMs;
const closeMsMax = 2 * secondMs;
const hostsReportedMax = 20;

/**
 * Listens on `host` only. Rejects with the system's error when the port is unavailable; `portFault`
 * turns it into a sentence.
 */
export async function startService(options: ServiceOptions): Promise<Service> {
  const { log, routes, mounts = [] } = options;
  const limits = { ...defaultLimits, ...options.limits };
  const closing = new AbortController();
  const exchanges = new Set<Promise<void>>();
  const drops = new DropLog(log);
  const connections = new Connections(limits, drops.add);
  const isOurHost = createHostCheck(options.host, options.names ?? []);
  const site: Site = { routes, mounts, isOurHost, onForeignHost: reportHosts(log), connections, log };
  const server = createBoundedServer(limits, connections, drops);
  server.on('request', (request, response) => {
    const answering = exchange(request, response, site, closing.signal).finally(() => exchanges.delete(answering));
    exchanges.add(answering);
  });
  await listening(server, options);
  // Once it listens, only broken sockets are reported here, and those are closed already.
  server.on('error', (error) => log.warn({ error }, 'HTTP server error'));
  const close = () => closed(server, exchanges, closing).finally(() => drops.close());
  return { port: portOf(server), close };
}

function createBoundedServer(limits: ServiceLimits, connections: Connections, drops: DropLog): Server {
  const server = createServer({
    maxHeaderSize: headerBytesMax,
    headersTimeout: limits.headersMsMax,
    requestTimeout: requestMsMax,
    keepAliveTimeout: keepAliveMs,
    connectionsCheckingInterval: limits.checkMs,
  });
  server.maxConnections = limits.connectionsMax + closingConnectionsMax;
  server.on('connection', (socket) => connections.admit(socket));
  server.on('drop', (dropped) => drops.add(peerGroup(dropped?.remoteAddress), 'refused'));
  return server;
}

/** Logs each refused name once, so that operators whose proxy forwards its own name find the remedy. */
function reportHosts(log: Log): (host: string) => void {
  const reported = new Set<string>();
  return (host) => {
    if (reported.has(host) || reported.size >= hostsReportedMax) return;
    reported.add(host);
    log.warn({ host }, 'Request refused: Host is not in GENESYS_WAREHOUSE_SERVICE_NAMES');
  };
}

export function portFault(
  error: unknown,
  { host, port }: { readonly host: string; readonly port: number },
  remedy = 'choose another with GENESYS_WAREHOUSE_SERVICE_PORT, or 0 for none',
): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE') return `The service port ${port} on ${host} is in use; ${remedy}`;
  if (code === 'EACCES') return `The service port ${port} needs rights that this process lacks; ${remedy}`;
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
    return `${host} is not an address of this machine; correct GENESYS_WAREHOUSE_SERVICE_HOST`;
  return `The service port ${port} on ${host} cannot be opened (${message}); ${remedy}`;
}

/** Starts the service. Throws a UsageError when an explicitly configured port fails; warns and returns undefined for the default one. */
export async function startServiceUnlessTaken(
  options: ServiceOptions & { readonly isPortGiven: boolean },
): Promise<Service | undefined> {
  try {
    return await startService(options);
  } catch (error) {
    const fault = portFault(error, options);
    if (options.isPortGiven) throw new UsageError(fault, { cause: error });
    options.log.warn(`${fault}. Continuing without it.`);
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
