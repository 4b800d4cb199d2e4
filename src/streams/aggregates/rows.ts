import type { JsonObject } from '../../genesys/api.js';
import type { Interval } from '../../lib/interval.js';
import { isObject } from '../../lib/json.js';
import type { EntityRow, Reject } from '../../model/extraction.js';
import { nestingFault } from '../../values/bounds.js';
import { parseInstant } from '../../values/instant.js';
import { toJson } from '../../values/json.js';
import { LossyValue, readValue } from '../../values/values.js';

export interface Dimension {
  /** Name in the API's `groupBy`. */
  readonly name: string;
  readonly column: string;
  readonly type: 'uuid' | 'text';
  /** True if a group without it cannot be stored. */
  readonly isRequired?: boolean;
}

export interface AggregateShape {
  readonly relation: string;
  readonly dimensions: readonly Dimension[];
  /** True if sums and extremes are scores with fractions instead of counts and milliseconds. */
  readonly isScored?: boolean;
}

export interface AggregateRows {
  readonly rows: EntityRow[];
  readonly rejects: Reject[];
}

type Group = Record<string, string | null>;

const statColumns: Readonly<Record<string, { readonly column: string; readonly type: 'bigint' | 'float' }>> = {
  max: { column: 'max', type: 'bigint' },
  min: { column: 'min', type: 'bigint' },
  count: { column: 'count', type: 'bigint' },
  countNegative: { column: 'count_negative', type: 'bigint' },
  countPositive: { column: 'count_positive', type: 'bigint' },
  sum: { column: 'sum', type: 'bigint' },
  current: { column: 'current', type: 'float' },
  ratio: { column: 'ratio', type: 'float' },
  numerator: { column: 'numerator', type: 'bigint' },
  denominator: { column: 'denominator', type: 'bigint' },
  target: { column: 'target', type: 'float' },
};
const scored = new Set(['max', 'min', 'sum']);
const instantOf = (text: string | undefined) => Math.floor(parseInstant(text ?? '')?.epochMs ?? Number.NaN);

/**
 * Converts `results` of an aggregate query into rows, one per interval × group × metric ×
 * qualifier. Of a duplicate group, interval or metric the last one counts. Data that cannot be
 * assigned (an invalid id, an interval that was not requested) becomes a reject.
 */
export function aggregateRows(shape: AggregateShape, results: readonly unknown[], asked: Interval): AggregateRows {
  const rejects: Reject[] = [];
  const cells = new Map<string, EntityRow[]>();
  for (const result of results) {
    const group = groupOf(shape, result);
    if (typeof group === 'string') {
      rejects.push(rejectOf(group, result));
      continue;
    }
    const key = JSON.stringify(Object.values(group));
    for (const data of listOf((result as JsonObject).data)) {
      const tooDeep = nestingFault(data);
      const rows = tooDeep === undefined ? intervalRows(shape, group, data, asked) : `The data ${tooDeep}.`;
      if (typeof rows === 'string') rejects.push(rejectOf(rows, { group: (result as JsonObject).group, data: [data] }));
      else cells.set(`${key} ${String((data as JsonObject).interval)}`, rows);
    }
  }
  // Ordered by time, as in the table: that halves the cost of its index.
  const inOrder = [...cells.values()].sort((a, b) => startOf(a) - startOf(b));
  return { rows: inOrder.flat(), rejects };
}

const startOf = (rows: readonly EntityRow[]) => Number(rows[0]?.interval_start ?? 0);

/** Returns the group's dimensions by column, or why it cannot be stored. */
export function groupOf(shape: Pick<AggregateShape, 'dimensions'>, result: unknown): Group | string {
  if (!isObject(result)) return 'A result is not an object.';
  const tooDeep = nestingFault(result.group);
  if (tooDeep !== undefined) return `The group ${tooDeep}.`;
  const given = isObject(result.group) ? result.group : {};
  const group: Group = {};
  for (const { name, column, type, isRequired } of shape.dimensions) {
    const value = given[name];
    const isAbsent = value === undefined || value === null || value === '';
    if (isAbsent && isRequired) return `The group has no ${name}.`;
    const read = isAbsent ? null : readValue(type, value);
    const text = read instanceof LossyValue ? read.column : read;
    if (text === null && !isAbsent) return `${name} is ${String(value)}, which is not a valid ${type}.`;
    group[column] = text as string | null;
  }
  return group;
}

function intervalRows(shape: AggregateShape, group: Group, data: unknown, asked: Interval): EntityRow[] | string {
  if (!isObject(data)) return 'The data of a group is not an object.';
  const [from, to] = String(data.interval).split('/');
  const startMs = instantOf(from);
  const endMs = instantOf(to);
  if (!(startMs >= asked.from.getTime() && endMs <= asked.to.getTime() && startMs < endMs))
    return `The interval ${String(data.interval)} was not asked for.`;
  const rows = new Map<string, EntityRow>();
  for (const metric of listOf(data.metrics)) {
    const measured = metricColumns(metric, shape.isScored ?? false);
    if (measured === undefined) return 'A metric has no name.';
    rows.set(`${measured.metric} ${measured.qualifier}`, {
      interval_start: startMs,
      interval_end: endMs,
      ...group,
      ...measured,
    });
  }
  return [...rows.values()];
}

export interface MetricColumns extends EntityRow {
  readonly metric: string;
  readonly qualifier: string | null;
}

/**
 * Returns the columns of one metric. Fields without a column, and values that do not fit theirs, go
 * to `extra`. Undefined without a name.
 */
export function metricColumns(metric: unknown, isScored: boolean): MetricColumns | undefined {
  if (!isObject(metric) || typeof metric.metric !== 'string' || metric.metric === '') return undefined;
  const { metric: name, qualifier, stats, ...rest } = metric;
  const extra: Record<string, unknown> = rest;
  const columns: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(isObject(stats) ? stats : {})) {
    const known = statColumns[key];
    if (known === undefined) extra[key] = value;
    else columns[known.column] = statValue(value, isScored && scored.has(key) ? 'float' : known.type, key, extra);
  }
  const hasExtra = Object.keys(extra).length > 0;
  return {
    metric: textOf(name),
    qualifier: typeof qualifier === 'string' && qualifier !== '' ? textOf(qualifier) : null,
    ...columns,
    extra: hasExtra ? readJson(extra) : null,
  };
}

function statValue(value: unknown, type: 'bigint' | 'float', key: string, extra: Record<string, unknown>): unknown {
  if (value === null) return null;
  const read = readValue(type, value);
  if (!(read instanceof LossyValue)) return read;
  extra[key] = value;
  return read.column;
}

/** Replaces characters that Postgres cannot store. */
export function textOf(text: string): string {
  const read = readValue('text', text);
  return String(read instanceof LossyValue ? read.column : read);
}

export function readJson(value: object): unknown {
  const read = readValue('json', value);
  return read instanceof LossyValue ? read.column : read;
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function rejectOf(reason: string, record: unknown): Reject {
  return { recordId: null, reason, record: toJson(record) };
}
