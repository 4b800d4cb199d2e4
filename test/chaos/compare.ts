import type pg from 'pg';

/** Columns that say when something was known or seen, not what is true. */
const knowledgeColumns = ['as_of', 'attributes_as_of', 'valid_from', 'valid_to'];
const rowsShownMax = 3;
/** Asked for by user, and what is made of that. */
const asksUserByUser = ['user_aggregates', 'agent_status_day_sums', 'agent_interval_sums', 'presence_day_sums'];
/** Who has known for weeks that a user is deleted does not ask for them any more; a first pull, which cannot know since when, does. */
const notOfDeletedUsers = `not exists (
    select from genesys.users
    where users.user_id = stored.user_id and users.valid_to is null and (users.state = 'deleted' or users.deleted_at is not null))`;

export interface TableDifference {
  readonly table: string;
  /** Rows that only the stormed warehouse has, and that only the calm one has. */
  readonly onlyStorm: number;
  readonly onlyCalm: number;
  readonly examples: readonly string[];
}

export interface Comparison {
  readonly tables: number;
  readonly rows: number;
  readonly differences: readonly TableDifference[];
}

/** Every table of schema genesys in both databases, row by row, as multisets. */
export async function compareWarehouses(storm: pg.Pool, calm: pg.Pool): Promise<Comparison> {
  const tables = await tableNames(calm);
  const differences: TableDifference[] = [];
  let rows = 0;
  for (const table of tables) {
    const [left, right] = await Promise.all([readRows(storm, table), readRows(calm, table)]);
    for (const count of right.values()) rows += count;
    const [onlyStorm, onlyCalm] = [without(left, right), without(right, left)];
    if (onlyStorm.length + onlyCalm.length === 0) continue;
    const examples = [
      ...onlyStorm.slice(0, rowsShownMax).map((row) => `only after the storm: ${row}`),
      ...onlyCalm.slice(0, rowsShownMax).map((row) => `only without it: ${row}`),
    ];
    differences.push({ table, onlyStorm: onlyStorm.length, onlyCalm: onlyCalm.length, examples });
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

/** Of the directory, what stands now: its history says when something was seen, and who looked at other times saw other versions. */
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
