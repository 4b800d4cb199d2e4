import { PanelBuilder as BarChart } from '@grafana/grafana-foundation-sdk/barchart';
import { GraphDrawStyle, StackingConfigBuilder, StackingMode } from '@grafana/grafana-foundation-sdk/common';
import type { DynamicConfigValue } from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder as PromQuery } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder as Stat } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as Table } from '@grafana/grafana-foundation-sdk/table';
import { PanelBuilder as TimeSeries } from '@grafana/grafana-foundation-sdk/timeseries';
import type { QueryText } from '../../src/postgres/dashboard/query-text.js';
import { grafanaSql, prometheus, type Shown, SqlTarget, shownSql, warehouse } from './targets.js';

export interface PanelSpec {
  readonly query: QueryText;
  readonly title: string;
  readonly columns: readonly Shown[];
  /** Column of the time; absent for tables and bars. */
  readonly time?: string;
  readonly given?: Readonly<Record<string, string>>;
  readonly width?: number;
  readonly isStacked?: boolean;
}

const fullWidth = 24;
const height = 8;

/** Returns the unit that the ending of a column's name means. */
export function unitOf(column: string): string {
  if (column.endsWith('_rate')) return 'percentunit';
  return column.endsWith('_seconds') ? 's' : 'short';
}

function target(spec: PanelSpec, format: 'time_series' | 'table'): SqlTarget {
  return new SqlTarget(shownSql(grafanaSql(spec.query, spec.given), spec.columns, spec.time), format);
}

function unitOverrides(columns: readonly Shown[]): { name: string; properties: DynamicConfigValue[] }[] {
  return columns.map(({ column, label }) => ({ name: label, properties: [{ id: 'unit', value: unitOf(column) }] }));
}

export function seriesPanel(spec: PanelSpec): TimeSeries {
  const panel = new TimeSeries()
    .title(spec.title)
    .description(spec.query.title)
    .datasource(warehouse)
    .unit(unitOf(spec.columns[0]?.column ?? ''))
    .min(0)
    .span(spec.width ?? fullWidth / 2)
    .height(height)
    .withTarget(target(spec, 'time_series'));
  if (spec.isStacked !== true) return panel;
  return panel
    .drawStyle(GraphDrawStyle.Bars)
    .fillOpacity(80)
    .stacking(new StackingConfigBuilder().mode(StackingMode.Normal).group('A'));
}

export function tablePanel(spec: PanelSpec): Table {
  const panel = new Table()
    .title(spec.title)
    .description(spec.query.title)
    .datasource(warehouse)
    .span(spec.width ?? fullWidth)
    .height(height + 2)
    .withTarget(target(spec, 'table'));
  for (const { name, properties } of unitOverrides(spec.columns)) panel.overrideByName(name, properties);
  return panel;
}

export function barPanel(spec: PanelSpec): BarChart {
  return new BarChart()
    .title(spec.title)
    .description(spec.query.title)
    .datasource(warehouse)
    .span(spec.width ?? fullWidth / 2)
    .height(height)
    .withTarget(target(spec, 'table'));
}

export interface PromSpec {
  readonly title: string;
  readonly expression: string;
  readonly legend: string;
  readonly unit: string;
  readonly description: string;
}

export function promPanel({ title, expression, legend, unit, description }: PromSpec): TimeSeries {
  return new TimeSeries()
    .title(title)
    .description(description)
    .datasource(prometheus)
    .unit(unit)
    .min(0)
    .span(fullWidth / 2)
    .height(height)
    .withTarget(new PromQuery().refId('A').datasource(prometheus).expr(expression).legendFormat(legend));
}

export function promStat({ title, expression, unit, description }: PromSpec): Stat {
  return new Stat()
    .title(title)
    .description(description)
    .datasource(prometheus)
    .unit(unit)
    .span(fullWidth / 4)
    .height(height / 2)
    .withTarget(new PromQuery().refId('A').datasource(prometheus).expr(expression).instant());
}
