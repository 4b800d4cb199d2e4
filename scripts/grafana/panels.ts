import { PanelBuilder as BarChart } from '@grafana/grafana-foundation-sdk/barchart';
import { GraphDrawStyle, StackingConfigBuilder, StackingMode } from '@grafana/grafana-foundation-sdk/common';
import { DataqueryBuilder as PromQuery } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder as Stat } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as Table } from '@grafana/grafana-foundation-sdk/table';
import { PanelBuilder as TimeSeries } from '@grafana/grafana-foundation-sdk/timeseries';
import type { QueryText } from '../../src/postgres/dashboard/query-text.js';
import { grafanaSql, prometheus, type Shown, SqlTarget, shownSql, tableSql, warehouse } from './targets.js';

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

function seriesTarget(spec: PanelSpec): SqlTarget {
  return new SqlTarget(shownSql(grafanaSql(spec.query, spec.given), spec.columns, spec.time), 'time_series');
}

function tableTarget(spec: PanelSpec): SqlTarget {
  return new SqlTarget(tableSql(grafanaSql(spec.query, spec.given), spec.columns), 'table');
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
    .withTarget(seriesTarget(spec));
  if (spec.isStacked !== true) return panel;
  return panel
    .drawStyle(GraphDrawStyle.Bars)
    .fillOpacity(80)
    .stacking(new StackingConfigBuilder().mode(StackingMode.Normal).group('A'));
}

export function tablePanel(spec: PanelSpec): Table {
  return new Table()
    .title(spec.title)
    .description(spec.query.title)
    .datasource(warehouse)
    .span(spec.width ?? fullWidth)
    .height(height + 2)
    .withTarget(tableTarget(spec));
}

export function barPanel(spec: PanelSpec): BarChart {
  return new BarChart()
    .title(spec.title)
    .description(spec.query.title)
    .datasource(warehouse)
    .span(spec.width ?? fullWidth / 2)
    .height(height)
    .withTarget(tableTarget(spec));
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
