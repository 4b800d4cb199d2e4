import type pg from 'pg';
import { inTransaction } from '../connection/transaction.js';
import { conversationsSource } from './keys.js';

/**
 * Marks the days of sessions whose facts change with the directory: those of queues with another setting of after-call work, and those with
 * a wrap-up code that came or went. Compares with what was noted at the last export; a first export notes only.
 */
export async function directoryMarks(pool: pg.Pool): Promise<void> {
  await inTransaction(pool, async (client) => {
    // One at a time: two would mark the same days twice.
    await client.query('lock table extract.lake_directory in share row exclusive mode');
    const { rows } = await client.query<{ kind: string; key: string; isFirst: boolean }>(
      `select coalesce(now_values.kind, noted.kind) as kind, coalesce(now_values.key, noted.key) as key,
           not exists (select from extract.lake_directory) as "isFirst"
       from (${valuesText}) as now_values
       full join extract.lake_directory as noted on noted.kind = now_values.kind and noted.key = now_values.key
       where now_values.key is null or noted.key is null or now_values.value is distinct from noted.value`,
    );
    if (rows.length === 0) return;
    if (rows[0]?.isFirst !== true) await markSessions(client, rows);
    await client.query('delete from extract.lake_directory');
    await client.query(`insert into extract.lake_directory (kind, key, value) ${valuesText}`);
  });
}

const valuesText = `
  select 'prompt' as kind, queue_id::text as key, acw_wrapup_prompt as value from genesys.queues where valid_to is null
  union all
  select 'code', wrapup_code, null from genesys.wrapup_codes where valid_to is null`;

async function markSessions(client: pg.ClientBase, changed: readonly { kind: string; key: string }[]): Promise<void> {
  const keys = (kind: string) => changed.filter((each) => each.kind === kind).map(({ key }) => key);
  await client.query(
    `select extract.mark_changed_days($3, array(
         select distinct (conversation_start at time zone 'UTC')::date from genesys.session_facts
         where queue_id = any($1::uuid[]) or last_real_wrapup_code = any($2::text[])
     ))`,
    [keys('prompt'), keys('code'), conversationsSource],
  );
}
