import type { AggregateQuery } from '../server/aggregates/analytics-modules.js';
import { objects } from '../server/faults/record-faults.js';
import { badRequest } from '../server/http/api-fault.js';
import type { SpanMs } from '../server/intervals.js';
import type { Json, JsonObject } from '../world.js';
import type { Cell, Plan, Series, Sum } from './accumulate.js';

/** Groups times intervals that one answer may have; above it the API refuses. */
export const resultLimit = 100_000;

/** One line of a cell: a metric or a view, or nothing where nothing was measured. */
export type Output = (cell: Cell) => JsonObject | undefined;

export interface Outputs {
  readonly series: readonly Series[];
  readonly metrics: readonly Output[];
  readonly views: readonly Output[];
}

const everything = { gte: Number.NEGATIVE_INFINITY, lt: Number.POSITIVE_INFINITY };

/** Metrics in the order of their names, whatever the order of asking; views in the order of asking. */
export class OutputsBuilder implements Outputs {
  readonly series: Series[] = [];
  readonly metrics: Output[] = [];
  readonly views: Output[] = [];

  /** Column of a cell that holds the sum of these sources. */
  position(sources: readonly string[], range: { readonly gte: number; readonly lt: number } = everything): number {
    return this.series.push({ sources, ...range }) - 1;
  }

  metric(name: string, sources: readonly string[]): void {
    const position = this.position(sources);
    this.metrics.push(({ sums }) => {
      const sum = sums[position];
      return sum === undefined ? undefined : { metric: name, stats: stats(name, sum) };
    });
  }

  /** `rangeBound`: the target's values from `gte` to less than `lt`. */
  view(view: JsonObject, sourcesOf: (metric: string) => readonly string[]): void {
    const { gte, lt } = objectOf(view.range);
    const range = {
      gte: typeof gte === 'number' ? gte : everything.gte,
      lt: typeof lt === 'number' ? lt : everything.lt,
    };
    const position = this.position(sourcesOf(String(view.target)), range);
    this.views.push(({ sums }) => {
      const sum = sums[position];
      return sum === undefined ? undefined : { name: view.name ?? null, stats: stats('t', sum) };
    });
  }
}

/** Counts have a count, which is how often and not how many values; all others are summed. */
function stats(name: string, sum: Sum): JsonObject {
  return name.startsWith('n') ? { count: sum.sum } : { max: sum.max, min: sum.min, count: sum.count, sum: sum.sum };
}

export function planOf(query: AggregateQuery, nowMs: number, series: readonly Series[]): Plan {
  return {
    buckets: query.buckets,
    series,
    groupBy: query.groupBy,
    isFlattened: query.flattenMultivaluedDimensions,
    matches: query.matches,
    filterDimensions: filterDimensions(query.body.filter),
    nowMs,
    cellsMax: resultLimit,
    onLimit: refuseSize,
  };
}

export function refuseSize(): never {
  throw badRequest('Result set is larger than result limit. Use a larger granularity or a smaller interval.');
}

function filterDimensions(filter: Json | undefined): string[] {
  const { predicates, clauses } = objectOf(filter);
  return [
    ...objects(predicates).flatMap(({ dimension }) => (typeof dimension === 'string' ? [dimension] : [])),
    ...objects(clauses).flatMap(filterDimensions),
  ];
}

/** An object without members for everything that is none. */
export function objectOf(value: Json | undefined): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
}

/** Groups in order of their values, intervals in order of time. An empty value leaves the key out, as in the real system. */
export function answerOf(query: AggregateQuery, cells: Iterable<Cell>, outputs: Outputs): JsonObject {
  const groups = new Map<Cell['group'], Cell[]>();
  for (const cell of cells) {
    const list = groups.get(cell.group);
    if (list === undefined) groups.set(cell.group, [cell]);
    else list.push(cell);
  }
  const ordered = [...groups].sort(([a], [b]) => compareGroups(a, b));
  const results = ordered.flatMap(([group, list]) => {
    const data = list.sort((a, b) => a.bucket - b.bucket).flatMap((cell) => dataOf(query, cell, outputs));
    return data.length === 0 ? [] : [{ group: groupOf(query.groupBy, group), data }];
  });
  return results.length === 0 ? {} : { results };
}

function dataOf(query: AggregateQuery, cell: Cell, outputs: Outputs): JsonObject[] {
  const metrics = linesOf(outputs.metrics, cell);
  const views = linesOf(outputs.views, cell);
  if (metrics.length === 0 && views.length === 0) return [];
  const interval = intervalText(query.buckets[cell.bucket] as SpanMs);
  return [{ interval, metrics, ...(views.length === 0 ? {} : { views }) }];
}

function linesOf(outputs: readonly Output[], cell: Cell): JsonObject[] {
  return outputs.map((output) => output(cell)).filter((line) => line !== undefined);
}

export function intervalText({ fromMs, toMs }: SpanMs): string {
  return `${new Date(fromMs).toISOString()}/${new Date(toMs).toISOString()}`;
}

function groupOf(groupBy: readonly string[], values: Cell['group']): JsonObject {
  const group: JsonObject = {};
  groupBy.forEach((dimension, position) => {
    const value = values[position];
    if (value !== undefined) group[dimension] = value;
  });
  return group;
}

function compareGroups(a: Cell['group'], b: Cell['group']): number {
  for (let position = 0; position < a.length; position++) {
    const order = compareTexts(a[position], b[position]);
    if (order !== 0) return order;
  }
  return 0;
}

/** Compares texts; absent ones come last. */
function compareTexts(a: string | undefined, b: string | undefined): number {
  if (a === b) return 0;
  if (a === undefined) return 1;
  if (b === undefined) return -1;
  return a < b ? -1 : 1;
}
