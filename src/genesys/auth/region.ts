import { UsageError } from '../../lib/errors.js';
import { apiUrlFault, regionHost } from '../../lib/region.js';

/** Base URLs of the API and its login, without a trailing slash. */
export interface Endpoint {
  readonly apiUrl: string;
  readonly loginUrl: string;
  /** Set when both are one gateway (or the sandbox) instead of a Genesys Cloud region. */
  readonly gateway?: URL;
  /** Set when a region is used: the host without `api.` or `login.`. */
  readonly host?: string;
}

/** Resolves a gateway's base URL or a region, by name or by host. Throws a UsageError for anything else. */
export function resolveEndpoint(options: {
  readonly region?: string | undefined;
  readonly apiUrl?: string | undefined;
}): Endpoint {
  if (options.apiUrl) return gatewayEndpoint(options.apiUrl);
  if (!options.region) {
    throw new UsageError('No Genesys Cloud region is set; set GENESYSCLOUD_REGION, for example to us-east-1.');
  }
  const host = regionHost(options.region);
  if (host === undefined)
    throw new UsageError(
      `GENESYSCLOUD_REGION is "${options.region}"; use a region such as us-east-1 or its host such as mypurecloud.ie.`,
    );
  return { apiUrl: `https://api.${host}`, loginUrl: `https://login.${host}`, host };
}

/** Resolves a gateway. The error never repeats the URL, which may contain a password. */
function gatewayEndpoint(apiUrl: string): Endpoint {
  const fault = apiUrlFault(apiUrl);
  if (fault !== undefined) throw new UsageError(`GENESYSCLOUD_API_URL ${fault}.`);
  const url = new URL(apiUrl);
  const base = `${url.origin}${url.pathname}`.replace(/\/+$/, '');
  return { apiUrl: base, loginUrl: base, gateway: url };
}
