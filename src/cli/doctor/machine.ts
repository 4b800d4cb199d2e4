/** Checks of this machine: the runtime, the proxy, the service port. */
import { createServer } from 'node:net';
import { arch, platform } from 'node:os';
import type { ApiConfig, Config } from '../../config/config.js';
import { proxyFor } from '../../genesys/http/proxy.js';
import { isLoopbackHost } from '../../lib/loopback.js';
import { portFault } from '../../service/http-server.js';
import { type Check, checksOf } from './check.js';

const { ok, note, warning, fault, skipped } = checksOf('machine');

/** The minimum in `engines` of package.json; a test compares the two. */
export const nodeMin = { major: 20, minor: 19 } as const;
const knownPlatforms = ['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64', 'win32-x64'];
const metricsMsMax = 2_000;

/** Checks the version of Node and whether this platform has an embedded Postgres. */
export function checkNode(nodeVersion: string, where = `${platform()}-${arch()}`): Check {
  const [major = 0, minor = 0] = nodeVersion.replace(/^v/, '').split('.').map(Number);
  const isOld = major < nodeMin.major || (major === nodeMin.major && minor < nodeMin.minor);
  const found = `Node ${nodeVersion} on ${where}`;
  if (isOld) return fault('node', found, `Install Node ${nodeMin.major}.${nodeMin.minor} or newer.`);
  if (!knownPlatforms.includes(where))
    return note('node', `${found}; no embedded Postgres for this platform`, 'Set DATABASE_URL to a Postgres server.');
  return ok('node', found);
}

/** Reports the proxy for requests to the API, as the requests choose it, without its password. */
export function checkProxy(api: ApiConfig | undefined): Check {
  if (api === undefined) return skipped('proxy', 'the OAuth client is not configured');
  const { proxies } = api;
  if (proxies === undefined) return ok('proxy', 'none: the API is asked directly');
  const apiUrl = new URL(api.apiUrl ?? `https://api.${api.region}`);
  if (isLoopbackHost(apiUrl.hostname)) return ok('proxy', 'not used: the API is on this machine');
  const proxy = proxyFor(apiUrl, proxies);
  if (proxy === undefined) return ok('proxy', `not used: ${apiUrl.host} is asked directly`);
  const except = proxies.none.length === 0 ? '' : `, except for ${proxies.none.join(', ')}`;
  return ok('proxy', `${proxy.protocol}//${proxy.host}${except}`);
}

/** Checks the port of `run`. A port that a genesys-warehouse already serves is fine. */
export async function checkPort({ host, port, isPortGiven }: Config['service']): Promise<Check> {
  if (port === 0) return ok('service port', 'switched off: no /healthz and /metrics');
  const error = await listenOnce(host, port);
  if (error === undefined) return ok('service port', `${port} on ${host} is free`);
  if (await isOurs(host, port))
    return ok('service port', `${port} on ${host} is served by a running genesys-warehouse`);
  const [problem = '', remedy = ''] = portFault(error, { host, port }).split('; ');
  const advice = `${remedy.charAt(0).toUpperCase()}${remedy.slice(1)}.`;
  // If a configured port is taken, `run` does not start; without the default port it continues with
  // a warning.
  return isPortGiven ? fault('service port', problem, advice) : warning('service port', problem, advice);
}

function listenOnce(host: string, port: number): Promise<Error | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', resolve);
    server.listen(port, host, () => server.close(() => resolve(undefined)));
  });
}

async function isOurs(host: string, port: number): Promise<boolean> {
  const name = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host;
  try {
    const answer = await fetch(`http://${name}:${port}/metrics`, { signal: AbortSignal.timeout(metricsMsMax) });
    return (await answer.text()).includes('genesys_warehouse_');
  } catch {
    return false;
  }
}
