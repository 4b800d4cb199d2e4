/**
 * Schema `federation` of a warehouse: the relations of `mart` as a federated database reads them. Each begins with the organisation, by
 * which the federated database parts its tables, and ends with columns that are always null, one a type: what a newer member has and
 * this one lacks is read from there, so that a query over both can still be sent whole.
 *
 * Its views read `mart` through functions whose bodies are text, which planners put in place of the call: so no view of `mart` has a
 * dependent that blocks a migration, and readers use their own rights.
 */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { grantRelations } from '../schema/reader-roles.js';

const organizationFile = fileURLToPath(new URL('../../../sql/federation/organization.sql', import.meta.url));

export const federationSchema = 'federation';
/** Columns of the organisation, with their types. */
export const organizationColumns: Readonly<Record<string, string>> = {
  organization_id: 'uuid',
  organization_name: 'text',
};

/** Types that `mart` allows, with the column that replaces a missing one of the type. */
export const absentColumns: Readonly<Record<string, string>> = {
  boolean: 'absent_boolean',
  smallint: 'absent_smallint',
  integer: 'absent_integer',
  bigint: 'absent_bigint',
  numeric: 'absent_numeric',
  'double precision': 'absent_double',
  text: 'absent_text',
  uuid: 'absent_uuid',
  date: 'absent_date',
  'timestamp without time zone': 'absent_timestamp',
  'timestamp with time zone': 'absent_timestamptz',
};

interface Column {
  readonly name: string;
  readonly type: string;
}

interface Published {
  readonly relation: string;
  readonly columns: readonly Column[];
}

/** Rebuilds the schema from the relations that `mart` has, in the caller's transaction. */
export async function publishMart(client: pg.ClientBase): Promise<void> {
  await client.query(`create schema if not exists federation`);
  await client.query(
    `comment on schema federation is 'The relations of schema mart as a federated database reads them, see genesys-warehouse federate. Built by migrate.'`,
  );
  await client.query(dropStatement);
  await client.query(await readFile(organizationFile, 'utf8'));
  const relations = await readMartColumns(client);
  for (const relation of relations) await client.query(statementsFor(relation));
  await grantRelations(
    client,
    federationSchema,
    relations.map(({ relation }) => relation),
  );
  await client.query('grant execute on all functions in schema federation to genesys_reader');
}

/** Returns true when the schema is what `publishMart` would build. */
export async function isMartPublished(client: pg.ClientBase): Promise<boolean> {
  const wanted = await readMartColumns(client);
  const standing = await readColumns(client, federationSchema, ['v']);
  const textOf = (columns: readonly Column[]) => columns.map(({ name, type }) => `${name} ${type}`).join();
  const texts = new Map(standing.map(({ relation, columns }) => [relation, textOf(columns)]));
  return (
    texts.size === wanted.length && wanted.every((each) => texts.get(each.relation) === textOf(publishedColumns(each)))
  );
}

const dropStatement = `
  do $$
  declare
      views text;
      functions text;
  begin
      select string_agg(oid::regclass::text, ', ') into views
      from pg_catalog.pg_class where relnamespace = 'federation'::regnamespace and relkind = 'v';
      if views is not null then execute 'drop view ' || views; end if;
      select string_agg(oid::regprocedure::text, ', ') into functions
      from pg_catalog.pg_proc where pronamespace = 'federation'::regnamespace;
      if functions is not null then execute 'drop function ' || functions; end if;
  end $$`;

/** Relations without a comment are not of this program. */
async function readMartColumns(client: pg.ClientBase): Promise<readonly Published[]> {
  return readColumns(client, 'mart', ['v', 'r']);
}

async function readColumns(client: pg.ClientBase, schema: string, kinds: readonly string[]): Promise<Published[]> {
  const { rows } = await client.query<Published>(
    `select
         c.relname as relation,
         json_agg(json_build_object('name', a.attname, 'type', format_type(a.atttypid, null)) order by a.attnum) as columns
     from pg_class as c
     inner join pg_namespace as n on n.oid = c.relnamespace
     inner join pg_attribute as a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
     where n.nspname = $1 and c.relkind = any($2::"char"[])
         and (n.nspname <> 'mart' or obj_description(c.oid, 'pg_class') is not null)
     group by c.relname
     order by c.relname`,
    [schema, kinds],
  );
  return rows;
}

function ownColumns({ columns }: Published): readonly Column[] {
  return columns.filter(({ name }) => !(name in organizationColumns));
}

function publishedColumns(published: Published): readonly Column[] {
  return [
    ...Object.entries(organizationColumns).map(([name, type]) => ({ name, type })),
    ...ownColumns(published),
    ...Object.entries(absentColumns).map(([type, name]) => ({ name, type })),
  ];
}

function statementsFor(published: Published): string {
  const relation = pg.escapeIdentifier(published.relation);
  const names = ownColumns(published).map(({ name }) => pg.escapeIdentifier(name));
  const table = ownColumns(published).map(({ name, type }) => `${pg.escapeIdentifier(name)} ${type}`);
  const list = [
    ...Object.keys(organizationColumns).map((column) => `federation.${column}() as ${column}`),
    ...names.map((name) => `mart_rows.${name}`),
    ...Object.entries(absentColumns).map(([type, name]) => `null::${type} as ${name}`),
  ];
  return `
    create function federation.${relation}() returns table (${table.join(', ')})
    language sql stable parallel safe rows 100000
    as $body$ select ${names.map((name) => `mart_rows.${name}`).join(', ')} from mart.${relation} as mart_rows $body$;
    create view federation.${relation} as select ${list.join(', ')} from federation.${relation}() as mart_rows`;
}
