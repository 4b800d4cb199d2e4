import { UsageError } from '../../lib/errors.js';
import { dayMs, hourMs, minuteMs } from '../../lib/interval.js';
import type { WorldOptions } from '../world.js';
import type { ClockOptions } from './clock.js';
import type { FaultSettings } from './faults/fault-settings.js';
import { parseFaultSettings } from './faults/fault-settings.js';

/** Settings, all with defaults; `docs/sandbox.md` explains each. */
export interface SandboxSettings {
  /** 0: any free port. */
  readonly port?: number;
  readonly host?: '127.0.0.1';
  readonly seed?: number;
  readonly agents?: number;
  readonly conversationsPerDay?: number;
  readonly timeZone?: string;
  readonly clock?: ClockOptions;
  readonly clientId?: string;
  readonly clientSecret?: string;
  readonly requestsPerMinute?: number | 'unlimited';
  /** The real window is a minute; a test that has to see it end makes it shorter. */
  readonly rateWindowMs?: number;
  readonly tokenLifetimeSeconds?: number;
  /** Lag of the data lake, which the details jobs read. */
  readonly availabilityLagMs?: number;
  readonly jobDurationMs?: number;
  readonly jobExpiryMs?: number;
  readonly jobsConcurrentMax?: number;
  /** Conversations that paging through one details query may reach. */
  readonly detailsHitsMax?: number;
  /** Rows (group by interval) that one aggregates answer may have. */
  readonly aggregateRowsMax?: number;
  /** Wrap-up codes written after the conversation ended: refused as the documents say, or accepted. */
  readonly lateWrapups?: 'refused' | 'accepted';
  /** Whose tokens may write wrap-up codes: anybody's, or only those of users who are logged in. */
  readonly wrapupWriters?: 'anyone' | 'users';
  readonly faults?: FaultSettings;
  readonly replayDirectory?: string;
  /** The organisation's first day. */
  readonly dataFrom?: Date;
  /** Compress large answers for clients that accept it. */
  readonly gzip?: boolean;
  /** Memory for prepared records. */
  readonly cacheBytesMax?: number;
  readonly requestLogMax?: number;
}

export interface ResolvedOptions extends Omit<Required<SandboxSettings>, 'replayDirectory' | 'dataFrom'>, WorldOptions {
  readonly replayDirectory: string | undefined;
  readonly dataFrom: Date | undefined;
}

export const dataAgeDefaultMs = 90 * dayMs;

/** Default options. The job's duration is that of a moving clock. */
export const defaults = {
  port: 0,
  host: '127.0.0.1',
  seed: 1,
  agents: 60,
  conversationsPerDay: 2_000,
  timeZone: 'UTC',
  clientId: 'sandbox',
  clientSecret: 'sandbox-secret',
  requestsPerMinute: 300,
  rateWindowMs: minuteMs,
  tokenLifetimeSeconds: 86_400,
  availabilityLagMs: 8 * hourMs,
  jobDurationMs: 500,
  jobExpiryMs: dayMs,
  jobsConcurrentMax: 10,
  detailsHitsMax: 100_000,
  aggregateRowsMax: 100_000,
  lateWrapups: 'refused',
  wrapupWriters: 'anyone',
  faults: {},
  gzip: true,
  cacheBytesMax: 256 * 1_024 * 1_024,
  requestLogMax: 100_000,
} as const satisfies SandboxSettings;

/** Whole numbers, from and to. */
export const limits = {
  port: [0, 65_535],
  seed: [0, Number.MAX_SAFE_INTEGER],
  agents: [5, 5_000],
  conversationsPerDay: [100, 500_000],
  requestsPerMinute: [1, 1_000_000],
  rateWindowMs: [1, minuteMs],
  tokenLifetimeSeconds: [1, 172_800],
  availabilityLagMs: [0, 30 * dayMs],
  jobDurationMs: [0, dayMs],
  jobExpiryMs: [1, 30 * dayMs],
  jobsConcurrentMax: [1, 1_000],
  detailsHitsMax: [1, 10_000_000],
  aggregateRowsMax: [1, 10_000_000],
  cacheBytesMax: [0, 64 * 1_024 ** 3],
  requestLogMax: [1, 1_000_000],
} as const satisfies Partial<Record<keyof SandboxSettings, readonly [number, number]>>;

export type NumberSetting = keyof typeof limits;

export function resolveOptions(settings: SandboxSettings): ResolvedOptions {
  const clock = settings.clock ?? { kind: 'real' };
  const resolved: ResolvedOptions = {
    ...defaults,
    // On a fixed clock jobs are done at once unless asked otherwise, or two equal runs would see different states.
    ...(clock.kind === 'fixed' ? { jobDurationMs: 0 } : {}),
    replayDirectory: undefined,
    dataFrom: undefined,
    ...withoutUndefined(settings),
    clock,
  };
  check(resolved);
  return resolved;
}

function withoutUndefined(settings: SandboxSettings): SandboxSettings {
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
}

function check(options: ResolvedOptions): void {
  if (options.host !== '127.0.0.1')
    throw new UsageError(`The sandbox listens on 127.0.0.1 only, not on ${options.host}: its password is public.`);
  if (!['refused', 'accepted'].includes(options.lateWrapups))
    throw new UsageError(`lateWrapups must be refused or accepted, not ${options.lateWrapups}.`);
  if (!['anyone', 'users'].includes(options.wrapupWriters))
    throw new UsageError(`wrapupWriters must be anyone or users, not ${options.wrapupWriters}.`);
  for (const name of Object.keys(limits) as NumberSetting[]) {
    const value = options[name];
    if (value !== 'unlimited' || name !== 'requestsPerMinute') whole(name, value);
  }
  if (options.dataFrom !== undefined && Number.isNaN(options.dataFrom.getTime()))
    throw new UsageError('dataFrom is not a date; use one such as 2026-01-01.');
  checkTimeZone(options.timeZone);
  parseFaultSettings(options.faults);
}

function whole(name: NumberSetting, value: unknown): void {
  const [min, max] = limits[name];
  if (!Number.isInteger(value) || (value as number) < min || (value as number) > max)
    throw new UsageError(`The sandbox option ${name} must be a whole number from ${min} to ${max}, not ${value}.`);
}

function checkTimeZone(timeZone: string): void {
  try {
    new Intl.DateTimeFormat('en', { timeZone });
  } catch {
    throw new UsageError(`Time zone ${timeZone} is unknown; use an IANA name such as Europe/Berlin.`);
  }
}
