import type pg from 'pg';
import { UsageError } from '../../lib/errors.js';

/**
 * Throws a UsageError when the reports of this database are in another time zone: two programs with two zones would rebuild all views
 * against each other. Only `migrate` changes the zone. A database without views has none yet.
 */
export async function refuseOtherZone(pool: pg.Pool, timeZone: string): Promise<void> {
  const { rows: found } = await pool.query(`select to_regclass('extract.settings') is not null as "isThere"`);
  if (!found[0].isThere) return;
  const { rows } = await pool.query<{ value: string }>(`select value from extract.settings where name = 'time_zone'`);
  const stored = rows[0]?.value;
  if (stored === undefined || stored === timeZone) return;
  throw new UsageError(
    `The reports of this database are in the time zone ${stored}, but GENESYS_WAREHOUSE_TIME_ZONE is ${timeZone} here. Set it to ${stored}, or change the zone of all reports with genesys-warehouse migrate.`,
  );
}
