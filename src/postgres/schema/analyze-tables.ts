import type pg from 'pg';
import { secondMs } from '../../lib/interval.js';

/** Bounds what one run spends on statistics; the next continues. */
const runMsMax = 30 * secondMs;
/** Autovacuum analyzes a table after 50 changed rows and a tenth of it. */
const smallRowsMax = 500;

/**
 * Tables that have rows but were never analyzed, and small ones of which a fifth changed since; smallest first, because every report joins
 * the directory. Empty for a role that may not call `genesys.analyze_table`.
 */
const staleTablesSql = `
  select tables.oid::regclass::text as name
  from pg_class as tables
  left join pg_stat_user_tables as changes on changes.relid = tables.oid
  where tables.relkind = 'r'
      and tables.relnamespace in ('genesys'::regnamespace, 'wrapup'::regnamespace, 'extract'::regnamespace)
      and has_function_privilege('genesys.analyze_table(regclass)', 'execute')
      and (
          (tables.reltuples < 0 and pg_relation_size(tables.oid) > 0)
          or (changes.n_live_tup < $1 and changes.n_mod_since_analyze > greatest(10, changes.n_live_tup / 5))
      )
  order by pg_relation_size(tables.oid)`;

/**
 * Analyzes the tables for which the planner has no usable statistics: autovacuum looks once a minute and leaves tables of some dozen rows
 * alone, and for those the planner takes the current rows of a directory (`valid_to is null`) for a single one and nests loops over them.
 * Ends early on `signal` or after half a minute; returns the number of tables.
 */
export async function analyzeTables(pool: pg.Pool, signal: AbortSignal): Promise<number> {
  const startedAt = performance.now();
  const { rows } = await pool.query<{ name: string }>(staleTablesSql, [smallRowsMax]);
  let count = 0;
  for (const { name } of rows) {
    if (signal.aborted || performance.now() - startedAt > runMsMax) break;
    await pool.query('select genesys.analyze_table($1::regclass)', [name]);
    count += 1;
  }
  return count;
}
