/**
 * Stores the outage of Genesys Cloud that the last run met in `extract.settings`; an outage of the
 * database cannot be stored there.
 */
import type pg from 'pg';

export interface StoredOutage {
  readonly since: Date;
  readonly lastSeenAt: Date;
  readonly reason: string;
}

const setting = 'outage';

/** Records that Genesys Cloud is unreachable at `at`; an outage that is already recorded keeps its start. */
export async function keepOutage(
  pool: pg.Pool,
  { at, reason }: { readonly at: Date; readonly reason: string },
): Promise<void> {
  await pool.query(
    `insert into extract.settings (name, value)
     values ($1, json_build_object('since', $2::text, 'lastSeenAt', $2::text, 'reason', $3::text)::text)
     on conflict (name) do update set value = json_build_object(
         'since', settings.value::json ->> 'since', 'lastSeenAt', $2::text, 'reason', $3::text
     )::text`,
    [setting, at.toISOString(), reason],
  );
}

/** Records that Genesys Cloud was reached. */
export async function clearOutage(pool: pg.Pool): Promise<void> {
  await pool.query('delete from extract.settings where name = $1', [setting]);
}

export async function readOutage(pool: pg.Pool): Promise<StoredOutage | null> {
  const { rows } = await pool.query<{ value: string }>('select value from extract.settings where name = $1', [setting]);
  if (rows[0] === undefined) return null;
  const { since, lastSeenAt, reason } = JSON.parse(rows[0].value);
  return { since: new Date(since), lastSeenAt: new Date(lastSeenAt), reason };
}
