import pg from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import type { Day } from '../../model/lake.js';
import type { LakeRelation } from './tables.js';

/** So many columns after the key make the order of rows the same each time, or nearly: the ids come first. */
const orderedColumns = 3;

/** Streams the rows of a half-open range of UTC days as `COPY … (format binary)`; all rows of a table that is replaced as a whole. */
export async function* copyLakeRows(
  pool: pg.Pool,
  relation: LakeRelation,
  from?: Day,
  to?: Day,
): AsyncGenerator<Buffer> {
  const client = await pool.connect();
  let isWhole = false;
  try {
    const stream = client.query(copyTo(`copy (${statementOf(relation, from, to)}) to stdout (format binary)`));
    for await (const chunk of stream) yield chunk as Buffer;
    isWhole = true;
  } finally {
    // A stream that was left early still has rows under way on its connection.
    client.release(!isWhole);
  }
}

/** COPY takes no parameters, and a day may come from the log of a table that others can write: only what looks like a day is put in. */
function midnight(day: Day | undefined): string {
  if (day === undefined || !/^\d{4}-\d{2}-\d{2}$/.test(day)) throw new RangeError(`${day} is not a day.`);
  return `timestamptz '${day} 00:00:00Z'`;
}

function statementOf({ relation, key, columns, selected }: LakeRelation, from?: Day, to?: Day): string {
  const list = selected.join(', ');
  if (key === undefined) return `select ${list} from ${relation} order by ${positions(columns.length)}`;
  const column = pg.escapeIdentifier(key.column);
  const range = `${column} >= ${midnight(from)} and ${column} < ${midnight(to)}`;
  const ids = columns.slice(0, orderedColumns).map(({ name }) => pg.escapeIdentifier(name));
  return `select ${list} from ${relation} where ${range} order by ${[column, ...ids].join(', ')}`;
}

const positions = (count: number): string => Array.from({ length: count }, (_, index) => index + 1).join(', ');

/** Reads the UTC days of which rows are stored, within `[from, to)` where these are given; ascending. */
export async function readStoredDays(
  client: pg.ClientBase,
  { key }: LakeRelation,
  from?: Day,
  to?: Day,
): Promise<Day[]> {
  const found = new Set<Day>();
  for (const [relation, column] of key?.days ?? []) {
    const { rows } = await client.query<{ day: Day }>(
      `select distinct (${column} at time zone 'UTC')::date::text as day from ${relation}
       where ($1::timestamptz is null or ${column} >= $1) and ($2::timestamptz is null or ${column} < $2)`,
      [from === undefined ? null : `${from}T00:00:00Z`, to === undefined ? null : `${to}T00:00:00Z`],
    );
    for (const { day } of rows) found.add(day);
  }
  return [...found].sort();
}
