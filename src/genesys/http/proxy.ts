/** Connections through an HTTP proxy: which hosts go through which, and the tunnel (RFC 9110, 9.3.6) that a CONNECT opens. */
import http from 'node:http';
import https from 'node:https';
import type { Socket } from 'node:net';
import { withCode } from '../../lib/errors.js';
import { isLoopbackHost } from '../../lib/loopback.js';

export interface ProxySettings {
  /** URL of the proxy for `https:` hosts; `http:` or `https:` itself, with credentials. */
  readonly https?: string;
  readonly http?: string;
  /** Hosts that are reached directly: names, `.domain`, `host:port`, or `*` for all. */
  readonly none: readonly string[];
}

export const proxyRefusedCode = 'PROXY_REFUSED';
export const proxyFailedCode = 'PROXY_FAILED';
const defaultPorts: Readonly<Record<string, string>> = { 'http:': '80', 'https:': '443' };

/** Returns the proxy for a host, or undefined where it is reached directly. */
export function proxyFor(
  { protocol, hostname, port }: { readonly protocol: string; readonly hostname: string; readonly port?: string },
  settings: ProxySettings,
): URL | undefined {
  const proxy = protocol === 'https:' ? (settings.https ?? settings.http) : settings.http;
  // No proxy can reach this machine's own loopback addresses.
  if (proxy === undefined || isLoopbackHost(hostname)) return undefined;
  const hostPort = port || defaultPorts[protocol];
  const isDirect = settings.none.some((entry) => matches(entry.toLowerCase(), hostname.toLowerCase(), hostPort));
  return isDirect ? undefined : new URL(proxy);
}

/** Matches NO_PROXY as curl and Go do: a name includes its subdomains. */
function matches(entry: string, hostname: string, port: string | undefined): boolean {
  if (entry === '*') return true;
  const [, name = '', entryPort] = /^(.*?)(?::(\d+))?$/.exec(entry) ?? [];
  if (entryPort !== undefined && entryPort !== port) return false;
  const domain = name.replace(/^\*?\./, '');
  return domain !== '' && (hostname === domain || hostname.endsWith(`.${domain}`));
}

/**
 * Opens a tunnel to `target` (`host:port`). Fails with `PROXY_REFUSED` where the proxy does not let this client through, `PROXY_FAILED` where
 * it does not reach the target or does not answer as a proxy does, and with Node's code where the proxy itself is not reached.
 */
export function openTunnel(proxy: URL, target: string, timeoutMs: number): Promise<Socket> {
  const { request } = proxy.protocol === 'https:' ? https : http;
  return new Promise((resolve, reject) => {
    const connecting = request({
      host: proxy.hostname.replace(/^\[|\]$/g, ''),
      port: proxy.port || defaultPorts[proxy.protocol],
      method: 'CONNECT',
      path: target,
      headers: { host: target, ...authorization(proxy) },
      agent: false,
      timeout: timeoutMs,
    });
    connecting.once('timeout', () => connecting.destroy(withCode('ETIMEDOUT', `no answer from ${proxy.host}`)));
    connecting.once('error', reject);
    connecting.once('connect', ({ statusCode = 0 }, socket: Socket) => {
      if (statusCode >= 200 && statusCode <= 299) return resolve(socket.setTimeout(0));
      socket.on('error', () => {}).destroy();
      reject(refusal(statusCode, target));
    });
    // A server without CONNECT answers as to any other request.
    connecting.once('response', (response) => {
      response.destroy();
      reject(refusal(response.statusCode ?? 0, target));
    });
    connecting.end();
  });
}

function authorization({ username, password }: URL): Record<string, string> {
  if (username === '') return {};
  const login = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { 'proxy-authorization': `Basic ${Buffer.from(login).toString('base64')}` };
}

function refusal(status: number, target: string): Error {
  const code = status >= 400 && status < 500 ? proxyRefusedCode : proxyFailedCode;
  return withCode(code, `the proxy answers ${status} to CONNECT ${target}`);
}
