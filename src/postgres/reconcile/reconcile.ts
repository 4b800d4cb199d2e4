/**
 * Proves the stored conversations against Genesys' own aggregates: session metrics, summed by the interval of their `emitDate`, by the queue
 * and the media type of their session, must be what `queue_aggregates` says. A day that differs although nothing is owed any more is made
 * due again, a bounded number of times.
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

/** All conversations that began within this are looked through for each day; older ones are found by their sessions of the day. */
const lookBackMs = 62 * dayMs;
/** A day whose permissions or queues changed differs nearly everywhere; so many rows show it as well as all would. */
const differencesKeptMax = 1_000;
/** What two more pulls do not mend, a third would not either: then it is a person's. */
export const attemptsMax = 2;

export type DayState = 'equal' | 'different' | 'not_final';

export interface DayReconciliation {
  readonly day: Interval;
  readonly state: DayState;
  /** Figures (interval × queue × media type × metric) of which nothing is owed on either side. */
  readonly equalCount: number;
  readonly differentCount: number;
  readonly notFinalCount: number;
  readonly notFinalDifferentCount: number;
  /** `due`: its slices were made due again by this comparison; `given_up`: they were before, as often as may be. */
  readonly healing: 'none' | 'due' | 'given_up';
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

/** UTC days of which something was pulled since they were last compared, latest first, at most `limit`. */
export async function readDaysToCompare(pool: pg.Pool, limit: number): Promise<readonly Date[]> {
  const { rows } = await pool.query<{ day: Date }>(daysToCompare, [limit]);
  return rows.map((row) => row.day);
}

/**
 * Compares the UTC day that holds `at`, writes the result into schema extract and, where final figures differ, makes their slices due. All in
 * one transaction. Undefined when another process compares this day and `isPatient` is false.
 */
export async function reconcileDay(
  pool: pg.Pool,
  at: Date,
  options: { readonly now: Date; readonly isPatient: boolean },
): Promise<DayReconciliation | undefined> {
  const from = floorTo(at, dayMs);
  const day = { from, to: plus(from, dayMs) };
  return inTransaction(pool, async (client) => {
    if (!(await lockDay(client, day, options.isPatient))) return undefined;
    const compared = await compare(client, day);
    const state = stateOf(compared);
    const attempts = await remember(client, day, state, compared, options.now);
    const healing = state === 'different' ? await heal(client, day, compared, attempts, options.now) : 'none';
    const { equalCount, differentCount, notFinalCount, notFinalDifferentCount } = compared;
    return { day, state, equalCount, differentCount, notFinalCount, notFinalDifferentCount, healing };
  });
}

/** A day is compared by one process at a time. */
async function lockDay(client: pg.PoolClient, day: Interval, isPatient: boolean): Promise<boolean> {
  const key = String(Math.floor(day.from.getTime() / dayMs));
  if (!isPatient) return tryLockRow(client, 'reconciledDays', key);
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

async function heal(
  client: pg.PoolClient,
  day: Interval,
  { differentFrom, differentTo }: Comparison,
  attempts: number,
  now: Date,
): Promise<DayReconciliation['healing']> {
  if (attempts >= attemptsMax) return 'given_up';
  const { rowCount } = await client.query(makeDueAgain, [differentFrom, differentTo, now]);
  if (!rowCount) return 'none';
  await client.query(forgetDigests, [differentFrom, differentTo, plus(day.from, -lookBackMs)]);
  await client.query(rememberAttempt, [day.from, now]);
  return 'due';
}
