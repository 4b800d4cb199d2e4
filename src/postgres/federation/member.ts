/** Reads what a federated database needs to know of a member. */
import pg from 'pg';
import { UsageError } from '../../lib/errors.js';
import { describeTarget } from '../connection/errors.js';
import { createPool } from '../connection/pool.js';
import type { MemberRelation, MemberRelations } from './relations.js';

export interface MemberInput {
  readonly name: string;
  readonly url: string;
}

export interface Member extends MemberRelations {
  readonly organizationId: string;
  readonly organizationName: string | null;
  readonly timeZone: string;
  /** True where the role could do more than read. */
  readonly mayWrite: boolean;
}

const statementTimeoutMs = 60_000;
/** A server that accepts connections and never answers is given up in this time. */
const connectMs = 10_000;
const undefinedRelation = ['42P01', '3F000', '42883', '42703'];
const refusedLogin = ['28P01', '28000', '3D000'];

/**
 * Asks a member who it is and what its schema `federation` has. Throws an Error that names it where it cannot be reached, and a UsageError
 * where it is not a warehouse, is empty, is too old, or does not let this role read.
 */
export async function readMember({ name, url }: MemberInput): Promise<Member> {
  const pool = createPool({
    connectionString: url,
    applicationName: 'genesys-warehouse federate',
    max: 1,
    statementTimeoutMs,
    connectMs,
  });
  try {
    await pool.query('select 1').catch((error: Error) => {
      throw unreachable(name, url, error);
    });
    const facts = await readFacts(pool, name).catch((error: Error) => {
      throw unreadable(name, error);
    });
    return { name, ...facts, relations: await readRelations(pool) };
  } finally {
    await pool.end();
  }
}

function unreachable(name: string, url: string, error: Error & { code?: string }): Error {
  if (error instanceof UsageError) return new UsageError(`Member ${name}: ${error.message}`, { cause: error });
  const said = `Member ${name} cannot be reached at ${describeTarget(url)} (${error.message || error.code})`;
  if (refusedLogin.includes(error.code ?? ''))
    return new UsageError(`${said}. Check user, password and database.`, { cause: error });
  // Without its cause, which would be taken for the loss of the database that federate itself works on.
  return new Error(
    `${said}. Check its address, and that its server is running and accepts connections from this host.`,
  );
}

function unreadable(name: string, error: Error & { code?: string }): Error {
  if (error.code === '42501')
    return new UsageError(
      `Member ${name} does not let this role read (${error.message}). There, run: grant genesys_reader to the role.`,
      { cause: error },
    );
  if (undefinedRelation.includes(error.code ?? ''))
    return new UsageError(
      `Member ${name} is not a warehouse of this version (${error.message}). There, run genesys-warehouse migrate.`,
      { cause: error },
    );
  return error;
}

interface Facts {
  readonly organizationId: string;
  readonly organizationName: string | null;
  readonly schemaVersion: string;
  readonly timeZone: string;
  readonly mayWrite: boolean;
}

async function readFacts(pool: pg.Pool, name: string): Promise<Facts> {
  const { rows } = await pool.query<Omit<Facts, 'organizationId'> & { organizationId: string | null }>(
    `select
         organization_id as "organizationId",
         organization_name as "organizationName",
         coalesce(schema_version, '') as "schemaVersion",
         coalesce(time_zone, 'UTC') as "timeZone",
         (select coalesce(bool_or(has_schema_privilege(oid, 'usage')), false) from pg_namespace where nspname = 'extract')
             as "mayWrite"
     from federation.ops_settings`,
  );
  const [facts] = rows;
  if (facts === undefined || facts.organizationId === null)
    throw new UsageError(
      `Member ${name} has not recorded its organisation yet. There, run genesys-warehouse sync once, with the permission to read the organisation.`,
    );
  return { ...facts, organizationId: facts.organizationId };
}

/** With the comments of `mart`; only what this role may read. */
async function readRelations(pool: pg.Pool): Promise<MemberRelation[]> {
  const { rows } = await pool.query<Omit<MemberRelation, 'rows'>>(
    `select
         c.relname as name,
         obj_description(m.oid, 'pg_class') as description,
         json_agg(
             json_build_object(
                 'name', a.attname,
                 'type', format_type(a.atttypid, null),
                 'description', (
                     select col_description(m.oid, b.attnum) from pg_attribute as b
                     where b.attrelid = m.oid and b.attname = a.attname and not b.attisdropped
                 )
             )
             order by a.attnum
         ) filter (where a.attname not like 'absent\\_%') as columns
     from pg_class as c
     inner join pg_class as m on m.relname = c.relname and m.relnamespace = 'mart'::regnamespace
     inner join pg_attribute as a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
     where c.relnamespace = 'federation'::regnamespace and c.relkind = 'v' and has_table_privilege(c.oid, 'select')
     group by c.relname, m.oid
     order by c.relname`,
  );
  const relations: MemberRelation[] = [];
  for (const row of rows) relations.push({ ...row, rows: await expectedRows(pool, row.name) });
  return relations;
}

/** From the planner, which reads no rows for it. */
async function expectedRows(pool: pg.Pool, relation: string): Promise<number> {
  const explained = await pool.query(`explain (format json) select * from federation.${pg.escapeIdentifier(relation)}`);
  const [row] = explained.rows as { 'QUERY PLAN': readonly { Plan?: { 'Plan Rows'?: number } }[] }[];
  return row?.['QUERY PLAN'][0]?.Plan?.['Plan Rows'] ?? 0;
}
