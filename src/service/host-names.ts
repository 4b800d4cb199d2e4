import { isIP } from 'node:net';

/** Returns true if a `Host` header names this service. */
export type HostCheck = (host: string | undefined) => boolean;

/** As in RFC 3986, without user information: a name or an address, and perhaps a port. */
const hostHeader = /^(?<name>\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::\d{0,5})?$/i;

/**
 * Builds the check against DNS rebinding, where a page of another origin reaches this port through
 * a name that its owner has pointed at this machine. It accepts IP literals (which a rebinding page
 * cannot have as its origin), `localhost`, the configured host, and `names`: exact ones,
 * `*.example.com` for all subdomains, or `*` for any.
 */
export function createHostCheck(configuredHost: string, names: readonly string[]): HostCheck {
  const listed = names.map((name) => name.toLowerCase());
  const exact = new Set(['localhost', configuredHost.toLowerCase(), ...listed]);
  const suffixes = listed.filter((name) => name.startsWith('*.')).map((name) => name.slice(1));
  return (host) => {
    // HTTP/1.0 has no such header, and no browser uses it.
    if (host === undefined || exact.has('*')) return true;
    const written = hostHeader.exec(host)?.groups?.name?.toLowerCase();
    if (written === undefined) return false;
    const name = written.replace(/^\[|\]$/g, '').replace(/\.$/, '');
    return isIP(name) !== 0 || exact.has(name) || suffixes.some((suffix) => name.endsWith(suffix));
  };
}
