import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse as parseDotenv } from 'dotenv';
import { z } from 'zod';
import { apiUrlFault, regionHost } from './api-address.js';
import { databaseUrlFault, databaseUrlFrom } from './database-url.js';
import { UsageError } from './errors.js';
import { isTimeZone, parseStart, type Start, startAgoDaysMax } from './start.js';
import { listed, nearest, quoted, withoutSecrets } from './wording.js';

export { resolveStart, type Start } from './start.js';

export type Environment = Readonly<Record<string, string | undefined>>;
export type LogLevel = (typeof logLevels)[number];
export type Granularity = (typeof granularities)[number];

export interface ApiConfig {
  readonly clientId: string;
  readonly clientSecret: string;
  /** Host such as `mypurecloud.ie`; absent only where `apiUrl` stands. */
  readonly region?: string;
  /** Gateway or sandbox that serves both `/api/v2/…` and `/oauth/token`, without a slash at its end; goes before the region. */
  readonly apiUrl?: string;
}

export interface Config {
  /** Absent unless the command needs the API. */
  readonly api?: ApiConfig;
  /** Absent: embedded Postgres in `embeddedDirectory` under the working directory. */
  readonly databaseUrl?: string;
  readonly start: Start;
  /** IANA name, known to this runtime. */
  readonly timeZone: string;
  readonly granularity: Granularity;
  readonly requestsPerMinute: number;
  /** Slices in flight. */
  readonly concurrency: number;
  readonly logLevel: LogLevel;
}

export type ConfigWithApi = Config & { readonly api: ApiConfig };

export const embeddedDirectory = '.genesys-warehouse';

const logLevels = ['debug', 'info', 'warn', 'error'] as const;
const granularities = ['PT15M', 'PT30M', 'PT1H'] as const;
const ownPrefix = 'GENESYS_WAREHOUSE_';
const requestsPerMinuteMax = 10_000;
const concurrencyMax = 64;
/** Values that may stand in these variables never appear in a message, whichever variable they were put into by mistake. */
const secretNames = ['GENESYSCLOUD_OAUTHCLIENT_SECRET', 'DATABASE_URL', 'PGPASSWORD'] as const;
/** Each may be given as `NAME_FILE`, the path of a file that holds the value, as container platforms mount secrets. */
const fileNames = ['GENESYSCLOUD_OAUTHCLIENT_SECRET', 'DATABASE_URL'] as const;

const oneOf = <const T extends readonly [string, ...string[]]>(values: T, otherwise: T[number]) =>
  z
    .enum(values, { error: (issue) => `is ${quoted(issue.input)}; use ${listed(values)}` })
    .optional()
    .transform((value): T[number] => value ?? otherwise);

const wholeNumber = (max: number, otherwise: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, { error: (issue) => `is ${quoted(issue.input)}; use a whole number from 1 to ${max}` })
    .transform(Number)
    .pipe(z.number().min(1, `is 0; use a whole number from 1 to ${max}`).max(max, `is above ${max}; lower it`))
    .optional()
    .transform((value) => value ?? otherwise);

const text = z.string().optional();

const fields = z.object({
  GENESYSCLOUD_OAUTHCLIENT_ID: text,
  GENESYSCLOUD_OAUTHCLIENT_SECRET: text,
  GENESYSCLOUD_REGION: text.transform((value, context) => {
    const host = value === undefined ? undefined : regionHost(value);
    if (value !== undefined && host === undefined) {
      context.addIssue(`is ${quoted(value)}; use a region such as us-east-1 or its host such as mypurecloud.ie`);
    }
    return host;
  }),
  GENESYSCLOUD_API_URL: text.transform((value, context) => {
    const fault = value === undefined ? undefined : apiUrlFault(value);
    if (fault !== undefined) context.addIssue(fault);
    return value?.replace(/\/+$/, '');
  }),
  DATABASE_URL: text.transform((value, context) => {
    const fault = value === undefined ? undefined : databaseUrlFault(value);
    if (fault !== undefined) context.addIssue(fault);
  }),
  GENESYS_WAREHOUSE_START: z
    .string()
    .default('7d')
    .transform((value, context): Start => {
      const start = parseStart(value);
      if (start !== undefined) return start;
      context.addIssue(
        `is ${quoted(value)}; use a distance such as 30d or 12h (at most ${startAgoDaysMax}d) or a timestamp with its offset such as 2026-01-31T00:00:00Z`,
      );
      return z.NEVER;
    }),
  GENESYS_WAREHOUSE_TIME_ZONE: z
    .string()
    .default('UTC')
    .refine(isTimeZone, {
      error: (issue) => `is ${quoted(issue.input)}; use an IANA time zone such as Europe/Paris or UTC`,
    }),
  GENESYS_WAREHOUSE_GRANULARITY: oneOf(granularities, 'PT30M'),
  GENESYS_WAREHOUSE_REQUESTS_PER_MINUTE: wholeNumber(requestsPerMinuteMax, 300),
  GENESYS_WAREHOUSE_CONCURRENCY: wholeNumber(concurrencyMax, 4),
  GENESYS_WAREHOUSE_LOG_LEVEL: oneOf(logLevels, 'info'),
});

/** Every variable that `parseConfig` itself interprets; the standard `PG*` names come on top. */
export const variableNames: readonly string[] = Object.keys(fields.shape);

/**
 * The whole configuration as one pure function of the environment. An empty value counts as absent.
 * Throws one UsageError with a line for each fault; no line contains a secret.
 */
export function parseConfig(environment: Environment, needs: { readonly api: true }): ConfigWithApi;
export function parseConfig(environment: Environment, needs: { readonly api: boolean }): Config;
export function parseConfig(environment: Environment, needs: { readonly api: boolean }): Config {
  const given = withoutBlanks(environment);
  const parsed = fields.safeParse(given);
  const faults = [
    ...(parsed.error?.issues ?? []).map((issue) => `${String(issue.path[0])} ${issue.message}`),
    ...(needs.api ? missingApiFaults(given) : []),
    ...databaseFaults(given),
    ...unknownNameFaults(environment),
  ];
  if (!parsed.success || faults.length > 0)
    throw new UsageError(
      withoutSecrets(
        faults.join('\n'),
        secretNames.map((name) => given[name]),
      ),
    );
  const api = needs.api ? apiConfig(parsed.data) : undefined;
  const databaseUrl = databaseUrlFrom(given);
  return Object.freeze({
    ...(api && { api: Object.freeze(api) }),
    ...(databaseUrl !== undefined && { databaseUrl }),
    start: Object.freeze(parsed.data.GENESYS_WAREHOUSE_START),
    timeZone: parsed.data.GENESYS_WAREHOUSE_TIME_ZONE,
    granularity: parsed.data.GENESYS_WAREHOUSE_GRANULARITY,
    requestsPerMinute: parsed.data.GENESYS_WAREHOUSE_REQUESTS_PER_MINUTE,
    concurrency: parsed.data.GENESYS_WAREHOUSE_CONCURRENCY,
    logLevel: parsed.data.GENESYS_WAREHOUSE_LOG_LEVEL,
  });
}

/**
 * The process environment over what `.env` in `directory` says, with `NAME_FILE` variables replaced by what their
 * files hold. The only place that reads `process.env`, which stays as it is.
 */
export function loadEnvironment(directory: string, processEnvironment: Environment = process.env): Environment {
  const path = join(directory, '.env');
  const merged: Record<string, string | undefined> = { ...parseDotenv(readOptional(path)), ...processEnvironment };
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
  // A space at the end of a line of `.env` is nobody's intention, except in a password.
  return Object.fromEntries(entries.map(([name, value]) => [name, name === 'PGPASSWORD' ? value : value?.trim()]));
}

type Fields = z.infer<typeof fields>;

function apiConfig(values: Fields): ApiConfig {
  const { GENESYSCLOUD_REGION: region, GENESYSCLOUD_API_URL: apiUrl } = values;
  return {
    clientId: values.GENESYSCLOUD_OAUTHCLIENT_ID ?? '',
    clientSecret: values.GENESYSCLOUD_OAUTHCLIENT_SECRET ?? '',
    ...(region !== undefined && { region }),
    ...(apiUrl !== undefined && { apiUrl }),
  };
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
  return onlyService ? ['PGSERVICE is not supported; set DATABASE_URL, or PGHOST and its companions'] : [];
}

function unknownNameFaults(environment: Environment): string[] {
  const known = variableNames.filter((name) => name.startsWith(ownPrefix));
  return Object.keys(environment)
    .filter((name) => name.toUpperCase().startsWith(ownPrefix) && !known.includes(name))
    .map((name) => `${name} is not a known name; did you mean ${nearest(name.toUpperCase(), known)}?`);
}

function readOptional(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw new UsageError(`${path} cannot be read (${(error as Error).message}); make it readable or remove it`);
  }
}

function readSecret(name: string, path: string, faults: string[]): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (error) {
    faults.push(`${name} names a file that cannot be read (${(error as Error).message}); correct it`);
    return undefined;
  }
}
