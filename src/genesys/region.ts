import { UsageError } from '../lib/errors.js';

/** Where the API and its login answer: base URLs without a trailing slash. */
export interface Endpoint {
  readonly apiUrl: string;
  readonly loginUrl: string;
  /** Set when both are one gateway (or the sandbox) instead of a Genesys Cloud region. */
  readonly gateway?: URL;
  /** Set when a region is used: the host without `api.` or `login.`. */
  readonly host?: string;
}

/** `regionHosts` maps names such as `us_east_1` to hosts; the SDK keeps that list. */
export function resolveEndpoint(
  options: { readonly region?: string | undefined; readonly apiUrl?: string | undefined },
  regionHosts: Readonly<Record<string, string>>,
): Endpoint {
  if (options.apiUrl) return gatewayEndpoint(options.apiUrl);
  if (!options.region) {
    throw new UsageError('No Genesys Cloud region is set; set GENESYSCLOUD_REGION, for example to us-east-1.');
  }
  const host = regionHost(options.region, regionHosts);
  return { apiUrl: `https://api.${host}`, loginUrl: `https://login.${host}`, host };
}

function gatewayEndpoint(apiUrl: string): Endpoint {
  const url = URL.canParse(apiUrl) ? new URL(apiUrl) : undefined;
  if (!url || !['http:', 'https:'].includes(url.protocol)) {
    throw new UsageError(`GENESYSCLOUD_API_URL must be an http or https URL, but is "${withoutUserInfo(apiUrl)}".`);
  }
  if (url.username || url.password || url.search || url.hash) {
    throw new UsageError('GENESYSCLOUD_API_URL must be a bare URL, without user, password, query or fragment.');
  }
  const base = `${url.origin}${url.pathname}`.replace(/\/+$/, '');
  return { apiUrl: base, loginUrl: base, gateway: url };
}

function regionHost(region: string, regionHosts: Readonly<Record<string, string>>): string {
  const word = region.trim().toLowerCase();
  const known = regionHosts[word.replaceAll('-', '_')];
  if (known) return known;
  const host = word
    .replace(/^https?:\/\//, '')
    .replace(/\/+$/, '')
    .replace(/^(api|login|apps)\./, '');
  // A region that is newer than the SDK can still be given by its host.
  if (/^[a-z0-9-]+(\.[a-z0-9-]+)+$/.test(host)) return host;
  const names = Object.keys(regionHosts).map((name) => name.replaceAll('_', '-'));
  throw new UsageError(
    `GENESYSCLOUD_REGION is "${region}"; use one of ${names.join(', ')}, or a host such as mypurecloud.ie.`,
  );
}

function withoutUserInfo(text: string): string {
  return text.replace(/\/\/[^/@]*@/, '//');
}
