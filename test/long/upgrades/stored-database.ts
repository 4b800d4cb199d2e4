import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import type pg from 'pg';
import { createDatabase, type TestDatabase, testPool } from '../../support/postgres.js';

const directory = fileURLToPath(new URL('./', import.meta.url));
const suffix = '.sql.gz';

/** Versions of which a populated database is stored, oldest first. */
export const storedVersions: readonly string[] = readdirSync(directory)
  .filter((file) => file.endsWith(suffix))
  .map((file) => file.slice(0, -suffix.length))
  .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));

export async function restoreVersion(version: string): Promise<TestDatabase> {
  const database = await createDatabase();
  const pool = testPool(database.url, 1);
  try {
    await pool.query(gunzipSync(readFileSync(`${directory}${version}${suffix}`)).toString('utf8'));
  } finally {
    await pool.end();
  }
  return database;
}

/** Columns of every table of ours, partitions left out. */
export async function tableColumns(pool: pg.Pool): Promise<Map<string, readonly string[]>> {
  const { rows } = await pool.query<{ name: string; columns: string[] }>(
    `select c.oid::regclass::text as name, array_agg(quote_ident(attname) order by attnum) as columns
     from pg_class as c join pg_namespace as n on n.oid = relnamespace
     join pg_attribute on attrelid = c.oid and attnum > 0 and not attisdropped
     where nspname in ('extract', 'genesys') and relkind in ('r', 'p') and not relispartition group by 1 order by 1`,
  );
  return new Map(rows.map((row) => [row.name, row.columns]));
}

/** Count and digest of the rows of each table, over the given columns only. */
export async function tableDigests(
  pool: pg.Pool,
  tables: ReadonlyMap<string, readonly string[]>,
  where = 'true',
  values: readonly unknown[] = [],
): Promise<Record<string, string>> {
  const digests: Record<string, string> = {};
  for (const [name, columns] of tables) {
    const { rows } = await pool.query<{ digest: string }>(
      `select count(*) || ' ' || coalesce(md5(string_agg(row::text, e'\\n' order by row::text collate "C")), '') as digest
       from (select ${columns.join(', ')} from ${name} where ${where}) as row`,
      [...values],
    );
    digests[name] = rows[0]?.digest ?? '';
  }
  return digests;
}

/** Describes our schemas from the catalog, as sorted lines: columns, keys, comments, views, functions and grants. Partitions are data. */
export async function schemaLines(pool: pg.Pool): Promise<string[]> {
  const { rows } = await pool.query<{ line: string }>(
    `with ours as (
         select c.* from pg_class as c join pg_namespace as n on n.oid = relnamespace
         where nspname in ('extract', 'genesys', 'mart', 'wrapup') and relkind in ('r', 'p', 'v') and not relispartition
     )
     select format('%s.%s %s %s %s', ours.oid::regclass, attname, format_type(atttypid, atttypmod), attnotnull, col_description(ours.oid, attnum)) as line
     from ours join pg_attribute on attrelid = ours.oid and attnum > 0 and not attisdropped
     union all
     select format('%s %s %s', oid::regclass, relkind, obj_description(oid)) from ours
     union all
     select format('%s %s', ours.oid::regclass, grants::text) from ours, unnest(coalesce(relacl, acldefault('r', relowner))) as grants
         where grants::text like 'genesys_reader%'
     union all
     select format('%s %s', ours.oid::regclass, pg_get_indexdef(indexrelid)) from ours join pg_index on indrelid = ours.oid
     union all
     select format('%s %s', ours.oid::regclass, pg_get_constraintdef(pg_constraint.oid)) from ours join pg_constraint on conrelid = ours.oid
     union all
     select format('%s %s', ours.oid::regclass, pg_get_viewdef(ours.oid)) from ours where relkind = 'v'
     union all
     select pg_get_functiondef(p.oid) from pg_proc as p join pg_namespace as n on n.oid = pronamespace where nspname in ('genesys', 'extract', 'mart') and prokind <> 'a'
     order by 1`,
  );
  return rows.map((row) => row.line);
}
