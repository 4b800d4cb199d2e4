import type pg from 'pg';
import { readClaims } from './claims.js';
import { readOutage, type StoredOutage } from './outage.js';
import { countUsersWithoutStatusTimes, readUnlisted, type Unlisted } from './unlisted.js';

export type Row = Readonly<Record<string, unknown>>;

export interface Status {
  /** Outage of Genesys Cloud that the last run met. */
  readonly outage: StoredOutage | null;
  readonly streams: readonly Row[];
  /** Sessions that hold claims on slices. */
  readonly claims: readonly Row[];
  /** Gaps and failing slices, oldest first. */
  readonly gaps: readonly Row[];
  readonly deadLetters: readonly Row[];
  readonly lastRun: Row | null;
  /** Use of the API's rate limit by the last run. */
  readonly apiBudget: Row | null;
  /** Current state of the allowances that all processes share. */
  readonly sharedBudgets: readonly Row[];
  /** Ids that occur in data but not in the directory. */
  readonly unlisted: readonly Unlisted[];
  /** Users with statuses but without aggregated status times. */
  readonly usersWithoutStatusTimes: number;
  readonly sizes: readonly Row[];
}

/** Reads coverage, pending work and its causes, from the marts that an analyst sees, and the sizes of the relations. */
export async function readStatus(pool: pg.Pool, now: Date): Promise<Status> {
  const [unlisted, usersWithoutStatusTimes] = await Promise.all([
    readUnlisted(pool, now),
    countUsersWithoutStatusTimes(pool, now),
  ]);
  const [outage, streams, claims, gaps, deadLetters, runs, budget, sharedBudgets, sizes] = await Promise.all([
    readOutage(pool),
    pool.query('select * from mart.ops_freshness order by stream'),
    readClaims(pool),
    pool.query(
      `select stream, state, from_at, to_at, age_seconds, attempt_count, next_attempt_at, last_error
       from mart.ops_coverage where state <> 'dead_letter' order by is_missing desc, stream, from_at limit 1000`,
    ),
    pool.query(
      `select stream, last_error as reason, sum(record_count)::int as count, max(age_seconds) as age_seconds,
           max(last_attempt_at) as last_seen_at, min(next_attempt_at) as next_attempt_at
       from mart.ops_coverage where state = 'dead_letter' group by 1, 2 order by count desc limit 100`,
    ),
    pool.query('select * from extract.runs order by run_id desc limit 1'),
    pool.query(`select value::json as budget from extract.settings where name = 'api_budget'`),
    pool.query('select * from extract.request_budget_facts order by api, client_id'),
    pool.query(
      `select coalesce(inhparent::regclass::text, format('%I.%I', nspname, relname)) as relation,
           sum(pg_total_relation_size(c.oid))::bigint as bytes, sum(greatest(reltuples, 0))::bigint as estimated_rows
       from pg_class as c
       join pg_namespace as n on n.oid = c.relnamespace
       left join pg_inherits as i on i.inhrelid = c.oid
       where nspname in ('genesys', 'extract') and relkind = 'r'
       group by 1 having sum(pg_total_relation_size(c.oid)) > 0 order by bytes desc`,
    ),
  ]);
  return {
    outage,
    streams: streams.rows,
    claims,
    gaps: gaps.rows,
    deadLetters: deadLetters.rows,
    lastRun: runs.rows[0] ?? null,
    apiBudget: budget.rows[0]?.budget ?? null,
    sharedBudgets: sharedBudgets.rows,
    unlisted,
    usersWithoutStatusTimes,
    sizes: sizes.rows,
  };
}
