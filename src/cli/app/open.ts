import { join, resolve } from 'node:path';
import type pg from 'pg';
import {
  type ApiConfig,
  type Config,
  type ConfigWithApi,
  embeddedDirectory,
  parseConfig,
} from '../../config/config.js';
import { proxySecrets } from '../../config/proxy.js';
import type { GenesysApi } from '../../genesys/api.js';
import { createGenesysApi } from '../../genesys/client.js';
import { ApiClock } from '../../lib/api-clock.js';
import { minuteMs, secondMs } from '../../lib/interval.js';
import type { Log } from '../../lib/log.js';
import { isClearText } from '../../lib/region.js';
import { version } from '../../lib/version.js';
import { applicationName, createPool, verifyConnection } from '../../postgres/connection/pool.js';
import { watchDatabase } from '../../postgres/connection/watch.js';
import { startEmbeddedPostgres } from '../../postgres/embedded/index.js';
import { usableHome } from '../../postgres/embedded/user.js';
import { prepareDatabase } from '../../postgres/migrate.js';
import type { ViewSettings } from '../../postgres/schema/views.js';
import { createScreen } from '../../privacy/scrubber.js';
import { privateApi } from '../../streams/scrubbed-api.js';
import { type Budgets, openBudgets } from './budgets.js';
import { type CommandContext, timingOf } from './command.js';

/** Limits how long one call may wait for the API before the run ends with the slice still pending. */
const waitMsMax = 5 * minuteMs;
const requestTimeoutMs = 2 * minuteMs;
const statementTimeoutMs = 10 * minuteMs;
/**
 * Connections besides those of slices in flight: planning, open conversations, the run's own row,
 * two reads for the service port, three tasks of event handling.
 */
export const spareConnections = 8;

export interface Opened {
  readonly config: Config;
  readonly log: Log;
  readonly pool: pg.Pool;
  readonly databaseUrl: string;
  close(): Promise<void>;
}

export interface OpenedWithApi extends Opened {
  readonly config: ConfigWithApi;
  readonly api: GenesysApi;
  /** Clock to use: the machine's, unless the API's responses prove it wrong. */
  readonly clock: ApiClock;
  /** Allowances that further clients of the API share. */
  readonly budgets: Budgets;
}

export function readConfig(context: CommandContext, needs: { readonly api: boolean }): { config: Config; log: Log } {
  const config = parseConfig(context.environment, needs);
  const secrets = [
    config.api?.clientSecret,
    passwordOf(config.databaseUrl),
    config.webhookSecret,
    config.surveySecret,
    config.privacy.key,
    config.write.clientSecret,
    config.dashboard.password,
    ...proxySecrets(config.api?.proxies),
  ].filter((secret) => secret !== undefined);
  return { config, log: context.createLog(config.logLevel, secrets) };
}

/** Returns the settings with which `migrate` builds the views. */
export function viewSettings(config: Config): ViewSettings {
  return { timeZone: config.timeZone, attributes: config.attributes };
}

/**
 * Opens the configured database, or starts the embedded one, and checks it, so that a wrong address
 * is reported in one clear sentence.
 */
export async function openDatabase(context: CommandContext): Promise<Opened> {
  return openPool(context, readConfig(context, { api: false }));
}

/** Opens the database, migrated to this program's schema, and the API client. */
export async function openWithApi(context: CommandContext): Promise<OpenedWithApi> {
  const { config, log } = readConfig(context, { api: true });
  warnOfClearText(config, log);
  const opened = await openPool(context, { config, log });
  const budgets = openBudgets(opened.databaseUrl, config.requestsPerMinute);
  const endWatch = watchDatabase(opened.databaseUrl, () => [opened.pool, ...budgets.pools()], context.silence);
  const close = async () => {
    await endWatch();
    await budgets.close();
    await opened.close();
  };
  try {
    await prepareDatabase(opened.pool, viewSettings(config), log);
    const clock = new ApiClock(context.now, undefined, context.clockToleranceMs);
    const api = privateApi(
      openApi(config as ConfigWithApi, context, log, budgets, clock),
      createScreen(config.privacy),
    );
    await syncClock({ api, clock, log });
    const closeAll = async () => {
      await api.close();
      await close();
    };
    return { ...opened, config: config as ConfigWithApi, api, clock, budgets, close: closeAll };
  } catch (error) {
    await close();
    throw error;
  }
}

function warnOfClearText({ api }: Config, log: Log): void {
  if (api?.apiUrl !== undefined && isClearText(api.apiUrl))
    log.warn('GENESYSCLOUD_API_URL is not encrypted: the client secret and all data cross the network in clear text');
}

/** Compares the clock with the API's before planning, unless that was done and the clock has not been set since. */
export async function syncClock({ api, clock, log }: Pick<OpenedWithApi, 'api' | 'clock' | 'log'>): Promise<void> {
  if (!clock.isInDoubt) return;
  await api.fetchServerTime();
  const minutes = Math.round(clock.offsetMs / minuteMs);
  if (minutes === 0) return;
  const how = minutes > 0 ? 'behind' : 'ahead of';
  log.warn(
    `This machine's clock is ${Math.abs(minutes)} minutes ${how} Genesys Cloud's; theirs is used. Set it right (NTP).`,
  );
}

/** Returns the API's address and proxies, for every client of it. */
export function apiAddress({ region, apiUrl, proxies }: ApiConfig): Pick<ApiConfig, 'region' | 'apiUrl' | 'proxies'> {
  return {
    ...(region !== undefined && { region }),
    ...(apiUrl !== undefined && { apiUrl }),
    ...(proxies !== undefined && { proxies }),
  };
}

function openApi(
  config: ConfigWithApi,
  context: CommandContext,
  log: Log,
  budgets: Budgets,
  clock: ApiClock,
): GenesysApi {
  const { clientId, clientSecret } = config.api;
  return createGenesysApi({
    clientId,
    clientSecret,
    ...apiAddress(config.api),
    requestsPerMinute: config.requestsPerMinute,
    budget: budgets.of(clientId),
    userAgentVersion: version,
    waitMsMax,
    timeoutMs: requestTimeoutMs,
    now: clock.now,
    onTime: (serverTimeMs) => clock.observe(serverTimeMs),
    ...timingOf(context),
    signal: context.signal,
    onRequest: (report) => log.debug(report, 'Request'),
  });
}

export async function openPool(
  context: CommandContext,
  { config, log }: { config: Config; log: Log },
): Promise<Opened> {
  if (context.environment.NODE_TLS_REJECT_UNAUTHORIZED === '0')
    log.warn(
      'NODE_TLS_REJECT_UNAUTHORIZED=0 disables the verification of certificates, for Genesys Cloud and for the database. Remove it.',
    );
  const embedded = config.databaseUrl === undefined ? await startEmbedded(context, config, log) : undefined;
  const databaseUrl = config.databaseUrl ?? embedded?.url ?? '';
  const pool = createPool({
    connectionString: databaseUrl,
    applicationName,
    max: config.concurrency + spareConnections,
    statementTimeoutMs,
  });
  const close = async () => {
    await pool.end();
    await embedded?.stop();
  };
  try {
    await verifyConnection(pool, databaseUrl);
  } catch (error) {
    await close();
    throw error;
  }
  return { config, log, pool, databaseUrl, close };
}

async function startEmbedded(context: CommandContext, { embeddedBin }: Config, log: Log) {
  const dataDirectory = await usableHome(context.embeddedDirectory ?? join(context.directory, embeddedDirectory));
  const started = performance.now();
  const binariesDirectory =
    embeddedBin === undefined ? {} : { binariesDirectory: resolve(context.directory, embeddedBin) };
  const embedded = await startEmbeddedPostgres({ dataDirectory, log, ...binariesDirectory });
  log.info(
    { directory: dataDirectory, seconds: Math.round((performance.now() - started) / secondMs) },
    'DATABASE_URL is not set: using the embedded Postgres (not for production)',
  );
  return embedded;
}

function passwordOf(url: string | undefined): string {
  return url !== undefined && URL.canParse(url) ? decodeURIComponent(new URL(url).password) : '';
}
