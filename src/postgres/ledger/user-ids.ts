import type pg from 'pg';

/**
 * Reads the ids of the users to request from `since` on, in id order: those of the stored directory
 * that were not deleted before, and those that occur in figures or conversations of these days but
 * not in the directory, because the client may not see their division. None before the directory is
 * stored.
 */
export async function readUserIds(pool: pg.Pool, since: Date): Promise<string[]> {
  // The time of a deletion is known only from the change of state; a user deleted before the first
  // listing may have worked before that.
  const { rows } = await pool.query<{ user_id: string }>(
    `with listed as (
         select user_id from genesys.users
         where valid_to is null and (deleted_at is null or deleted_at > $1)
             and (state is distinct from 'deleted' or valid_from > $1)
     ), named as (
         select user_id from genesys.agent_handling_day_sums
         where day between genesys.local_day($1) - 1 and genesys.local_day($1) + 2
         union
         select user_id from genesys.handling_facts
         where started_at >= $1::timestamptz - interval '1 day' and started_at < $1::timestamptz + interval '2 days'
     )
     select user_id from listed
     union
     select named.user_id from named
     where not exists (select from genesys.users where users.user_id = named.user_id) and exists (select from listed)
     order by user_id`,
    [since],
  );
  return rows.map((row) => row.user_id);
}
