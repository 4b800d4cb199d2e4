/** The standard variables for HTTP proxies; the lower-case names take precedence, as usual. */

export interface ProxyConfig {
  readonly https?: string;
  readonly http?: string;
  /** Hosts that are reached directly. */
  readonly none: readonly string[];
}

/** Returns the proxies that the environment names, or a fault for each URL that cannot be used; it never repeats the value, which may hold a password. */
export function proxyConfig(given: Readonly<Record<string, string | undefined>>): {
  readonly proxies: ProxyConfig | undefined;
  readonly faults: string[];
} {
  const faults: string[] = [];
  const read = (name: string): string | undefined => {
    const spelled = [name.toLowerCase(), name].find((each) => given[each] !== undefined);
    const value = spelled === undefined ? undefined : given[spelled];
    if (spelled === undefined || value === undefined) return undefined;
    const fault = proxyFault(value);
    if (fault !== undefined) faults.push(`${spelled} ${fault}`);
    return value;
  };
  const [https, http] = [read('HTTPS_PROXY'), read('HTTP_PROXY')];
  if (https === undefined && http === undefined) return { proxies: undefined, faults };
  const none = (given.no_proxy ?? given.NO_PROXY ?? '').split(/[\s,]+/).filter((entry) => entry !== '');
  const proxies = { ...(https !== undefined && { https }), ...(http !== undefined && { http }), none };
  return { proxies: Object.freeze(proxies), faults };
}

/** Returns the credentials of the proxies, which no log may show. */
export function proxySecrets(proxies: ProxyConfig | undefined): string[] {
  return [proxies?.https, proxies?.http]
    .filter((url) => url !== undefined)
    .map((url) => decodeURIComponent(new URL(url).password))
    .filter((password) => password !== '');
}

function proxyFault(value: string): string | undefined {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  const isWeb = url !== undefined && ['http:', 'https:'].includes(url.protocol) && url.hostname !== '';
  if (!isWeb)
    return 'is not the address of an HTTP proxy; begin it with http:// or https://, as in http://proxy.example.com:8080';
  try {
    decodeURIComponent(`${url.username}${url.password}`);
  } catch {
    return 'has a login with a % that encodes nothing; write %25 for %';
  }
  return undefined;
}
