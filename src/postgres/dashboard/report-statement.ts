import pg from 'pg';
import type { Relation, RelationColumn } from '../../model/mart-query.js';
import { type ReportFilter, type ReportMeasure, type ReportSpec, ratioOf, timeOf } from '../../model/mart-report.js';

export interface ReportStatement {
  readonly text: string;
  readonly values: unknown[];
}

/**
 * Builds the statement of a report. Every identifier is a quoted column of the relation; every
 * value is a parameter. Throws for a column that the relation does not have, so that no input can
 * be used as one.
 */
export function reportStatement(spec: ReportSpec, relation: Relation, timeZone: string): ReportStatement {
  const values: unknown[] = [];
  const parameter = (value: unknown): string => `$${values.push(value)}`;
  const column = (name: string): RelationColumn => columnOf(relation, name);
  const step = stepExpression(spec, relation);
  const groups = [
    ...(step === undefined ? [] : [{ alias: 'step_local', expression: step }]),
    ...spec.by.map((name) => ({ alias: column(name).name, expression: pg.escapeIdentifier(name) })),
  ];
  const measures = spec.measures.map((measure) => ({
    alias: aliasOf(measure),
    expression: measureExpression(measure, relation),
  }));
  const list = [...groups, ...measures].map(
    ({ alias, expression }) => `${expression} as ${pg.escapeIdentifier(alias)}`,
  );
  const conditions = [
    ...spanConditions(spec, relation, timeZone, parameter),
    ...spec.filters.map((filter) => filterCondition(filter, column(filter.column), parameter)),
  ];
  const where = conditions.length === 0 ? '' : ` where ${conditions.join(' and ')}`;
  const isGrouped = measures.length > 0;
  const positions = groups.map((_, index) => index + 1).join(', ');
  const groupBy = isGrouped && groups.length > 0 ? ` group by ${positions}` : '';
  const orderBy = groups.length > 0 ? ` order by ${positions}` : '';
  const text = `select ${list.join(', ')} from mart.${pg.escapeIdentifier(relation.name)}${where}${groupBy}${orderBy}`;
  return { text, values };
}

/** Returns an alias such as `median_handle_seconds`; it keeps the ending, which states the unit. */
export function aliasOf({ function: name, column }: ReportMeasure): string {
  if (column === undefined) return 'row_count';
  return name === 'sum' || name === 'ratio' ? column : `${name}_${column}`;
}

function columnOf(relation: Relation, name: string): RelationColumn {
  const found = relation.columns.find((column) => column.name === name);
  if (found === undefined) throw new Error(`${relation.name} has no column ${name}.`);
  return found;
}

function stepExpression({ step }: ReportSpec, relation: Relation): string | undefined {
  const time = timeOf(relation);
  if (step === undefined || time === undefined) return undefined;
  const local = `${pg.escapeIdentifier(time.local)}::timestamp`;
  return step === 'interval' ? local : `date_trunc(${pg.escapeLiteral(step)}, ${local})`;
}

function measureExpression({ function: name, column }: ReportMeasure, relation: Relation): string {
  if (column === undefined) return 'count(*)';
  const figure = pg.escapeIdentifier(columnOf(relation, column).name);
  switch (name) {
    case 'sum':
    case 'min':
    case 'max':
      return `${name}(${figure})`;
    case 'mean':
      return `round(avg(${figure})::numeric, 6)`;
    case 'median':
      return `percentile_cont(0.5) within group (order by ${figure})`;
    case 'p90':
      return `percentile_cont(0.9) within group (order by ${figure})`;
    case 'count':
      return `count(${figure})`;
    case 'ratio':
      return ratioExpression(relation, column);
  }
}

function ratioExpression(relation: Relation, column: string): string {
  const ratio = ratioOf(relation, column);
  if (ratio === undefined) throw new Error(`${relation.name}.${column} is not a ratio of columns of the relation.`);
  const sum = (names: readonly string[]) => names.map((name) => `sum(${pg.escapeIdentifier(name)})`).join(' + ');
  return `round((${sum(ratio.over)})::numeric / nullif(${sum(ratio.under)}, 0), 6)`;
}

function spanConditions(
  { from, to }: ReportSpec,
  relation: Relation,
  timeZone: string,
  parameter: (value: unknown) => string,
): string[] {
  const time = timeOf(relation);
  if (time === undefined) return [];
  const bound = (operator: string, value: string | undefined): string[] => {
    if (value === undefined) return [];
    const name = pg.escapeIdentifier(time.filter);
    if (time.filter === 'day') return [`${name} ${operator} ${parameter(value.slice(0, 10))}::date`];
    const local = value.includes('T') ? value : `${value}T00:00`;
    return [`${name} ${operator} ${parameter(`${local} ${timeZone}`)}::timestamptz`];
  };
  return [...bound('>=', from), ...bound('<', to)];
}

function filterCondition(
  { operator, value = '' }: ReportFilter,
  { name }: RelationColumn,
  parameter: (value: unknown) => string,
): string {
  const figure = pg.escapeIdentifier(name);
  switch (operator) {
    case 'empty':
      return `${figure} is null`;
    case 'filled':
      return `${figure} is not null`;
    case 'is':
      return `${figure}::text = ${parameter(value)}`;
    case 'not':
      return `${figure}::text is distinct from ${parameter(value)}`;
    case 'contains':
      return `strpos(lower(${figure}::text), lower(${parameter(value)})) > 0`;
    case 'least':
      return `${figure} >= ${parameter(value)}::numeric`;
    case 'most':
      return `${figure} <= ${parameter(value)}::numeric`;
  }
}
