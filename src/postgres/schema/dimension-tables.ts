/**
 * Dimensions of schema `mart` that are tables, because the planner knows row counts, keys and
 * statistics only of tables.
 */
import type { ClientBase } from 'pg';
import type { Interval } from '../../lib/interval.js';

interface DimensionTable {
  readonly table: string;
  readonly key: string;
  /** A view of schema `genesys` with the columns of the table in their order. */
  readonly definition: string;
}

const dimensionTables: readonly DimensionTable[] = [
  { table: 'mart.dim_dates', key: 'day', definition: 'genesys.int_dates' },
  { table: 'mart.dim_intervals', key: 'minute_of_day', definition: 'genesys.int_times_of_day' },
];

/** Makes every dimension table equal to its definition, in the caller's transaction; equal rows are not written. */
export async function fillDimensionTables(client: ClientBase): Promise<void> {
  for (const { table, key, definition } of dimensionTables) {
    const { rowCount: deleted } = await client.query(
      `delete from ${table} as stored
       where not exists (
           select from ${definition} as defined where defined.${key} = stored.${key} and defined is not distinct from stored
       )`,
    );
    const { rowCount: inserted } = await client.query(
      `insert into ${table} select defined.* from ${definition} as defined order by ${key} on conflict (${key}) do nothing`,
    );
    if ((deleted ?? 0) + (inserted ?? 0) > 0) await client.query(`analyze ${table}`);
  }
}

/** Marks the local days that an interval touches as days with data; writes nothing where they are marked. */
export async function markDaysWithData(client: ClientBase, { from, to }: Interval): Promise<void> {
  await client.query(
    `update mart.dim_dates set has_data = true
     where day >= ($1::timestamptz at time zone 'UTC')::date - 1 and day <= ($2::timestamptz at time zone 'UTC')::date + 1
         and day_start_at < $2 and day_end_at > $1 and not has_data`,
    [from, to],
  );
}
