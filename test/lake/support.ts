/** Reads a lake without the program's own log reader, and the same rows from Postgres, both as comparable texts. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import pg from 'pg';

export type Row = Readonly<Record<string, string | null>>;

interface Field {
  readonly name: string;
  readonly type: string;
}

export interface DeltaTable {
  readonly fields: readonly Field[];
  readonly rows: readonly Row[];
  readonly version: number;
  readonly files: readonly string[];
}

interface Line {
  readonly add?: { path: string; partitionValues: Record<string, string>; stats: string };
  readonly remove?: { path: string };
  readonly metaData?: { schemaString: string };
}

/** The names of the tables of a lake in a folder, such as `mart/fct_conversations`. */
export async function tablesIn(root: string): Promise<string[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const logs = entries.filter((entry) => entry.isDirectory() && entry.name === '_delta_log');
  return logs.map((entry) => entry.parentPath.slice(root.length + 1)).sort();
}

/** Replays every commit from the first one on. */
export async function readTable(root: string, path: string): Promise<DeltaTable> {
  const log = join(root, path, '_delta_log');
  const names = (await readdir(log)).filter((name) => /^\d{20}\.json$/.test(name)).sort();
  const files = new Map<string, NonNullable<Line['add']>>();
  let fields: Field[] = [];
  for (const name of names) {
    for (const text of (await readFile(join(log, name), 'utf8')).trim().split('\n')) {
      const { add, remove, metaData } = JSON.parse(text) as Line;
      if (add && files.has(add.path)) throw new Error(`${add.path} is added twice`);
      if (add) files.set(add.path, add);
      if (remove && !files.delete(remove.path)) throw new Error(`${remove.path} is removed and was not there`);
      if (metaData) fields = JSON.parse(metaData.schemaString).fields;
    }
  }
  const rows: Row[] = [];
  for (const { path: file, partitionValues, stats } of files.values()) {
    const found = await readRows(join(root, path, file), fields, partitionValues);
    if (JSON.parse(stats).numRecords !== found.length) throw new Error(`${file} has other rows than its statistics`);
    rows.push(...found);
  }
  return { fields, rows, version: names.length - 1, files: [...files.keys()] };
}

async function readRows(path: string, fields: readonly Field[], partition: Record<string, string>): Promise<Row[]> {
  const bytes = await readFile(path);
  const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer;
  const rows = await parquetReadObjects({ file, compressors });
  return rows.map((row) =>
    Object.fromEntries(fields.map(({ name, type }) => [name, textOf(type, partition[name] ?? row[name])])),
  );
}

function textOf(type: string, value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (value instanceof Date) return type === 'date' ? value.toISOString().slice(0, 10) : value.toISOString();
  if (type.startsWith('decimal')) return Number(value).toFixed(3);
  return String(value);
}

/** The rows of a relation in Postgres with the columns of the lake's table. */
export async function postgresRows(pool: pg.Pool, relation: string, table: DeltaTable): Promise<Row[]> {
  const own = table.fields.filter(({ name }) => name !== 'organization_id' && name !== 'month');
  const list = own.map(
    ({ name, type }) => `${expression(pg.escapeIdentifier(name), type)} as ${pg.escapeIdentifier(name)}`,
  );
  const { rows } = await pool.query<Row>(`select ${list.join(', ')} from ${relation}`);
  return rows.map((row) =>
    Object.fromEntries(
      own.map(({ name, type }) => [
        name,
        type === 'double' && row[name] !== null ? String(Number(row[name])) : (row[name] ?? null),
      ]),
    ),
  );
}

function expression(column: string, type: string): string {
  if (type === 'timestamp') return `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
  if (type.startsWith('decimal')) return `round(${column}, 3)::text`;
  if (type === 'double') return `${column}::float8::text`;
  if (type === 'string')
    return `case when pg_typeof(${column})::text like '%[]' then to_json(${column})::text else ${column}::text end`;
  return `${column}::text`;
}

/** Rows in a fixed order, as texts, without what the lake adds. */
export function canonical(rows: readonly Row[]): string[] {
  return rows
    .map(({ organization_id: _, month: __, ...row }) =>
      JSON.stringify(Object.entries(row).sort(([a], [b]) => (a < b ? -1 : 1))),
    )
    .sort();
}

/** The tables of a lake whose rows are not exactly those of Postgres. */
export async function differingTables(pool: pg.Pool, root: string): Promise<string[]> {
  const different: string[] = [];
  for (const path of await tablesIn(root)) {
    const table = await readTable(root, path);
    const [lake, postgres] = [
      canonical(table.rows),
      canonical(await postgresRows(pool, path.replace('/', '.'), table)),
    ];
    const at = lake.findIndex((row, index) => row !== postgres[index]);
    if (lake.length !== postgres.length || at !== -1)
      different.push(`${path}: ${lake.length} of ${postgres.length} rows; ${lake[at]} / ${postgres[at]}`);
  }
  return different;
}

/** The number of commits of every table. */
export async function versionsOf(root: string): Promise<Record<string, number>> {
  const versions: Record<string, number> = {};
  for (const path of await tablesIn(root)) {
    const names = await readdir(join(root, path, '_delta_log'));
    versions[path] = names.filter((name) => /^\d{20}\.json$/.test(name)).length - 1;
  }
  return versions;
}
