/**
 * Facts that `doctor` reads from a server: its version, the rights of this role, and the settings
 * that matter for this load.
 */
import type pg from 'pg';

export interface ServerFacts {
  /** Such as `17.5`. */
  readonly version: string;
  readonly majorVersion: number;
  /** Milliseconds since 1970 by the server's clock. */
  readonly nowMs: number;
  readonly maxWalSizeBytes: number;
  readonly sharedBuffersBytes: number;
  readonly randomPageCost: number;
  /** Connections that this role could still open. */
  readonly freeConnections: number;
  readonly databaseBytes: number;
  /** Folder on the server's machine; null for a role that may not read it. */
  readonly dataDirectory: string | null;
  /** True if this role may create schemas in the database. */
  readonly mayCreate: boolean;
  readonly mayCreateRoles: boolean;
  /** The roles that `migrate` creates where they are missing. */
  readonly missingRoles: readonly string[];
  /** True if this role owns all existing schemas of this program, or is a member of the owner. */
  readonly isOwner: boolean;
  /** True if this role may read and write all their tables, as genesys_writer of docs/roles.sql may. */
  readonly mayWrite: boolean;
  /** True if migrations have run here. */
  readonly isMigrated: boolean;
}

const ownSchemas = ['extract', 'genesys', 'mart', 'wrapup'];
const ownRoles = ['genesys_reader', 'genesys_personal'];

/** Reads all facts with one statement, which needs no rights. */
export async function readServerFacts(pool: pg.Pool): Promise<ServerFacts> {
  const { rows } = await pool.query<ServerFacts>(
    `select
         current_setting('server_version') as version,
         current_setting('server_version_num')::integer / 10000 as "majorVersion",
         (extract(epoch from clock_timestamp()) * 1000)::float8 as "nowMs",
         pg_size_bytes(current_setting('max_wal_size')) as "maxWalSizeBytes",
         pg_size_bytes(current_setting('shared_buffers')) as "sharedBuffersBytes",
         current_setting('random_page_cost')::float8 as "randomPageCost",
         current_setting('max_connections')::integer - current_setting('superuser_reserved_connections')::integer
             - (select count(*)::integer from pg_stat_activity where datname is not null) as "freeConnections",
         pg_database_size(current_database()) as "databaseBytes",
         (select setting from pg_settings where name = 'data_directory') as "dataDirectory",
         has_database_privilege(current_database(), 'create') as "mayCreate",
         (select rolsuper or rolcreaterole from pg_roles where rolname = current_user) as "mayCreateRoles",
         (select coalesce(array_agg(name order by name), '{}') from unnest($2::text[]) as name
             where to_regrole(name) is null) as "missingRoles",
         (select coalesce(bool_and(pg_has_role(nspowner, 'usage')), true) from pg_namespace
             where nspname = any($1::text[])) as "isOwner",
         (select coalesce(bool_and(
                 has_schema_privilege(n.oid, 'usage') and has_table_privilege(c.oid, 'select')
                 and (has_table_privilege(c.oid, 'insert') or nspname = 'extract')), true)
             from pg_class as c inner join pg_namespace as n on n.oid = c.relnamespace
             where nspname in ('extract', 'genesys', 'wrapup') and relkind in ('r', 'p')) as "mayWrite",
         to_regclass('extract.schema_migrations') is not null as "isMigrated"`,
    [ownSchemas, ownRoles],
  );
  const facts = rows[0];
  if (facts === undefined) throw new Error('The server answered without a row.');
  return facts;
}
