import type { Readable } from 'node:stream';
import pg from 'pg';
import { to as copyTo } from 'pg-copy-streams';

export interface MartColumn {
  readonly name: string;
  /** Type name of `information_schema`. */
  readonly type: string;
}

/** Reads the relations of schema `mart` with their columns in order. */
export async function readMartRelations(pool: pg.Pool): Promise<ReadonlyMap<string, readonly MartColumn[]>> {
  const { rows } = await pool.query<MartColumn & { relation: string }>(
    `select table_name as relation, column_name as name, data_type as type
     from information_schema.columns where table_schema = 'mart' order by table_name, ordinal_position`,
  );
  const relations = new Map<string, MartColumn[]>();
  for (const { relation, name, type } of rows)
    relations.set(relation, [...(relations.get(relation) ?? []), { name, type }]);
  return relations;
}

export interface MartExport {
  readonly relation: string;
  readonly columns: readonly MartColumn[];
  /** The column that `from` and `to` filter and that orders the rows. */
  readonly time?: MartColumn;
  readonly from?: Date;
  readonly to?: Date;
  /** True to put an apostrophe before texts that a spreadsheet would execute. */
  readonly guardsFormulas: boolean;
}

/** Streams the rows of a relation as CSV with a header line; the client is free again when the stream has ended. */
export function copyMartRows(client: pg.ClientBase, options: MartExport): Readable {
  return client.query(copyTo(`copy (${exportStatement(options)}) to stdout (format csv, header true)`));
}

function exportStatement({ relation, columns, time, from, to, guardsFormulas }: MartExport): string {
  const bound = (operator: string, at: Date | undefined) =>
    at === undefined || time === undefined
      ? []
      : [`${pg.escapeIdentifier(time.name)} ${operator} ${literal(time, at)}`];
  const conditions = [...bound('>=', from), ...bound('<', to)];
  const where = conditions.length === 0 ? '' : ` where ${conditions.join(' and ')}`;
  const order = time === undefined ? '' : ` order by ${pg.escapeIdentifier(time.name)}`;
  const list = columns.map((column) => (guardsFormulas ? guarded(column) : pg.escapeIdentifier(column.name)));
  return `select ${list.join(', ')} from mart.${pg.escapeIdentifier(relation)}${where}${order}`;
}

/** Matches the characters of `guardFormula` in lib/csv. The server guards, because rows pass through this process as bytes. */
const formulaStart = String.raw`E'^[-=+@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20]'`;

const textTypes = new Set(['text', 'character varying', 'character', 'name']);

function guarded({ name, type }: MartColumn): string {
  const column = pg.escapeIdentifier(name);
  if (!textTypes.has(type)) return column;
  return `case when ${column} ~ ${formulaStart} then '''' || ${column} else ${column} end as ${column}`;
}

/** Formats an instant as a literal, because COPY takes no parameters; it is a Date and never text from a user. */
function literal(column: MartColumn, at: Date): string {
  const text = at.toISOString();
  return column.type === 'date' ? `'${text.slice(0, 10)}'::date` : `'${text}'::timestamptz`;
}
