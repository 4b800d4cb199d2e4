/** Lists the relations of the warehouse that are tables of a lake, their columns, and the statements that read them. */
import { createHash } from 'node:crypto';
import pg from 'pg';
import type { LakeColumn, LakeTable, LakeType } from '../../model/lake.js';
import { kindOfKey } from '../../privacy/personal-keys.js';
import { keyOf, type LakeKey } from './keys.js';

export interface LakeScope {
  /** The tables of schema `genesys`, too. */
  readonly isRaw: boolean;
  /** True to include personal data. */
  readonly isPersonal: boolean;
  /** Names with or without schema; all when absent. */
  readonly relations?: readonly string[];
}

/** A table of the lake as Postgres knows it. */
export interface LakeRelation extends LakeTable {
  /** Quoted, with schema. */
  readonly relation: string;
  /** Absent where the table is replaced as a whole. */
  readonly key?: LakeKey;
  /** Expressions, one a column. */
  readonly selected: readonly string[];
  /** Digest of what the rows are made by. */
  readonly definition: string;
}

interface CatalogRow {
  readonly schema: 'mart' | 'genesys';
  readonly relation: string;
  readonly description: string | null;
  readonly column: string;
  readonly type: string;
  readonly comment: string | null;
}

/**
 * Reads the tables that a lake of this scope has, in the order of their paths. A fact without an instant by which its days are kept is none
 * of them: rows of `fct_repeat_contacts` change with conversations of other days.
 */
export async function readLakeRelations(client: pg.ClientBase, scope: LakeScope): Promise<LakeRelation[]> {
  const { rows } = await client.query<CatalogRow>(catalogText);
  const groups = new Map<string, CatalogRow[]>();
  for (const row of rows) {
    if (!isWanted(row, scope)) continue;
    const path = `${row.schema}/${row.relation}`;
    groups.set(path, [...(groups.get(path) ?? []), row]);
  }
  const definitions = await readDefinitions(client);
  return [...groups]
    .map(([path, columns]) => relationOf(path, columns, definitions.get(path) ?? ''))
    .filter(({ path, isByDay }) => isByDay || !path.startsWith('mart/fct_'));
}

const catalogText = `
  select
      namespaces.nspname as schema,
      classes.relname as relation,
      obj_description(classes.oid, 'pg_class') as description,
      attributes.attname as "column",
      format_type(attributes.atttypid, null) as type,
      col_description(classes.oid, attributes.attnum) as comment
  from pg_class as classes
  join pg_namespace as namespaces on namespaces.oid = classes.relnamespace
  join pg_attribute as attributes on attributes.attrelid = classes.oid and attributes.attnum > 0
  where not attributes.attisdropped and not classes.relispartition
      and (
          (namespaces.nspname = 'mart' and classes.relkind in ('v', 'r') and classes.relname ~ '^(fct|dim|bridge)_')
          or (namespaces.nspname = 'genesys' and classes.relkind in ('p', 'r') and classes.relname !~ '_(facts|sums)$')
      )
  order by namespaces.nspname desc, classes.relname, attributes.attnum`;

/** Relations that are personal as a whole. */
const personalRelations = new Set(['mart/fct_addresses', 'mart/fct_attributes', 'genesys/participant_attributes']);
/** Matches personal columns, by the rule of column is_personal of mart.ops_dictionary. */
const personalMartColumn = /(^|_)(user_name|manager_name|email|username|note|notes)$/;
const personalRawColumn = /^(participant_name|extra|name_of_user)$/;

function isWanted({ schema, relation, column, type }: CatalogRow, scope: LakeScope): boolean {
  const isAsked = scope.relations?.some((name) => name === relation || name === `${schema}.${relation}`);
  if (isAsked === false || (schema === 'genesys' && !scope.isRaw && isAsked !== true)) return false;
  if (isInstable(schema, relation, column, type)) return false;
  if (scope.isPersonal) return true;
  if (personalRelations.has(`${schema}/${relation}`)) return false;
  return schema === 'mart' ? !personalMartColumn.test(column) : !isPersonalRaw(relation, column);
}

function isPersonalRaw(relation: string, column: string): boolean {
  const isOfUser = relation === 'users' && ['name', 'email', 'username', 'title', 'department'].includes(column);
  return isOfUser || personalRawColumn.test(column) || kindOfKey(camelCase(column)) !== undefined;
}

const camelCase = (column: string): string => column.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());

/**
 * Lists what a fact takes from elsewhere, so that no change of its own day marks it: names of today, settings of today, the state of the ledger about
 * another day. Local times have no zone, which readers of protocol 1 do not know.
 */
function isInstable(schema: string, relation: string, column: string, type: string): boolean {
  if (type === 'timestamp without time zone') return true;
  if (schema !== 'mart' || !/^(fct|bridge)_/.test(relation)) return false;
  if (column === 'acw_wrapup_prompt' || namesOfToday.test(column)) return true;
  const isByInterval = /_intervals$|_outcomes$/.test(relation) || relation === 'fct_conversations';
  return column === 'is_complete' && !isByInterval;
}

const namesOfToday =
  /(^|_)(user|queue|team|wrapup|organization_presence|evaluator|form|flow|flow_outcome|campaign)_name$/;

function relationOf(path: string, rows: readonly CatalogRow[], definition: string): LakeRelation {
  const [first] = rows as [CatalogRow];
  const key = keyOf(path, new Set(rows.map(({ column }) => column)));
  const columns = rows.map(columnOf);
  const selected = rows.map(selectionOf);
  const facts = JSON.stringify([columns.map(({ name, type }) => [name, type]), definition]);
  return {
    path,
    description: first.description ?? '',
    columns,
    isByDay: key !== undefined,
    relation: `${first.schema}.${pg.escapeIdentifier(first.relation)}`,
    ...(key && { key }),
    selected,
    definition: createHash('md5').update(facts).digest('hex'),
  };
}

const types: Readonly<Record<string, LakeType>> = {
  text: 'string',
  uuid: 'string',
  jsonb: 'string',
  smallint: 'integer',
  integer: 'integer',
  bigint: 'long',
  'double precision': 'double',
  boolean: 'boolean',
  date: 'date',
  'timestamp with time zone': 'timestamp',
};

function columnOf({ column, type, comment }: CatalogRow): LakeColumn {
  const lakeType = type === 'numeric' ? (isSeconds(column) ? 'decimal' : 'double') : (types[type] ?? 'string');
  const isUnbounded = lakeType === 'string' && !isBoundedText(column);
  return { name: column, type: lakeType, description: comment ?? '', ...(isUnbounded && { isUnbounded }) };
}

/** Ids and words of a fixed list. Other texts may be or contain a person's name or address, which `erase` finds in any of them. */
const boundedText =
  /(^|_)(id|key|types?|codes?|status|state|kind|cause|source|direction|purpose|method|prompt|bucket|metric|outcome)$/;
/** Ids of persons outside the organization, and of rooms, which may be addresses. */
const ofPerson = /contact_id|customer|journey|external|peer|room/;

function isBoundedText(column: string): boolean {
  return boundedText.test(column) && !ofPerson.test(column) && kindOfKey(camelCase(column)) === undefined;
}

/** Sums and extremes of milliseconds; averages have no fixed number of places. */
const isSeconds = (column: string): boolean => column.endsWith('_seconds') && !column.startsWith('average_');

function selectionOf({ column, type }: CatalogRow): string {
  const name = pg.escapeIdentifier(column);
  if (type === 'numeric') return isSeconds(column) ? `round(${name} * 1000)::bigint` : `${name}::float8`;
  if (type === 'smallint') return `${name}::integer`;
  if (type in types && type !== 'uuid' && type !== 'jsonb') return name;
  return type.endsWith('[]') ? `to_json(${name})::text` : `${name}::text`;
}

/** Texts of the views under each relation, functions included, and the zone and digests of what is stored for them. */
async function readDefinitions(client: pg.ClientBase): Promise<Map<string, string>> {
  const { rows } = await client.query<{ path: string; definition: string }>(
    `with recursive needs (root, oid) as (
         select oid, oid from pg_class where relnamespace = 'mart'::regnamespace and relkind = 'v'
         union
         select needs.root, depends.refobjid
         from needs
         join pg_rewrite as rules on rules.ev_class = needs.oid
         join pg_depend as depends on depends.classid = 'pg_rewrite'::regclass and depends.objid = rules.oid
         where depends.refobjid <> needs.oid
     )
     select 'mart/' || root::regclass::text as path,
         md5(string_agg(coalesce(pg_get_viewdef(views.oid), functions.prosrc, ''), '' order by needs.oid))
         || coalesce((
             select md5(string_agg(value, '' order by name)) from extract.settings
             where name in ('time_zone', 'conversation_facts_digest', 'interval_sums_digest')
         ), '') as definition
     from needs
     left join pg_class as views on views.oid = needs.oid and views.relkind = 'v'
     left join pg_proc as functions on functions.oid = needs.oid
     group by root`,
  );
  return new Map(rows.map(({ path, definition }) => [path.replace('mart/mart.', 'mart/'), definition]));
}
