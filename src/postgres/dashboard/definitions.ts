import type pg from 'pg';
import type { ColumnType, Relation, ResultColumn } from '../../model/mart-query.js';
import { type ReportFunction, type ReportSpec, timeOf } from '../../model/mart-report.js';
import type { QueryText } from './query-text.js';
import { aliasOf } from './report-statement.js';

type Definition = Pick<ResultColumn, 'definition' | 'source'>;

interface CommentRow {
  readonly relation: string;
  readonly relation_definition: string | null;
  readonly name: string;
  readonly type: string;
  readonly definition: string | null;
}

const typesByName: Readonly<Record<string, ColumnType>> = {
  boolean: 'boolean',
  smallint: 'number',
  integer: 'number',
  bigint: 'number',
  numeric: 'number',
  'double precision': 'number',
  date: 'day',
  'timestamp without time zone': 'local',
  'timestamp with time zone': 'instant',
};

/**
 * Reads the page's dictionary: the relations of schema mart that this role may read, with the
 * comments of their columns.
 */
export async function readRelations(pool: pg.Pool): Promise<ReadonlyMap<string, Relation>> {
  const { rows } = await pool.query<CommentRow>(
    `select relations.relname as relation, obj_description(relations.oid, 'pg_class') as relation_definition,
         columns.attname as name, regexp_replace(format_type(columns.atttypid, columns.atttypmod), '\\(.*\\)', '') as type,
         col_description(relations.oid, columns.attnum) as definition
     from pg_class as relations
     inner join pg_attribute as columns on columns.attrelid = relations.oid and columns.attnum > 0 and not columns.attisdropped
     where relations.relnamespace = 'mart'::regnamespace and relations.relkind in ('v', 'm', 'r', 'p', 'f')
         and has_table_privilege(relations.oid, 'select')
     order by relations.relname, columns.attnum`,
  );
  const relations = new Map<string, Relation & { columns: Relation['columns'][number][] }>();
  for (const row of rows) {
    const relation = relations.get(row.relation) ?? {
      name: row.relation,
      definition: row.relation_definition ?? '',
      columns: [],
    };
    relation.columns.push({
      name: row.name,
      type: typesByName[row.type] ?? 'text',
      definition: row.definition ?? '',
    });
    relations.set(row.relation, relation);
  }
  return relations;
}

/**
 * Returns the definition of a query's column: its own text, else the comment of the first relation
 * with a column of this name.
 */
export function definitionOf(
  name: string,
  query: Pick<QueryText, 'relations' | 'ownDefinitions'>,
  relations: ReadonlyMap<string, Relation>,
): Definition {
  const own = query.ownDefinitions.get(name);
  if (own !== undefined) return { definition: own };
  for (const relation of query.relations) {
    const column = relations.get(relation)?.columns.find((each) => each.name === name);
    if (column !== undefined) return { definition: column.definition, source: `${relation}.${name}` };
  }
  return {};
}

const functionWords: Readonly<Record<ReportFunction, string>> = {
  count: 'Rows with a value of: ',
  sum: '',
  ratio: '',
  mean: 'Mean over rows of: ',
  median: 'Half of the rows stay below. ',
  p90: 'Nine of ten rows stay below. ',
  min: 'Smallest of: ',
  max: 'Largest of: ',
};

/** Returns the definitions of a report's columns, from those of the relation. */
export function reportDefinitions(spec: ReportSpec, relation: Relation): ReadonlyMap<string, Definition> {
  const of = (name: string, before = ''): Definition => {
    const column = relation.columns.find((each) => each.name === name);
    return column === undefined ? {} : { definition: before + column.definition, source: `${relation.name}.${name}` };
  };
  const time = timeOf(relation);
  return new Map<string, Definition>([
    ['row_count', { definition: `Rows of ${relation.name}. ${relation.definition}` }],
    ['step_local', time === undefined ? {} : of(time.local, 'Begin of the step. ')],
    ...spec.by.map((name): [string, Definition] => [name, of(name)]),
    ...spec.measures.flatMap((measure): [string, Definition][] =>
      measure.column === undefined ? [] : [[aliasOf(measure), of(measure.column, functionWords[measure.function])]],
    ),
  ]);
}
