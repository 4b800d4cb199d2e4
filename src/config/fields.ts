import { join } from 'node:path';
import { z } from 'zod';
import { logLevels } from '../lib/log.js';
import { apiUrlFault, regionHost } from '../lib/region.js';
import { quote } from '../lib/text.js';
import { keepEverything, type PrivacyPolicy, parsePrivacy } from '../privacy/policy.js';
import { type AttributeColumn, parseAttributes } from './attributes.js';
import { databaseUrlFault } from './database-url.js';
import { isTimeZone, parseStart, type Start, startAgoDaysMax } from './parse-time.js';
import { hostNames, oneOf, onOff, optionalNumber, secret, text, wholeNumber } from './parsers.js';
import { defaultStreams, parseStreams, type StreamChoice } from './streams.js';

export type Granularity = (typeof granularities)[number];
export type Fields = z.infer<typeof fields>;

export const embeddedDirectory = '.genesys-warehouse';
export const defaultServicePort = 8484;

const granularities = ['PT15M', 'PT30M', 'PT1H'] as const;
const requestsPerMinuteMax = 10_000;
const concurrencyMax = 64;
const portMax = 65_535;
const keyCharactersMin = 16;
/** Wrong passwords are counted and delayed, so a password may be shorter than a key. */
const passwordCharactersMin = 12;

/** Defines the variables, each with its form and default; a fault is a sentence that continues after the name. */
export const fields = z.object({
  GENESYSCLOUD_OAUTHCLIENT_ID: text,
  GENESYSCLOUD_OAUTHCLIENT_SECRET: text,
  GENESYSCLOUD_REGION: text.transform((value, context) => {
    const host = value === undefined ? undefined : regionHost(value);
    if (value !== undefined && host === undefined) {
      context.addIssue(`is ${quote(value)}; use a region such as us-east-1 or its host such as mypurecloud.ie`);
    }
    return host;
  }),
  GENESYSCLOUD_API_URL: text.transform((value, context) => {
    const fault = value === undefined ? undefined : apiUrlFault(value);
    if (fault !== undefined) context.addIssue(fault);
    return value?.replace(/\/+$/, '');
  }),
  GENESYS_WAREHOUSE_API_INSECURE: onOff,
  DATABASE_URL: text.transform((value, context) => {
    const fault = value === undefined ? undefined : databaseUrlFault(value);
    if (fault !== undefined) context.addIssue(fault);
  }),
  GENESYS_WAREHOUSE_EMBEDDED_BIN: text,
  GENESYS_WAREHOUSE_START: z
    .string()
    .default('7d')
    .transform((value, context): Start => {
      const start = parseStart(value);
      if (start !== undefined) return start;
      context.addIssue(
        `is ${quote(value)}; use a duration such as 30d or 12h (at most ${startAgoDaysMax}d) or a timestamp with its offset such as 2026-01-31T00:00:00Z`,
      );
      return z.NEVER;
    }),
  GENESYS_WAREHOUSE_TIME_ZONE: z
    .string()
    .default('UTC')
    .refine(isTimeZone, {
      error: (issue) => `is ${quote(issue.input)}; use an IANA time zone such as Europe/Paris or UTC`,
    }),
  GENESYS_WAREHOUSE_GRANULARITY: oneOf(granularities, 'PT30M'),
  GENESYS_WAREHOUSE_REQUESTS_PER_MINUTE: wholeNumber(requestsPerMinuteMax, 300),
  GENESYS_WAREHOUSE_CONCURRENCY: wholeNumber(concurrencyMax, 4),
  GENESYS_WAREHOUSE_LOG_LEVEL: oneOf(logLevels, 'info'),
  GENESYS_WAREHOUSE_STREAMS: text.transform((value, context): StreamChoice => {
    const choice = value === undefined ? defaultStreams : parseStreams(value);
    if (!('fault' in choice)) return choice;
    context.addIssue(choice.fault);
    return z.NEVER;
  }),
  GENESYS_WAREHOUSE_ATTRIBUTES: text.transform((value, context): readonly AttributeColumn[] => {
    const columns = value === undefined ? [] : parseAttributes(value);
    if (!('fault' in columns)) return columns;
    context.addIssue(columns.fault);
    return z.NEVER;
  }),
  GENESYS_WAREHOUSE_LAKE_URL: text,
  GENESYS_WAREHOUSE_LAKE_RAW: onOff,
  GENESYS_WAREHOUSE_LAKE_PERSONAL: onOff,
  GENESYS_WAREHOUSE_SERVICE_HOST: z.string().default('127.0.0.1'),
  GENESYS_WAREHOUSE_SERVICE_PORT: optionalNumber(0, portMax),
  GENESYS_WAREHOUSE_SERVICE_NAMES: hostNames,
  GENESYS_WAREHOUSE_DASHBOARD: oneOf(['off', 'on'], 'off'),
  GENESYS_WAREHOUSE_DASHBOARD_PASSWORD: secret(passwordCharactersMin),
  GENESYS_WAREHOUSE_DASHBOARD_ROLE: text,
  GENESYS_WAREHOUSE_WEBHOOK_SECRET: secret(keyCharactersMin),
  GENESYS_WAREHOUSE_SURVEY_SECRET: secret(keyCharactersMin),
  GENESYS_WAREHOUSE_PRIVACY: text.transform((value, context): PrivacyPolicy => {
    const policy = value === undefined ? keepEverything : parsePrivacy(value);
    if (!('fault' in policy)) return policy;
    context.addIssue(policy.fault);
    return z.NEVER;
  }),
  GENESYS_WAREHOUSE_PRIVACY_KEY: secret(keyCharactersMin),
  GENESYS_WAREHOUSE_WRITE_CLIENT_ID: text,
  GENESYS_WAREHOUSE_WRITE_CLIENT_SECRET: text,
  GENESYS_WAREHOUSE_WRITE_TOKEN_FILE: z.string().default(join(embeddedDirectory, 'write-token.json')),
  GENESYS_WAREHOUSE_WRAPUP_RULES: z.string().default('wrapup-rules.yaml'),
});
