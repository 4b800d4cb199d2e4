import type pg from 'pg';

/** Ids that occur in stored data but not in the stored directory. */
export interface Unlisted {
  readonly kind: 'users' | 'queues' | 'wrap-up codes';
  readonly idCount: number;
  /** The first few, in order. */
  readonly examples: readonly string[];
}

/** Days of conversations to search; the sums by day of intervals are searched completely. */
const daysBack = 31;
const examplesMax = 3;
/** Days to compare, in days before now: status times of the last days may still be pending. */
const settledDays = { from: 9, to: 2 };

/** Reads ids that occur in figures of any day, or in conversations of the last month, but in no listing. */
export async function readUnlisted(pool: pg.Pool, now: Date): Promise<Unlisted[]> {
  const { rows } = await pool.query<Unlisted>(
    `with handlings as (
         select user_id, queue_id, wrapup_code from genesys.handling_facts
         where started_at >= $1::timestamptz - make_interval(days => $2)
         group by 1, 2, 3
     ), named as (
         select 'users' as kind, user_id::text as id from genesys.agent_handling_day_sums
         union select 'users', user_id::text from handlings
         union select 'queues', queue_id::text from genesys.queue_day_sums
         union select 'queues', queue_id::text from handlings
         union select 'wrap-up codes', wrapup_code from handlings
     ), known as (
         select 'users' as kind, user_id::text as id from genesys.users
         union all select 'queues', queue_id::text from genesys.queues
         union all select 'wrap-up codes', wrapup_code from genesys.wrapup_codes
     ), unlisted as (
         select kind, id from named
         where id is not null and not exists (select from known where known.kind = named.kind and known.id = named.id)
     )
     select kind, count(*)::int as "idCount", (array_agg(id order by id))[1:$3] as examples
     from unlisted group by kind order by kind`,
    [now, daysBack, examplesMax],
  );
  return rows;
}

/**
 * Counts users who had a status other than offline on a settled day for which others have status times and they have none: the aggregates
 * leave them out.
 */
export async function countUsersWithoutStatusTimes(pool: pg.Pool, now: Date): Promise<number> {
  const { rows } = await pool.query<{ count: number }>(
    `with spans as (
         select distinct user_id, genesys.local_day(start_time) as day
         from genesys.user_presences
         where start_time >= $1::timestamptz - make_interval(days => $2)
             and start_time < $1::timestamptz - make_interval(days => $3)
             and system_presence <> 'OFFLINE'
     )
     select count(distinct spans.user_id)::int as count
     from spans
     where exists (select from genesys.agent_status_day_sums as others where others.day = spans.day)
         and not exists (
             select from genesys.agent_status_day_sums as sums
             where sums.day = spans.day and sums.user_id = spans.user_id
         )`,
    [now, settledDays.from, settledDays.to],
  );
  return rows[0]?.count ?? 0;
}
