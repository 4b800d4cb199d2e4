import { isIP } from 'node:net';

/**
 * Returns true if a host, as in `URL.hostname`, is this machine's loopback interface: data sent
 * there crosses no network and needs no encryption. A name other than `localhost` is not resolved,
 * because the result may change.
 */
export function isLoopbackHost(hostname: string): boolean {
  const host = hostname.replace(/^\[(.*)\]$/, '$1').toLowerCase();
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}
