import { isLoopbackHost } from './loopback.js';

/** Region name to host, as Genesys publishes it; the API is at `api.` and the login at `login.` before the host. */
const hostByRegion: Readonly<Record<string, string>> = {
  'us-east-1': 'mypurecloud.com',
  'us-east-2': 'use2.us-gov-pure.cloud',
  'us-west-2': 'usw2.pure.cloud',
  'ca-central-1': 'cac1.pure.cloud',
  'mx-central-1': 'mxc1.pure.cloud',
  'sa-east-1': 'sae1.pure.cloud',
  'eu-west-1': 'mypurecloud.ie',
  'eu-west-2': 'euw2.pure.cloud',
  'eu-central-1': 'mypurecloud.de',
  'eu-central-2': 'euc2.pure.cloud',
  'eusc-de-east-1': 'edee1.eusc-pure.cloud',
  'me-central-1': 'mec1.pure.cloud',
  'ap-south-1': 'aps1.pure.cloud',
  'ap-southeast-1': 'apse1.pure.cloud',
  'ap-southeast-2': 'mypurecloud.com.au',
  'ap-northeast-1': 'mypurecloud.jp',
  'ap-northeast-2': 'apne2.pure.cloud',
  'ap-northeast-3': 'apne3.pure.cloud',
};

// The client secret is posted to this host, so a misspelt domain must fail here and not reach that domain's owner.
const knownHosts = /^(mypurecloud\.(com|ie|de|jp|com\.au)|[a-z0-9]+\.((us-gov|eusc)-)?pure\.cloud)$/;

/** `us-east-1`, `us_east_1`, `mypurecloud.ie` or `https://api.mypurecloud.ie/` to `mypurecloud.ie`; undefined for others. */
export function regionHost(value: string): string | undefined {
  const given = value.trim().toLowerCase();
  const named = hostByRegion[given.replaceAll('_', '-')];
  if (named !== undefined) return named;
  const host = given
    .replace(/^https:\/\//, '')
    .replace(/\/+$/, '')
    .replace(/^(api|apps|login)\./, '');
  return knownHosts.test(host) ? host : undefined;
}

/** Returns true if a base URL would send credentials over a network without encryption. */
export function isClearText(apiUrl: string): boolean {
  const url = URL.canParse(apiUrl) ? new URL(apiUrl) : undefined;
  return url?.protocol === 'http:' && !isLoopbackHost(url.hostname);
}

/** Returns the fault of a gateway's base URL, or undefined. */
export function apiUrlFault(value: string): string | undefined {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (url === undefined || !['http:', 'https:'].includes(url.protocol)) {
    return 'is not a web address; use one such as https://gateway.example.com';
  }
  if (url.username || url.password) return 'contains a user name or password; remove it';
  if (url.search || url.hash) return 'contains a query or fragment; remove what follows ? or #';
  return undefined;
}
