import type pg from 'pg';

/** Columns that say when something was known or seen, not what is true. */
const knowledgeColumns = ['as_of', 'attributes_as_of', 'valid_from', 'valid_to'];
const rowsShownMax = 3;
/** Asked for by user, and what is made of that. */
const asksUserByUser = ['user_aggregates', 'agent_status_day_sums', 'agent_interval_sums', 'presence_day_sums'];
/** Excludes deleted users: a warehouse that has known for weeks does not request them any more; a first pull, which cannot know since when, does. */
const notOfDeletedUsers = `not exists (
    select from genesys.users
    where users.user_id = stored.user_id and users.valid_to is null and (users.state = 'deleted' or users.deleted_at is not null))`;

export interface TableDifference {
  readonly table: string;
  /** Rows that only the tested warehouse has, and that only the reference has. */
  readonly onlyStorm: number;
  readonly onlyReference: number;
  readonly examples: readonly string[];
}

export interface Comparison {
  readonly tables: number;
  readonly rows: number;
  readonly differences: readonly TableDifference[];
}

/** Every table of schema genesys in both databases, row by row, as multisets. */
export async function compareWarehouses(storm: pg.Pool, reference: pg.Pool): Promise<Comparison> {
  const tables = await tableNames(reference);
  const differences: TableDifference[] = [];
  let rows = 0;
  for (const table of tables) {
    const [left, right] = await Promise.all([readRows(storm, table), readRows(reference, table)]);
    for (const count of right.values()) rows += count;
    const [onlyStorm, onlyReference] = [without(left, right), without(right, left)];
    if (onlyStorm.length + onlyReference.length === 0) continue;
    const examples = [
      ...onlyStorm.slice(0, rowsShownMax).map((row) => `only after the storm: ${row}`),
      ...onlyReference.slice(0, rowsShownMax).map((row) => `only without it: ${row}`),
    ];
    differences.push({ table, onlyStorm: onlyStorm.length, onlyReference: onlyReference.length, examples });
  }
  return { tables: tables.length, rows, differences };
}

async function tableNames(pool: pg.Pool): Promise<string[]> {
  const { rows } = await pool.query<{ name: string }>(
    `select relname as name from pg_class
     where relnamespace = 'genesys'::regnamespace and relkind in ('r', 'p') and not relispartition order by 1`,
  );
  return rows.map((row) => row.name);
}

/** Reads the current rows of the directory: its history depends on when it was read. */
async function readRows(pool: pg.Pool, table: string): Promise<Map<string, number>> {
  const { rows: columns } = await pool.query<{ name: string }>(
    `select attname as name from pg_attribute where attrelid = $1::regclass and attnum > 0 and not attisdropped`,
    [`genesys.${table}`],
  );
  const names = columns.map((column) => column.name);
  const isHistory = names.includes('valid_to');
  const left = names.filter((name) => knowledgeColumns.includes(name)).map((name) => ` - '${name}'`);
  const deleted = names.includes('deleted_at') ? ` || jsonb_build_object('deleted_at', deleted_at is not null)` : '';
  const conditions = [isHistory && 'valid_to is null', asksUserByUser.includes(table) && notOfDeletedUsers].filter(
    Boolean,
  );
  const where = conditions.length === 0 ? '' : `where ${conditions.join(' and ')}`;
  const { rows } = await pool.query<{ row: string; count: number }>(
    `select row, count(*)::int as count
     from (select ((to_jsonb(stored)${left.join('')})${deleted})::text as row
           from genesys.${table} as stored ${where}) as texts
     group by row order by row`,
  );
  return new Map(rows.map(({ row, count }) => [row, count]));
}

function without(some: ReadonlyMap<string, number>, others: ReadonlyMap<string, number>): string[] {
  return [...some].filter(([row, count]) => count > (others.get(row) ?? 0)).map(([row]) => row);
}
