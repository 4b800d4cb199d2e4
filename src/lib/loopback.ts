import { isIP } from 'node:net';

/**
 * Returns whether a host, as `URL.hostname` has it, is this machine's own loopback interface: what is sent there passes
 * no network, so it needs no encryption. A name other than `localhost` is not looked up, since the answer may change.
 */
export function isLoopbackHost(hostname: string): boolean {
  const host = hostname.replace(/^\[(.*)\]$/, '$1').toLowerCase();
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}
