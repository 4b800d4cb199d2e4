/** Checks of Genesys Cloud: the host answers, the OAuth client may log in, the clocks agree, each permission. */
import type { ConfigWithApi } from '../../config/config.js';
import type { GenesysApi } from '../../genesys/api.js';
import { createGenesysApi } from '../../genesys/client.js';
import { toleranceMs } from '../../lib/api-clock.js';
import { ApiError, asError } from '../../lib/errors.js';
import { secondMs } from '../../lib/interval.js';
import { version } from '../../lib/version.js';
import { allStreams, selectStreams } from '../../streams/catalog.js';
import { dataAccess } from '../../streams/data-access.js';
import type { DataAccess } from '../../streams/data-access-types.js';
import { isUnavailable } from '../../streams/directory/stream.js';
import { type CommandContext, timingOf } from '../app/command.js';
import { type AccessCheck, type Check, checksOf } from './check.js';
import { differenceText } from './clock.js';

const { ok, warning, fault, skipped } = checksOf('api');

/** A person is waiting, so a host that does not answer soon is reported as unreachable. */
const waitMsMax = 20 * secondMs;
const requestTimeoutMs = 20 * secondMs;

export interface ApiReport {
  readonly checks: readonly Check[];
  readonly access: readonly AccessCheck[];
  /** Organisation of the OAuth client, where it may know it. */
  readonly organizationId?: string;
}

/** Logs in, then probes each data set that is pulled. Sends about 25 requests. */
export async function checkApi(context: CommandContext, config: ConfigWithApi): Promise<ApiReport> {
  let differenceMs: number | undefined;
  const api = openApi(context, config, (serverMs) => {
    differenceMs = serverMs - context.now().getTime();
  });
  try {
    const { login, ...organization } = await checkLogin(api, config);
    const checks = [login, checkClock(differenceMs)];
    if (login.state !== 'ok') return { checks, access: [] };
    return { checks, access: await checkAccess(context, config, api), ...organization };
  } finally {
    await api.close();
  }
}

function openApi(context: CommandContext, { api, requestsPerMinute }: ConfigWithApi, onTime: (ms: number) => void) {
  return createGenesysApi({
    ...api,
    requestsPerMinute,
    userAgentVersion: version,
    waitMsMax,
    timeoutMs: requestTimeoutMs,
    now: context.now,
    onTime,
    ...timingOf(context),
    signal: context.signal,
  });
}

/** Checks the login with the cheapest call that needs a token but no permission. */
async function checkLogin(
  api: GenesysApi,
  config: ConfigWithApi,
): Promise<{ readonly login: Check; readonly organizationId?: string }> {
  const host = hostOf(config);
  const login = ok('login', `the OAuth client is accepted at ${host}`);
  try {
    const { id } = (await api.organization({ priority: 0 })).body;
    return typeof id === 'string' ? { login, organizationId: id } : { login };
  } catch (error) {
    return { login: isUnavailable(error) ? login : refusedLogin(error, host) };
  }
}

function refusedLogin(error: unknown, host: string): Check {
  const isLogin = error instanceof ApiError && error.facts.action === 'fail';
  const [reason = '', ...advice] = asError(error).message.split(/(?<=\)\.) /);
  // A host that does not answer is not a configuration error; a refused client is.
  if (isLogin) return fault('login', reason, advice.join(' ') || 'Check the OAuth client and GENESYSCLOUD_REGION.');
  return warning('login', `${host} does not answer: ${reason}`, 'Check the network, the proxy and the status page.');
}

/** Returns the host whose login and API are used. */
function hostOf({ api }: Pick<ConfigWithApi, 'api'>): string {
  return api.apiUrl === undefined ? (api.region ?? '') : new URL(api.apiUrl).host;
}

function checkClock(differenceMs: number | undefined): Check {
  if (differenceMs === undefined) return skipped('clock', 'no answer of the API has shown its time');
  const found = differenceText(differenceMs, 'this machine');
  if (Math.abs(differenceMs) <= toleranceMs) return ok('clock', found);
  return warning('clock', found, "Set this machine's clock by NTP; until then Genesys' time is used.");
}

async function checkAccess(context: CommandContext, config: ConfigWithApi, api: GenesysApi): Promise<AccessCheck[]> {
  const streams = selectStreams(allStreams(api, { granularity: config.granularity }), [], config.streams);
  const used = new Set(streams.map(({ name }) => name));
  const checks: AccessCheck[] = [];
  for (const entry of dataAccess) {
    const isUsed = entry.streams.some((stream) => used.has(stream));
    checks.push(isUsed ? await probed(entry, api, context) : { ...shown(entry), state: 'not_used' });
  }
  return checks;
}

async function probed(entry: DataAccess, api: GenesysApi, context: CommandContext): Promise<AccessCheck> {
  const call = { signal: context.signal, priority: 0 };
  try {
    return { ...shown(entry), state: await entry.probe(api, { now: context.now(), call }) };
  } catch (error) {
    context.signal.throwIfAborted();
    return { ...shown(entry), state: refusalOf(error), reason: asError(error).message };
  }
}

function refusalOf(error: unknown): AccessCheck['state'] {
  if (!isUnavailable(error)) return 'unknown';
  return error.facts.status === 403 ? 'missing' : 'not_offered';
}

const shown = ({ dataSets, permission, lost }: DataAccess) => ({ dataSets, permission, lost });
