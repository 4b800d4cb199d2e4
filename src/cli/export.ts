import { pipeline } from 'node:stream/promises';
import pg from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import { UsageError } from '../lib/errors.js';
import { type CommandContext, exitDone } from './app/command.js';
import { openDatabase } from './app/open.js';

export interface ExportOptions {
  readonly from?: Date;
  readonly to?: Date;
  readonly format: string;
}

interface Column {
  readonly name: string;
  readonly type: string;
}

/** The column by which a relation is cut: the first of these that it has. */
const timeColumns = [
  'interval_start_at',
  'started_at',
  'day',
  'wrapup_started_at',
  'completed_at',
  'event_at',
  'restated_at',
];

/** Streams a mart relation as CSV with a header line, rows of [from, to) where the relation has a time. */
export async function exportCommand(
  context: CommandContext,
  relation: string,
  options: ExportOptions,
): Promise<number> {
  if (options.format !== 'csv') throw new UsageError(`--format ${options.format} is not known; use csv.`);
  const opened = await openDatabase(context);
  try {
    const statement = exportStatement(relation, await readColumns(opened.pool, relation), options);
    const client = await opened.pool.connect();
    try {
      const rows = client.query(copyTo(`copy (${statement}) to stdout (format csv, header true)`));
      await pipeline(rows, process.stdout, { end: false, signal: context.signal });
      client.release();
    } catch (error) {
      client.release(error as Error);
      throw error;
    }
    return exitDone;
  } finally {
    await opened.close();
  }
}

async function readColumns(pool: pg.Pool, relation: string): Promise<Column[]> {
  const { rows } = await pool.query<Column & { relation: string }>(
    `select table_name as relation, column_name as name, data_type as type
     from information_schema.columns where table_schema = 'mart' order by ordinal_position`,
  );
  const columns = rows.filter((row) => row.relation === relation);
  if (columns.length > 0) return columns;
  const known = [...new Set(rows.map((row) => row.relation))].sort().join(', ');
  throw new UsageError(
    known === ''
      ? 'The database has no marts yet; run genesys-warehouse migrate.'
      : `There is no relation ${relation} in schema mart; there are ${known}.`,
  );
}

function exportStatement(relation: string, columns: readonly Column[], { from, to }: ExportOptions): string {
  const time = timeColumns
    .map((name) => columns.find((column) => column.name === name))
    .find((column) => column !== undefined);
  if (time === undefined && (from ?? to) !== undefined) {
    throw new UsageError(`${relation} has no time to cut by; leave out --from and --to.`);
  }
  const bound = (operator: string, at: Date | undefined) =>
    at === undefined ? [] : [`${pg.escapeIdentifier(time?.name ?? '')} ${operator} ${literal(time, at)}`];
  const conditions = [...bound('>=', from), ...bound('<', to)];
  const where = conditions.length === 0 ? '' : ` where ${conditions.join(' and ')}`;
  const order = time === undefined ? '' : ` order by ${pg.escapeIdentifier(time.name)}`;
  return `select * from mart.${pg.escapeIdentifier(relation)}${where}${order}`;
}

/** COPY takes no parameters, so the instant becomes a literal; it is a Date here, never a person's text. */
function literal(column: Column | undefined, at: Date): string {
  const text = at.toISOString();
  return column?.type === 'date' ? `'${text.slice(0, 10)}'::date` : `'${text}'::timestamptz`;
}
