/** Aggregates that came back different long after their interval: by how much, per metric. */
import type pg from 'pg';
import { hourMs } from '../../lib/interval.js';
import type { IntervalRelation } from './intervals-relation.js';

/** Live pulls reach back two hours because figures come late; what still changes then had been read by people. */
const settledAgeMs = 3 * hourMs;

/** Rows of one interval and metric that were removed, or that came. */
export interface MetricSums {
  readonly interval_start: Date;
  readonly metric: string;
  readonly qualifier: string | null;
  readonly rows: string;
  /** Condition for removed rows that did not return with another value. */
  readonly vanished?: string;
  readonly count: string | null;
  readonly sum: string | null;
  readonly as_of: Date;
}

/** Expressions that sum up the rows of a relation by interval and metric, null where it has no such columns; to be grouped by the first three. */
export function sumsText(relation: IntervalRelation, alias: string): string {
  const has = (name: string) => relation.columns.some((column) => column.name === name);
  const sumOf = (name: string) => (has(name) ? `sum(${alias}.${name})::bigint` : 'null::bigint');
  return `${alias}.interval_start, ${alias}.metric, ${alias}.qualifier, count(*) as rows,
      ${sumOf('count')} as count, ${sumOf('sum')} as sum, min(${alias}.as_of) as as_of`;
}

/** Columns that `sumsText` reads. */
export function summedColumns(relation: IntervalRelation): string {
  const names = ['count', 'sum'].filter((name) => relation.columns.some((column) => column.name === name));
  return ['interval_start', 'as_of', ...names].join(', ');
}

/** Notes what `gone` and `came` say about intervals that had long been over at `asOf`. */
export async function noteIntervalRestatements(
  client: pg.ClientBase,
  relation: IntervalRelation,
  gone: readonly MetricSums[],
  came: readonly MetricSums[],
  asOf: Date,
): Promise<void> {
  const isSettled = (sums: MetricSums) => sums.interval_start.getTime() + settledAgeMs <= asOf.getTime();
  const former = byKey(gone.filter(isSettled));
  const latter = byKey(came.filter(isSettled));
  const keys = [...new Set([...former.keys(), ...latter.keys()])];
  if (keys.length === 0) return;
  const place = keys.map((key) => (former.get(key) ?? latter.get(key)) as MetricSums);
  await client.query(
    `insert into extract.interval_restatements (relation, restated_at, as_of, interval_start, metric, qualifier, previous_as_of,
         row_count, count_before, count_after, sum_before, sum_after)
     select $1, $2, $2, * from unnest($3::timestamptz[], $4::text[], $5::text[], $6::timestamptz[], $7::bigint[], $8::bigint[],
         $9::bigint[], $10::bigint[], $11::bigint[])`,
    [
      relation.name,
      asOf,
      place.map((sums) => sums.interval_start),
      place.map((sums) => sums.metric),
      place.map((sums) => sums.qualifier),
      place.map((sums) => sums.as_of),
      keys.map((key) => Math.max(Number(former.get(key)?.rows ?? 0), Number(latter.get(key)?.rows ?? 0))),
      keys.map((key) => former.get(key)?.count ?? 0),
      keys.map((key) => latter.get(key)?.count ?? 0),
      keys.map((key) => former.get(key)?.sum ?? 0),
      keys.map((key) => latter.get(key)?.sum ?? 0),
    ],
  );
}

function byKey(sums: readonly MetricSums[]): Map<string, MetricSums> {
  return new Map(sums.map((each) => [JSON.stringify([each.interval_start, each.metric, each.qualifier]), each]));
}
