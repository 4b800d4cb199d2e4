/**
 * Keeps the sums of interval facts, one row for each interval and group instead of one for each metric, which the facts by interval show and
 * the sums by day add up. Every transaction that changes interval facts recomputes the intervals that it touched, by the functions that are
 * the one definition of the sums (`sql/functions/refresh_*`).
 */
import type { ClientBase } from 'pg';
import { dayMs, floorTo, type Interval, plus } from '../../lib/interval.js';
import { lockRows } from '../connection/locks.js';
import type { Definitions } from '../schema/fingerprint.js';

interface IntervalSums {
  /** Partitioned like the interval facts; without schema. */
  readonly tables: readonly string[];
  /** Statements in this order, each for the intervals that start in `[$1, $2)`. */
  readonly refreshes: readonly string[];
  /** Statements for the users `$3` only, where responses come by user. */
  readonly byUser?: readonly string[];
  /** A table of sums that another relation writes as well. */
  readonly sharedTable?: string;
}

const sharedTable = 'agent_interval_sums';

const intervalSumsOf: Readonly<Record<string, IntervalSums>> = {
  queue_aggregates: {
    tables: ['queue_interval_sums'],
    refreshes: ['select genesys.refresh_queue_interval_sums($1, $2)'],
  },
  agent_aggregates: {
    tables: ['agent_queue_interval_sums', sharedTable],
    refreshes: [
      'select genesys.refresh_agent_queue_interval_sums($1, $2)',
      'select genesys.refresh_agent_interval_handlings($1, $2)',
    ],
    sharedTable,
  },
  user_aggregates: {
    tables: [sharedTable],
    refreshes: ['select genesys.refresh_agent_interval_statuses($1, $2)'],
    byUser: ['select genesys.refresh_agent_interval_statuses($1, $2, $3::uuid[])'],
    sharedTable,
  },
  wrapup_aggregates: {
    tables: ['wrapup_interval_sums'],
    refreshes: ['select genesys.refresh_wrapup_interval_sums($1, $2)'],
  },
};

/** Views and functions that define the sums by interval; when one changes, the stored sums are outdated. */
export const intervalSumDefinitions: Definitions = {
  views: [
    'genesys.int_queue_metrics',
    'genesys.int_agent_handling_metrics',
    'genesys.int_agent_status_metrics',
    'genesys.int_wrapup_metrics',
  ],
  functions: [
    'genesys.refresh_queue_interval_sums',
    'genesys.refresh_agent_queue_interval_sums',
    'genesys.refresh_agent_interval_handlings',
    'genesys.refresh_agent_interval_statuses',
    'genesys.refresh_wrapup_interval_sums',
  ],
};

/** The relations of interval facts that have sums by interval. */
export const relationsWithIntervalSums: readonly string[] = Object.keys(intervalSumsOf);

/** Returns the tables, without schema, whose partitions must exist before facts of `relation` are written. */
export function intervalSumTables(relation: string): readonly string[] {
  return intervalSumsOf[relation]?.tables ?? [];
}

/** Identifies the rows of interval facts that were written. */
export interface Written {
  readonly interval: Interval;
  /** Users concerned; all when absent. */
  readonly userIds?: readonly string[];
}

/** Recomputes the intervals that were written, in the caller's transaction, which holds the locks of their days. */
export async function refreshIntervalSums(client: ClientBase, relation: string, written: Written): Promise<void> {
  const sums = intervalSumsOf[relation];
  if (sums === undefined) return;
  const { interval, userIds } = written;
  const isByUser = sums.byUser !== undefined && userIds !== undefined;
  const values = isByUser ? [interval.from, interval.to, userIds] : [interval.from, interval.to];
  for (const text of isByUser ? sums.byUser : sums.refreshes) await client.query(text, values);
}

/** Removes the sums of the intervals that start in a range, so that all of them can be recomputed in the same transaction. */
export async function clearIntervalSums(
  client: ClientBase,
  tables: readonly string[],
  { from, to }: Interval,
): Promise<void> {
  for (const table of tables) {
    await client.query(`delete from genesys.${table} where interval_start >= $1 and interval_start < $2`, [from, to]);
  }
}

/**
 * Lets one transaction at a time write into the UTC days of these relations, and into the sums that
 * they share with others, until it ends. All locks are taken at once, so that two transactions
 * cannot deadlock.
 */
export async function lockIntervalDays(
  client: ClientBase,
  relations: readonly string[],
  { from, to }: Interval,
): Promise<void> {
  const tables = new Set(
    relations.flatMap((relation) => [relation, intervalSumsOf[relation]?.sharedTable ?? relation]),
  );
  const keys: string[] = [];
  for (let day = floorTo(from, dayMs); day < to; day = plus(day, dayMs)) {
    for (const table of tables) keys.push(`${table} ${day.toISOString()}`);
  }
  await lockRows(client, 'intervalDays', keys);
}
