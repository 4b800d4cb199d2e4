import { inTransaction } from '../../src/postgres/connection/transaction.js';
import { intervalSumTables } from '../../src/postgres/derived/interval-sums.js';
import { refreshSums } from '../../src/postgres/derived/sums.js';
import { ensurePartitions } from '../../src/postgres/schema/partitions.js';
import type { JsonObject, Marts } from './support.js';

export const halfHourMs = 1_800_000;
const tables = [
  'queue_aggregates',
  'agent_aggregates',
  'wrapup_aggregates',
  'user_aggregates',
  'flow_outcome_aggregates',
];
export type IntervalTable = (typeof tables)[number];

/** Figures by metric, or by `metric:qualifier`: how often, and milliseconds for t metrics. */
export type Figures = Readonly<Record<string, readonly [count: number | null, sum?: number] | JsonObject>>;

export interface Group {
  readonly table: IntervalTable;
  /** Start of the interval, ISO 8601 with its zone. */
  readonly start: string;
  readonly dimensions: JsonObject;
  readonly figures: Figures;
  readonly lengthMs?: number;
}

/** Stores what an aggregate answer would have said about a group in one interval. */
export async function insertGroup(marts: Marts, group: Group): Promise<void> {
  await insertGroups(marts, [group]);
}

/** Inserts many groups of one table, faster. */
export async function insertGroups(marts: Marts, groups: readonly Group[]): Promise<void> {
  const rows = groups.flatMap(rowsOf);
  const starts = rows.map((row) => Date.parse(row.interval_start));
  const table = groups[0]?.table ?? '';
  await ensurePartitions(marts.pool, starts, new Set(), new Date('2026-12-01'), [
    ...tables,
    ...tables.flatMap(intervalSumTables),
  ]);
  await marts.rows(
    `insert into genesys.${table} select * from jsonb_populate_recordset(null::genesys.${table}, $1::jsonb)`,
    [JSON.stringify(rows)],
  );
  const interval = { from: new Date(Math.min(...starts)), to: new Date(Math.max(...starts) + 1) };
  await inTransaction(marts.pool, (client) => refreshSums(client, table, { interval }));
}

function rowsOf({ start, dimensions, figures, lengthMs }: Group) {
  const startMs = Date.parse(start);
  const interval = {
    interval_start: new Date(startMs).toISOString(),
    interval_end: new Date(startMs + (lengthMs ?? halfHourMs)).toISOString(),
    as_of: '2026-12-01T00:00:00Z',
  };
  return Object.entries(figures).map(([name, figure]) => {
    const [metric, qualifier] = name.split(':');
    const stats = Array.isArray(figure) ? { count: figure[0], sum: figure[1] ?? null } : figure;
    return { ...interval, ...dimensions, metric, qualifier: qualifier ?? null, ...stats };
  });
}

export interface LedgerSlice {
  readonly stream: string;
  readonly from: string;
  readonly to: string;
  readonly isFinal: boolean;
}

export async function insertSlice(marts: Marts, { stream, from, to, isFinal }: LedgerSlice): Promise<void> {
  await marts.rows(
    `insert into extract.slices (stream, slice_from, slice_to, priority, pass, due_at, requested_at)
     values ($1, $2, $3, 1, 4, $4, $2)`,
    [stream, from, to, isFinal ? null : '2999-01-01T00:00:00Z'],
  );
}

/** Numbers of a row as numbers: Postgres gives bigint and numeric as text. */
export function numbers(row: JsonObject | undefined, ...names: readonly string[]): Record<string, number | null> {
  return Object.fromEntries(
    names.map((name) => [name, row?.[name] === null || row?.[name] === undefined ? null : Number(row[name])]),
  );
}
