import type { Socket } from 'node:net';
import { buildConnector } from 'undici';
import { asError } from '../../lib/errors.js';
import { openTunnel, type ProxySettings, proxyFor } from './proxy.js';

/** No connection was established: the name was not found, the host, the proxy or TLS refused, or nothing answered. */
export class ConnectError extends Error {
  override readonly name = 'ConnectError';
  readonly code: string;
  /** Host and port of the proxy in between, without its credentials. */
  readonly proxy: string | undefined;

  constructor(cause: Error, proxy: URL | undefined) {
    super(cause.message, { cause });
    const { code } = cause as NodeJS.ErrnoException;
    // The library reconnects immediately and without limit after errors with its own codes for
    // broken connections.
    this.code = code === undefined || /^UND_ERR_(SOCKET|INFO)$/.test(code) ? 'ECONNRESET' : code;
    this.proxy = proxy?.host;
  }
}

/** Creates a connector to hosts, through their proxies if they have one. Every error is a ConnectError. */
export function createConnector(timeoutMs: number, proxies: ProxySettings | undefined): buildConnector.connector {
  const connect = buildConnector({ timeout: timeoutMs });
  return (options, callback) => {
    const proxy = proxies === undefined ? undefined : proxyFor(options, proxies);
    const done = (error: Error | null, socket?: Socket | null) =>
      socket ? callback(null, socket) : callback(new ConnectError(asError(error), proxy), null);
    if (proxy === undefined) return connect(options, done as buildConnector.Callback);
    const port = options.port || (options.protocol === 'https:' ? '443' : '80');
    openTunnel(proxy, `${options.hostname}:${port}`, timeoutMs).then(
      (socket) => {
        if (options.protocol !== 'https:') done(null, socket);
        else connect({ ...options, httpSocket: socket }, done as buildConnector.Callback);
      },
      (error) => done(error),
    );
  };
}
