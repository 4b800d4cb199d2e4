import type { Socket } from 'node:net';
import { buildConnector } from 'undici';
import { asError } from '../../lib/errors.js';
import { openTunnel, type ProxySettings, proxyFor } from './proxy.js';

/** No connection came about: the name was not found, the host, the proxy or TLS refused, or nobody answered. */
export class ConnectError extends Error {
  override readonly name = 'ConnectError';
  readonly code: string;
  /** Host and port of the proxy that was between, without its login. */
  readonly proxy: string | undefined;

  constructor(cause: Error, proxy: URL | undefined) {
    super(cause.message, { cause });
    const { code } = cause as NodeJS.ErrnoException;
    // The library connects again at once, without an end, after errors with its own codes of broken connections.
    this.code = code === undefined || /^UND_ERR_(SOCKET|INFO)$/.test(code) ? 'ECONNRESET' : code;
    this.proxy = proxy?.host;
  }
}

/** Makes connections to hosts, through their proxies where they have one. Every error is a ConnectError. */
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
