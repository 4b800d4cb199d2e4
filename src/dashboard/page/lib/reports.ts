import type { Relation, RelationColumn } from '../../../model/mart-query.js';
import { isAdditive, type ReportFunction, type ReportOperator, ratioOf } from '../../../model/mart-report.js';
import { labelOf } from './labels.js';

/** Describes what a person may choose of a relation's columns, as the address spells it. */
export interface MeasureOption {
  /** `sum:handle_seconds`, or `count`. */
  readonly id: string;
  readonly label: string;
}

export const functionLabels: Readonly<Record<ReportFunction, string>> = {
  count: 'Rows with',
  sum: 'Sum of',
  ratio: '',
  mean: 'Mean of',
  median: 'Median of',
  p90: '90th percentile of',
  min: 'Smallest',
  max: 'Largest',
};

export const operatorLabels: Readonly<Record<ReportOperator, string>> = {
  is: 'is',
  not: 'is not',
  contains: 'contains',
  least: 'at least',
  most: 'at most',
  empty: 'is empty',
  filled: 'is not empty',
};

/** The figures that make sense of a column: what must not be summed is not offered as a sum. */
export function measureOptions(relation: Relation): MeasureOption[] {
  const numbers = relation.columns.filter(({ type, name }) => type === 'number' && !/_no$/.test(name));
  return [
    { id: 'count', label: 'Number of rows' },
    ...numbers.flatMap((column) => functionsOf(relation, column).map((name) => optionOf(name, column.name))),
  ];
}

function functionsOf(relation: Relation, { name, type }: RelationColumn): ReportFunction[] {
  if (ratioOf(relation, name) !== undefined) return ['ratio'];
  return [...(isAdditive(name, type) ? (['sum'] as const) : []), 'mean', 'median', 'p90', 'max', 'min'];
}

export function optionOf(name: ReportFunction, column: string): MeasureOption {
  const words = labelOf(column);
  const label = name === 'ratio' ? words : `${functionLabels[name]} ${words.charAt(0).toLowerCase()}${words.slice(1)}`;
  return { id: `${name}:${column}`, label };
}

/** The name of a figure as the address writes it. */
export function measureLabel(written: string): string {
  const [name, column] = written.split(':');
  return column === undefined ? 'Number of rows' : optionOf(name as ReportFunction, column).label;
}

/** The column that a figure has in the answer. */
export function measureColumn(written: string): string {
  const [name, column] = written.split(':');
  if (column === undefined) return 'row_count';
  return name === 'sum' || name === 'ratio' ? column : `${name}_${column}`;
}

export const groups = [
  { start: 'rpt_', label: 'Reports' },
  { start: 'fct_', label: 'Facts' },
  { start: 'dim_', label: 'Dimensions' },
  { start: 'bridge_', label: 'Relations between dimensions' },
  { start: 'ops_', label: 'Operations' },
];

export interface Example {
  readonly label: string;
  readonly query: string;
}

export const examples: readonly Example[] = [
  {
    label: 'Service level and ASA of each queue, by week',
    query:
      'relation=fct_queue_intervals&by=queue_name&measures=sum:offered_count,ratio:service_level_rate,ratio:average_answer_seconds&step=week&span=last-28&where=media_type:is:voice',
  },
  {
    label: 'Median and 90th percentile of handle time, by media type',
    query:
      'relation=fct_agent_sessions&by=media_type&measures=count,median:handle_seconds,p90:handle_seconds&span=last-7&where=is_handled:is:true',
  },
  {
    label: 'Wrap-up codes by queue',
    query: 'relation=fct_wrapup_intervals&by=wrapup_name&measures=sum:handled_count&span=last-7',
  },
  {
    label: 'Agents between one and half past three',
    query:
      'relation=fct_agent_intervals&by=user_name&measures=sum:handled_count,ratio:average_handle_seconds,ratio:occupancy_rate&span=last-7&where=minute_of_day:least:780&where=minute_of_day:most:900',
  },
];
