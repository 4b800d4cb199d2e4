/**
 * Checks the stored conversations against Genesys' own aggregates: session metrics, summed by the
 * interval of their `emitDate`, by the queue and the media type of their session, must equal
 * `queue_aggregates`. A day that differs although nothing is pending is pulled again, a limited
 * number of times.
 */
import type pg from 'pg';
import { dayMs, floorTo, type Interval, plus } from '../../lib/interval.js';
import { lockRows, tryLockRow } from '../connection/locks.js';
import { inTransaction } from '../connection/transaction.js';
import {
  compareDay,
  daysToCompare,
  forgetDifferences,
  forgetDigests,
  makeDueAgain,
  rememberAttempt,
  rememberDay,
} from './sql.js';

/** Metrics of queues and agents that both sides have. `n` metrics are compared by count, `t` metrics by count and milliseconds. */
export const comparedMetrics: readonly string[] = [
  'nOffered',
  'nOverSla',
  'nTransferred',
  'nBlindTransferred',
  'nConsultTransferred',
  'tAbandon',
  'tAcd',
  'tAcw',
  'tAlert',
  'tAnswered',
  'tFlowOut',
  'tHandle',
  'tHeldComplete',
  'tNotResponding',
  'tShortAbandon',
  'tTalkComplete',
];

/**
 * All conversations that began within this time are searched for each day; older ones are found by
 * their sessions of the day.
 */
const lookBackMs = 62 * dayMs;
/** A day whose permissions or queues changed differs nearly everywhere; this many rows show it as well as all. */
const differencesKeptMax = 1_000;
/** Limits the re-pulls of a day that differs; after that, the day is reported for manual review. */
export const attemptsMax = 2;

export type DayState = 'equal' | 'different' | 'not_final';

export interface DayReconciliation {
  readonly day: Interval;
  readonly state: DayState;
  /** Figures (interval × queue × media type × metric) for which no pull is pending on either side. */
  readonly equalCount: number;
  readonly differentCount: number;
  readonly notFinalCount: number;
  readonly notFinalDifferentCount: number;
  /** `due`: this comparison made the day's slices due again; `exhausted`: earlier ones did, as often as permitted. */
  readonly requeue: 'none' | 'due' | 'exhausted';
}

interface Comparison {
  readonly equalCount: number;
  readonly differentCount: number;
  readonly notFinalCount: number;
  readonly notFinalDifferentCount: number;
  readonly differentFrom: Date | null;
  readonly differentTo: Date | null;
  readonly isDayFinal: boolean;
}

/** Reads UTC days of which something was pulled since they were last compared, latest first, at most `limit`. */
export async function readDaysToCompare(pool: pg.Pool, limit: number): Promise<readonly Date[]> {
  const { rows } = await pool.query<{ day: Date }>(daysToCompare, [limit]);
  return rows.map((row) => row.day);
}

/**
 * Compares the UTC day that contains `at`, stores the result in schema extract and, where final figures differ, makes their slices due. All in
 * one transaction. Returns undefined when another process compares this day and `waitForLock` is false.
 */
export async function reconcileDay(
  pool: pg.Pool,
  at: Date,
  options: { readonly now: Date; readonly waitForLock: boolean },
): Promise<DayReconciliation | undefined> {
  const from = floorTo(at, dayMs);
  const day = { from, to: plus(from, dayMs) };
  return inTransaction(pool, async (client) => {
    if (!(await lockDay(client, day, options.waitForLock))) return undefined;
    const compared = await compare(client, day);
    const state = stateOf(compared);
    const attempts = await remember(client, day, state, compared, options.now);
    const requeue = state === 'different' ? await requeueDay(client, day, compared, attempts, options.now) : 'none';
    const { equalCount, differentCount, notFinalCount, notFinalDifferentCount } = compared;
    return { day, state, equalCount, differentCount, notFinalCount, notFinalDifferentCount, requeue };
  });
}

/** Locks a day, so that one process compares it at a time. */
async function lockDay(client: pg.PoolClient, day: Interval, waitForLock: boolean): Promise<boolean> {
  const key = String(Math.floor(day.from.getTime() / dayMs));
  if (!waitForLock) return tryLockRow(client, 'reconciledDays', key);
  await lockRows(client, 'reconciledDays', [key]);
  return true;
}

async function compare(client: pg.PoolClient, { from, to }: Interval): Promise<Comparison> {
  await client.query(forgetDifferences, [from, to]);
  const lookBack = plus(from, -lookBackMs);
  const { rows } = await client.query<Comparison>(compareDay, [
    from,
    to,
    lookBack,
    comparedMetrics,
    differencesKeptMax,
  ]);
  return rows[0] as Comparison;
}

function stateOf(compared: Comparison): DayState {
  if (compared.differentCount > 0) return 'different';
  return compared.isDayFinal ? 'equal' : 'not_final';
}

/** Returns how often the day was made due before. */
async function remember(
  client: pg.PoolClient,
  { from, to }: Interval,
  state: DayState,
  compared: Comparison,
  now: Date,
): Promise<number> {
  const { rows } = await client.query<{ attempts: number }>(rememberDay, [
    from,
    to,
    state,
    compared.equalCount,
    compared.differentCount,
    compared.notFinalCount,
    compared.notFinalDifferentCount,
    now,
  ]);
  return rows[0]?.attempts ?? 0;
}

async function requeueDay(
  client: pg.PoolClient,
  day: Interval,
  { differentFrom, differentTo }: Comparison,
  attempts: number,
  now: Date,
): Promise<DayReconciliation['requeue']> {
  if (attempts >= attemptsMax) return 'exhausted';
  const { rowCount } = await client.query(makeDueAgain, [differentFrom, differentTo, now]);
  if (!rowCount) return 'none';
  await client.query(forgetDigests, [differentFrom, differentTo, plus(day.from, -lookBackMs)]);
  await client.query(rememberAttempt, [day.from, now]);
  return 'due';
}

export type DifferenceRow = Readonly<Record<string, unknown>>;

/** Reads differences between conversations and aggregates: final ones first, then by time. */
export async function readDifferences(
  pool: pg.Pool,
  range: Interval,
  countMax: number,
): Promise<readonly DifferenceRow[]> {
  const { rows } = await pool.query<DifferenceRow>(
    `select to_char(interval_start_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI"Z"') as interval_start_at,
         queue_id, queue_name, media_type, metric, state, is_final,
         details_count::int, aggregate_count::int, details_seconds::float8, aggregate_seconds::float8
     from mart.ops_reconciliation_differences
     where interval_start_at >= $1 and interval_start_at < $2
     order by is_final desc, interval_start_at, queue_name, queue_id, media_type, metric
     limit $3`,
    [range.from, range.to, countMax],
  );
  return rows;
}
