import { join } from 'node:path';
import { parse as parseDotenv } from 'dotenv';
import { UsageError } from '../lib/errors.js';
import type { LogLevel } from '../lib/log.js';
import { redactLiterals } from '../lib/redact.js';
import { isClearText } from '../lib/region.js';
import { closestMatch } from '../lib/text.js';
import { hashes, type PrivacyPolicy } from '../privacy/policy.js';
import type { AttributeColumn } from './attributes.js';
import { type DashboardConfig, dashboardConfig, servedFaults } from './dashboard.js';
import { databaseUrlFrom } from './database-url.js';
import { defaultServicePort, type Fields, fields, type Granularity } from './fields.js';
import { type LakeConfig, lakeConfig, lakeFaults } from './lake.js';
import type { Start } from './parse-time.js';
import { type ProxyConfig, proxyConfig } from './proxy.js';
import { readSecretFile } from './secret-files.js';
import type { StreamChoice } from './streams.js';

export { embeddedDirectory, type Granularity } from './fields.js';
export { resolveStart, type Start } from './parse-time.js';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface ApiConfig {
  readonly clientId: string;
  readonly clientSecret: string;
  /** Host such as `mypurecloud.ie`; absent only where `apiUrl` is set. */
  readonly region?: string;
  /**
   * Gateway or sandbox that serves both `/api/v2/…` and `/oauth/token`, without a trailing slash;
   * takes precedence over the region.
   */
  readonly apiUrl?: string;
  /** Absent where every host is reached directly. */
  readonly proxies?: ProxyConfig;
}

export interface ServiceConfig {
  readonly host: string;
  /** 0: no service port. */
  readonly port: number;
  /** True if the port was configured, so that a port in use is an error instead of a warning. */
  readonly isPortGiven: boolean;
  /** Names besides `host` by which clients may call it. */
  readonly names: readonly string[];
}

/** Credentials for writing wrap-up codes: those of a client, or the refresh token of a logged-in user. */
export interface WriteConfig {
  readonly clientId?: string;
  readonly clientSecret?: string;
  /** Relative to the working directory unless absolute. */
  readonly tokenFile: string;
}

export interface Config {
  /** Absent unless the command needs the API. */
  readonly api?: ApiConfig;
  /** Absent: embedded Postgres in `embeddedDirectory` under the working directory. */
  readonly databaseUrl?: string;
  /** Folder with the programs of an installed Postgres to be used as the embedded one. */
  readonly embeddedBin?: string;
  readonly start: Start;
  /** IANA name, known to this runtime. */
  readonly timeZone: string;
  readonly granularity: Granularity;
  readonly requestsPerMinute: number;
  /** Slices in flight. */
  readonly concurrency: number;
  readonly logLevel: LogLevel;
  /** Streams added to the default ones, and those removed from them. */
  readonly streams: StreamChoice;
  /** Participant attributes that all readers may see. */
  readonly attributes: readonly AttributeColumn[];
  /** The lake that `run` keeps current. */
  readonly lake?: LakeConfig;
  readonly service: ServiceConfig;
  readonly dashboard: DashboardConfig;
  /** Authenticates `POST /webhooks/conversations`; absent: that route is closed. */
  readonly webhookSecret?: string;
  /** Signs `POST /surveys`; absent: that route is closed. */
  readonly surveySecret?: string;
  readonly privacy: PrivacyPolicy;
  readonly write: WriteConfig;
  /** Path of the rules, relative to the working directory unless absolute. */
  readonly wrapupRules: string;
}

export type ConfigWithApi = Config & { readonly api: ApiConfig };

const ownPrefix = 'GENESYS_WAREHOUSE_';
/** Each may be given as `NAME_FILE`, the path of a file that holds the value, as container platforms mount secrets. */
const fileNames = [
  'GENESYSCLOUD_OAUTHCLIENT_SECRET',
  'DATABASE_URL',
  'GENESYS_WAREHOUSE_WEBHOOK_SECRET',
  'GENESYS_WAREHOUSE_SURVEY_SECRET',
  'GENESYS_WAREHOUSE_PRIVACY_KEY',
  'GENESYS_WAREHOUSE_DASHBOARD_PASSWORD',
  'GENESYS_WAREHOUSE_WRITE_CLIENT_SECRET',
] as const;
/** Names variables whose values never appear in a message, even when they were put into another variable by mistake. */
const secretNames = [...fileNames, 'PGPASSWORD'] as const;

/** Every variable that `parseConfig` interprets, besides the standard `PG*` names. */
export const variableNames: readonly string[] = Object.keys(fields.shape);

/**
 * Parses the whole configuration, as one pure function of the environment. An empty value counts as
 * absent. Throws one UsageError with a line for each fault; no line contains a secret.
 */
export function parseConfig(environment: Environment, needs: { readonly api: true }): ConfigWithApi;
export function parseConfig(environment: Environment, needs: { readonly api: boolean }): Config;
export function parseConfig(environment: Environment, needs: { readonly api: boolean }): Config {
  const given = withoutBlanks(environment);
  const parsed = fields.safeParse(given);
  const faults = [
    ...(parsed.error?.issues ?? []).map((issue) => `${String(issue.path[0])} ${issue.message}`),
    ...(needs.api ? [...missingApiFaults(given), ...proxyConfig(given).faults] : []),
    ...databaseFaults(given),
    ...pairFaults(given, parsed.data),
    ...(parsed.data === undefined ? [] : servedFaults(parsed.data, serviceConfig(parsed.data).service)),
    ...(parsed.data === undefined ? [] : lakeFaults(parsed.data)),
    ...unknownNameFaults(environment),
  ];
  if (!parsed.success || faults.length > 0)
    throw new UsageError(
      redactLiterals(
        faults.join('\n'),
        secretNames.map((name) => given[name]),
      ),
    );
  const api = needs.api ? apiConfig(parsed.data, proxyConfig(given).proxies) : undefined;
  const databaseUrl = databaseUrlFrom(given);
  return Object.freeze({
    ...(api && { api: Object.freeze(api) }),
    ...(databaseUrl !== undefined && { databaseUrl }),
    ...(parsed.data.GENESYS_WAREHOUSE_EMBEDDED_BIN !== undefined && {
      embeddedBin: parsed.data.GENESYS_WAREHOUSE_EMBEDDED_BIN,
    }),
    start: Object.freeze(parsed.data.GENESYS_WAREHOUSE_START),
    timeZone: parsed.data.GENESYS_WAREHOUSE_TIME_ZONE,
    granularity: parsed.data.GENESYS_WAREHOUSE_GRANULARITY,
    requestsPerMinute: parsed.data.GENESYS_WAREHOUSE_REQUESTS_PER_MINUTE,
    concurrency: parsed.data.GENESYS_WAREHOUSE_CONCURRENCY,
    logLevel: parsed.data.GENESYS_WAREHOUSE_LOG_LEVEL,
    streams: parsed.data.GENESYS_WAREHOUSE_STREAMS,
    attributes: parsed.data.GENESYS_WAREHOUSE_ATTRIBUTES,
    ...lakeConfig(parsed.data),
    ...serviceConfig(parsed.data),
    dashboard: dashboardConfig(parsed.data),
    privacy: privacyPolicy(parsed.data),
    write: writeConfig(parsed.data),
    wrapupRules: parsed.data.GENESYS_WAREHOUSE_WRAPUP_RULES,
  });
}

/**
 * Merges the process environment over the `.env` in `directory`, and replaces `NAME_FILE` variables
 * by the contents of their files. The only place that reads `process.env`, which stays as it is.
 * `warn` gets a sentence about a `.env` whose secrets others can read; a file named by `NAME_FILE`
 * that others can read is refused.
 */
export function loadEnvironment(
  directory: string,
  processEnvironment: Environment = process.env,
  warn: (sentence: string) => void = () => {},
): Environment {
  const dotenv = readDotenv(join(directory, '.env'), warn);
  const merged: Record<string, string | undefined> = { ...dotenv, ...processEnvironment };
  const faults: string[] = [];
  for (const name of fileNames) {
    const file = merged[`${name}_FILE`];
    if (!file) continue;
    if (merged[name]) faults.push(`${name} and ${name}_FILE are both set; keep one of them`);
    else merged[name] = readSecret(`${name}_FILE`, file, faults);
  }
  if (faults.length > 0) throw new UsageError(faults.join('\n'));
  return merged;
}

function withoutBlanks(environment: Environment): Environment {
  const entries = Object.entries(environment).filter(([, value]) => value?.trim());
  // A space at the end of a line of `.env` is unintentional, except in a password.
  return Object.fromEntries(entries.map(([name, value]) => [name, name === 'PGPASSWORD' ? value : value?.trim()]));
}

function apiConfig(values: Fields, proxies: ProxyConfig | undefined): ApiConfig {
  const { GENESYSCLOUD_REGION: region, GENESYSCLOUD_API_URL: apiUrl } = values;
  return {
    clientId: values.GENESYSCLOUD_OAUTHCLIENT_ID ?? '',
    clientSecret: values.GENESYSCLOUD_OAUTHCLIENT_SECRET ?? '',
    ...(region !== undefined && { region }),
    ...(apiUrl !== undefined && { apiUrl }),
    ...(proxies !== undefined && { proxies }),
  };
}

function serviceConfig(values: Fields): Pick<Config, 'service' | 'webhookSecret' | 'surveySecret'> {
  const { GENESYS_WAREHOUSE_SERVICE_PORT: port } = values;
  const { GENESYS_WAREHOUSE_WEBHOOK_SECRET: webhookSecret, GENESYS_WAREHOUSE_SURVEY_SECRET: surveySecret } = values;
  return {
    service: Object.freeze({
      host: values.GENESYS_WAREHOUSE_SERVICE_HOST,
      port: port ?? defaultServicePort,
      isPortGiven: port !== undefined,
      names: values.GENESYS_WAREHOUSE_SERVICE_NAMES,
    }),
    ...(webhookSecret !== undefined && { webhookSecret }),
    ...(surveySecret !== undefined && { surveySecret }),
  };
}

function privacyPolicy(values: Fields): PrivacyPolicy {
  const key = values.GENESYS_WAREHOUSE_PRIVACY_KEY;
  return Object.freeze({ ...values.GENESYS_WAREHOUSE_PRIVACY, ...(key !== undefined && { key }) });
}

function writeConfig(values: Fields): WriteConfig {
  const { GENESYS_WAREHOUSE_WRITE_CLIENT_ID: clientId, GENESYS_WAREHOUSE_WRITE_CLIENT_SECRET: clientSecret } = values;
  return Object.freeze({
    ...(clientId !== undefined && { clientId }),
    ...(clientSecret !== undefined && { clientSecret }),
    tokenFile: values.GENESYS_WAREHOUSE_WRITE_TOKEN_FILE,
  });
}

/** Returns faults of variables that require one another. */
function pairFaults(given: Environment, values: Fields | undefined): string[] {
  const faults = clearTextFaults(given);
  const privacy = values?.GENESYS_WAREHOUSE_PRIVACY;
  if (privacy !== undefined && hashes(privacy) && given.GENESYS_WAREHOUSE_PRIVACY_KEY === undefined)
    faults.push(
      'GENESYS_WAREHOUSE_PRIVACY_KEY is missing; GENESYS_WAREHOUSE_PRIVACY asks for hashes, which need a key',
    );
  if (
    given.GENESYS_WAREHOUSE_WRITE_CLIENT_SECRET !== undefined &&
    given.GENESYS_WAREHOUSE_WRITE_CLIENT_ID === undefined
  )
    faults.push('GENESYS_WAREHOUSE_WRITE_CLIENT_ID is missing; GENESYS_WAREHOUSE_WRITE_CLIENT_SECRET is set');
  return faults;
}

/** Checked even if other variables have faults, so that all are reported at once. */
function clearTextFaults(given: Environment): string[] {
  const { GENESYSCLOUD_API_URL: apiUrl, GENESYS_WAREHOUSE_API_INSECURE: insecure } = given;
  if (apiUrl === undefined || insecure === 'on' || !isClearText(apiUrl)) return [];
  return [
    'GENESYSCLOUD_API_URL is http: to another machine, which would send the client secret unencrypted; use https:, or set GENESYS_WAREHOUSE_API_INSECURE=on where the network itself is trusted',
  ];
}

function missingApiFaults(given: Environment): string[] {
  const faults = (['GENESYSCLOUD_OAUTHCLIENT_ID', 'GENESYSCLOUD_OAUTHCLIENT_SECRET'] as const)
    .filter((name) => given[name] === undefined)
    .map((name) => `${name} is missing; set it to that of an OAuth client with the grant type Client Credentials`);
  const hasServer = given.GENESYSCLOUD_REGION !== undefined || given.GENESYSCLOUD_API_URL !== undefined;
  if (!hasServer) faults.push('GENESYSCLOUD_REGION is missing; set it to your region, such as us-east-1');
  return faults;
}

function databaseFaults(given: Environment): string[] {
  const onlyService = given.PGSERVICE !== undefined && given.DATABASE_URL === undefined;
  return onlyService
    ? ['PGSERVICE is not supported; set DATABASE_URL, or PGHOST, PGPORT, PGUSER, PGPASSWORD and PGDATABASE']
    : [];
}

function unknownNameFaults(environment: Environment): string[] {
  const known = variableNames.filter((name) => name.startsWith(ownPrefix));
  return Object.keys(environment)
    .filter((name) => name.toUpperCase().startsWith(ownPrefix) && !known.includes(name))
    .map((name) => `${name} is not a known name; did you mean ${closestMatch(name.toUpperCase(), known)}?`);
}

/** Reads `.env`; empty if there is none. */
function readDotenv(path: string, warn: (sentence: string) => void): Record<string, string> {
  try {
    const { text, isShared, mode } = readSecretFile(path);
    const values = parseDotenv(text);
    if (isShared && secretNames.some((name) => values[name]))
      warn(`${path} holds secrets and can be read or changed by others (mode ${mode}). Run chmod 600 ${path}.`);
    return values;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw new UsageError(`${path} cannot be read (${(error as Error).message}). Make it a readable file or remove it.`);
  }
}

function readSecret(name: string, path: string, faults: string[]): string | undefined {
  try {
    const { text, isShared, mode } = readSecretFile(path);
    if (!isShared) return text.trim();
    faults.push(`${name} names a file that others can read or change (mode ${mode}): ${path}. Run chmod 600 ${path}`);
  } catch (error) {
    faults.push(`${name} names a file that cannot be read (${(error as Error).message}); correct it`);
  }
  return undefined;
}
