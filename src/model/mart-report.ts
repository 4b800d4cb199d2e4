import type { ColumnType, Relation } from './mart-relation.js';

/** Describes a report that a person composed from the dictionary: columns and operators by name, values separately. */
export interface ReportSpec {
  readonly relation: string;
  /** Columns to group by, or to list if there are no measures. */
  readonly by: readonly string[];
  readonly measures: readonly ReportMeasure[];
  readonly step?: ReportStep;
  /** Local days or times; the end is not included. */
  readonly from?: string;
  readonly to?: string;
  readonly filters: readonly ReportFilter[];
}

export const reportSteps = ['interval', 'hour', 'day', 'week', 'month'] as const;
export type ReportStep = (typeof reportSteps)[number];

export const reportFunctions = ['count', 'sum', 'mean', 'median', 'p90', 'min', 'max', 'ratio'] as const;
export type ReportFunction = (typeof reportFunctions)[number];

export interface ReportMeasure {
  readonly function: ReportFunction;
  /** Absent for `count`, which counts rows. */
  readonly column?: string;
}

export const reportOperators = ['is', 'not', 'contains', 'least', 'most', 'empty', 'filled'] as const;
export type ReportOperator = (typeof reportOperators)[number];

export interface ReportFilter {
  readonly column: string;
  readonly operator: ReportOperator;
  /** Absent for `empty` and `filled`. */
  readonly value?: string;
}

/** Figures that must not be summed or averaged over rows, with the columns from which they are computed. */
export const ratios: Readonly<Record<string, { readonly over: readonly string[]; readonly under: readonly string[] }>> =
  {
    average_handle_seconds: { over: ['handle_seconds'], under: ['handled_count'] },
    average_talk_seconds: { over: ['talk_seconds'], under: ['talk_count'] },
    average_hold_seconds: { over: ['hold_seconds'], under: ['hold_count'] },
    average_acw_seconds: { over: ['acw_seconds'], under: ['acw_count'] },
    average_answer_seconds: { over: ['answer_seconds'], under: ['answered_count'] },
    answer_rate: { over: ['answered_count'], under: ['offered_count'] },
    abandon_rate: { over: ['abandoned_count'], under: ['offered_count'] },
    service_level_rate: { over: ['service_level_numerator'], under: ['service_level_denominator'] },
    transfer_rate: { over: ['transferred_count'], under: ['handled_count'] },
    occupancy_rate: {
      over: ['interacting_seconds'],
      under: ['interacting_seconds', 'communicating_seconds', 'idle_seconds'],
    },
  };

/** Returns the ratio of a column if its relation has the columns to recompute it for any group of rows. */
export function ratioOf(relation: Relation, column: string): (typeof ratios)[string] | undefined {
  const ratio = ratios[column];
  const names = new Set(relation.columns.map(({ name }) => name));
  return ratio !== undefined && [...ratio.over, ...ratio.under].every((name) => names.has(name)) ? ratio : undefined;
}

/** Returns true for a figure whose sum over rows is meaningful. */
export function isAdditive(name: string, type: ColumnType): boolean {
  if (type !== 'number' || /^(average|median|max|min|p\d+|longest|lag)_/.test(name)) return false;
  return /(_count|_seconds|_numerator|_denominator)$/.test(name);
}

export interface TimeColumns {
  /** Column to filter on, indexed if there is an index. */
  readonly filter: string;
  /** In the reporting zone, to group by. */
  readonly local: string;
}

const timeColumns: readonly TimeColumns[] = [
  { filter: 'interval_start_at', local: 'interval_start_local' },
  { filter: 'started_at', local: 'started_local' },
  { filter: 'wrapup_started_at', local: 'wrapup_started_local' },
  { filter: 'day', local: 'day' },
  { filter: 'restated_at', local: 'restated_local' },
  { filter: 'event_at', local: 'event_local' },
  { filter: 'completed_at', local: 'completed_local' },
];

/** Returns the time columns by which rows of a relation are filtered and grouped; undefined for dimensions. */
export function timeOf(relation: Relation): TimeColumns | undefined {
  const names = new Set(relation.columns.map(({ name }) => name));
  return timeColumns.find(({ filter, local }) => names.has(filter) && names.has(local));
}
