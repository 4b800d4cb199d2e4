import { UsageError } from '../../../lib/errors.js';

/** Frequency of a fault: a share of 0 to 1, or that with limits. */
export interface FaultRate {
  readonly rate: number;
  /** Stop after so many; `{ rate: 1, times: 3 }` spoils exactly the next three. */
  readonly times?: number;
}
interface OnPath {
  /** Only requests whose path holds this text. */
  readonly path?: string;
}
export type Fault<Extra = object> = number | (FaultRate & Extra);
export type RequestFault<Extra = object> = Fault<OnPath & Extra>;

/** Everything is off unless named. The same settings, seed and requests give the same faults. */
export interface FaultSettings {
  // What happens to a request, whatever it asks.
  readonly http429?: RequestFault<{ readonly retryAfterSeconds?: number }>;
  readonly http413?: RequestFault;
  readonly http5xx?: RequestFault<{ readonly status?: number; readonly body?: 'json' | 'html' | 'empty' }>;
  readonly reset?: RequestFault<{ readonly when?: 'before-headers' | 'after-headers' }>;
  /** `in-body`: the headers and half of the body come at once. */
  readonly stall?: RequestFault<{ readonly ms?: number; readonly when?: 'before-headers' | 'in-body' }>;
  readonly expireTokens?: RequestFault;
  /** Logins are refused; with `expireTokens` this is a client that was deleted. */
  readonly revokedCredentials?: Fault;
  readonly truncatedJson?: RequestFault;
  readonly garbage?: RequestFault;
  readonly htmlInsteadOfJson?: RequestFault;
  readonly emptyBody?: RequestFault;
  // What happens to pages and jobs.
  readonly duplicateAcrossPages?: Fault;
  readonly shiftedPages?: Fault;
  readonly shortPages?: Fault;
  readonly wrongTotalHits?: Fault<{ readonly driftMax?: number }>;
  /** A gateway in between gives up on pages of the details query above `page`, always on the same. */
  readonly deepPages?: Fault<{ readonly page?: number; readonly status?: number }>;
  readonly failJobs?: Fault;
  readonly expireJobs?: Fault;
  readonly lostWrapups?: Fault;
  /** Accepted, and applied only so much later on the organisation's clock. */
  readonly slowWrapups?: Fault<{ readonly lagSeconds?: number }>;
  /** The agent sets another code at the moment of the write, which is refused with 409. */
  readonly racingAgents?: Fault;
  /** A request that changes something has its effect, and then the connection is cut. */
  readonly lostAnswers?: RequestFault;
  // What happens to records; which ones depends on their id, so a bad record stays bad.
  readonly unknownFields?: Fault;
  readonly unknownEnums?: Fault;
  readonly nulCharacters?: Fault;
  readonly malformedRecords?: Fault;
  /** Reported as it was some time ago, chosen at random for each request: a record changes between two pages, and back. */
  readonly changingRecords?: Fault<{ readonly lagSeconds?: number }>;
  readonly deletedEntities?: Fault;
  /** The client sees some divisions only: what belongs to others is not listed, though conversations and figures name it. */
  readonly hiddenDivisions?: Fault;
  /** Permission names; `analytics:*` takes everything that begins so. */
  readonly missingPermissions?: readonly string[];
}

type SettingCheck = { readonly test: (value: unknown) => boolean; readonly want: string };

const oneOf = (...words: readonly string[]): SettingCheck => ({
  test: (value) => words.includes(value as string),
  want: words.map((word) => `"${word}"`).join(' or '),
});
const wholeFrom = (min: number, max: number): SettingCheck => ({
  test: (value) => Number.isInteger(value) && (value as number) >= min && (value as number) <= max,
  want: `a whole number from ${min} to ${max}`,
});

/** Checks of the further settings of faults; `when` depends on the fault. */
const settingChecks: Readonly<Record<string, SettingCheck>> = {
  times: wholeFrom(0, 1_000_000_000),
  path: { test: (value) => typeof value === 'string', want: 'a text such as "/analytics/"' },
  retryAfterSeconds: wholeFrom(0, 604_800),
  status: wholeFrom(500, 599),
  body: oneOf('json', 'html', 'empty'),
  ms: wholeFrom(0, 600_000),
  driftMax: wholeFrom(1, 1_000_000),
  page: wholeFrom(1, 1_000),
  lagSeconds: wholeFrom(1, 31_536_000),
  'reset.when': oneOf('before-headers', 'after-headers'),
  'stall.when': oneOf('before-headers', 'in-body'),
};

export type FaultName = Exclude<keyof FaultSettings, 'missingPermissions'>;

const extras: Readonly<Record<FaultName, readonly string[]>> = {
  http429: ['retryAfterSeconds', 'path'],
  http413: ['path'],
  http5xx: ['status', 'body', 'path'],
  reset: ['when', 'path'],
  stall: ['ms', 'when', 'path'],
  expireTokens: ['path'],
  revokedCredentials: [],
  truncatedJson: ['path'],
  garbage: ['path'],
  htmlInsteadOfJson: ['path'],
  emptyBody: ['path'],
  duplicateAcrossPages: [],
  shiftedPages: [],
  shortPages: [],
  wrongTotalHits: ['driftMax'],
  deepPages: ['page', 'status'],
  failJobs: [],
  expireJobs: [],
  lostWrapups: [],
  slowWrapups: ['lagSeconds'],
  racingAgents: [],
  lostAnswers: ['path'],
  unknownFields: [],
  unknownEnums: [],
  nulCharacters: [],
  malformedRecords: [],
  changingRecords: ['lagSeconds'],
  deletedEntities: [],
  hiddenDivisions: [],
};

export const faultNames: readonly string[] = [...Object.keys(extras), 'missingPermissions'];

/** Returns the settings, or throws a UsageError that names the culprit; `source` is a person's JSON or options. */
export function parseFaultSettings(source: unknown): FaultSettings {
  if (typeof source !== 'object' || source === null || Array.isArray(source))
    throw new UsageError('Fault settings must be an object such as {"http429": 0.1}.');
  for (const [name, value] of Object.entries(source)) {
    if (name === 'missingPermissions') checkPermissions(value);
    else checkFault(name, value);
  }
  return source as FaultSettings;
}

function checkPermissions(value: unknown): void {
  if (!Array.isArray(value) || value.some((name) => typeof name !== 'string'))
    throw new UsageError(
      'The fault missingPermissions must be a list of permission names such as ["analytics:conversationDetail:view"].',
    );
}

function checkFault(name: string, value: unknown): void {
  if (!Object.hasOwn(extras, name))
    throw new UsageError(`There is no fault named ${name}; known are ${faultNames.join(', ')}.`);
  const spec = (typeof value === 'number' ? { rate: value } : value) as Record<string, unknown> | null;
  const rate = spec?.rate;
  if (typeof rate !== 'number' || !(rate >= 0 && rate <= 1))
    throw new UsageError(`The fault ${name} needs a rate from 0 to 1, as a number or as {"rate": 0.1}.`);
  const known = ['rate', 'times', ...(extras[name as FaultName] ?? [])];
  const stray = Object.keys(spec ?? {}).find((key) => !known.includes(key));
  if (stray !== undefined)
    throw new UsageError(`The fault ${name} has no setting ${stray}; known are ${known.join(', ')}.`);
  for (const [key, setting] of Object.entries(spec ?? {})) checkSetting(name, key, setting);
}

function checkSetting(fault: string, key: string, value: unknown): void {
  const rule = settingChecks[`${fault}.${key}`] ?? settingChecks[key];
  if (rule === undefined || value === undefined || rule.test(value)) return;
  throw new UsageError(`The setting ${key} of the fault ${fault} must be ${rule.want}, not ${JSON.stringify(value)}.`);
}
