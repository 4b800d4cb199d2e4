import * as Plot from '@observablehq/plot';
import { numberOf, type Row, textOf } from '../lib/api.js';
import { formatDayShort, formatFigure, formatLocal, formatTick } from '../lib/format.js';
import { labelOf } from '../lib/labels.js';
import { PlotChart } from './plot.js';

export interface Series {
  readonly name: string;
  readonly label?: string;
  readonly color: string;
}

export interface TrendProps {
  readonly rows: readonly Row[];
  /** Column of the time: a day, or a timestamp in the reporting zone. */
  readonly time: string;
  readonly series: readonly Series[];
  /** Bars one upon the other, or a line for each. */
  readonly kind: 'bars' | 'lines';
  readonly label: string;
  readonly height?: number;
  /** Returns the series of a row, where rows of one time belong to several. */
  readonly groupOf?: (row: Row) => string;
}

interface Point {
  readonly at: Date;
  readonly end: Date;
  readonly value: number | null;
  readonly series: Series;
}

const marginLeft = 52;
/** Half of the last day's name. */
const marginRight = 40;
const minuteMs = 60_000;
const dayMs = 1_440 * minuteMs;

/** Reporting time as if it were UTC: the chart then needs no zone of its own. */
const timeOf = (text: string): Date => new Date(`${text.length === 10 ? `${text}T00:00:00` : text}Z`);

/** Figures over time. */
export function Trend({ rows, time, series, kind, label, height = 240, groupOf }: TrendProps) {
  const times = [...new Set(rows.map((row) => timeOf(textOf(row[time])).getTime()))].sort((a, b) => a - b);
  const stepMs = stepOf(times);
  const isDays = stepMs >= dayMs;
  const points: Point[] = series.flatMap((each) =>
    rows
      .filter((row) => groupOf === undefined || groupOf(row) === each.label)
      .map((row) => {
        const at = timeOf(textOf(row[time]));
        return { at, end: new Date(at.getTime() + stepMs), value: numberOf(row[each.name]), series: each };
      }),
  );
  const name = series[0]?.name ?? '';
  const isRate = name.endsWith('_rate');
  const when = (at: Date) => (isDays ? formatDayShort(at.toISOString()) : formatLocal(at.toISOString()));
  const title = ({ at, value, series: { label: own, name: column } }: Point) =>
    `${when(at)}\n${own ?? labelOf(column)} ${value === null ? '–' : formatFigure(column, value)}`;
  const tip = { fill: 'var(--card)', stroke: 'var(--line)' };
  const draw = (width: number): Plot.PlotOptions => ({
    height,
    marginLeft,
    marginRight,
    x: { type: 'utc', label: null, ...(isDays && dayTicks(times, kind === 'bars' ? stepMs / 2 : 0, width)) },
    y: {
      label: null,
      grid: true,
      zero: true,
      nice: true,
      ticks: 4,
      tickFormat: (value: number) => formatTick(name, value),
      ...(isRate && { domain: [0, Math.max(1, ...points.map(({ value }) => value ?? 0))] }),
    },
    marks: [
      ...(kind === 'bars' ? bars(points, title, tip) : lines(points, title, tip)),
      Plot.ruleY([0], { stroke: 'var(--line)' }),
    ],
  });
  return <PlotChart draw={draw} of={[rows, series]} label={label} />;
}

type Title = (point: Point) => string;
type Tip = { readonly fill: string; readonly stroke: string };

function bars(points: readonly Point[], title: Title, tip: Tip): Plot.Markish[] {
  return [
    Plot.rectY(points, {
      x1: 'at',
      x2: 'end',
      y: 'value',
      fill: (point: Point) => point.series.color,
      z: (point: Point) => point.series.label ?? point.series.name,
      insetLeft: 0.5,
      insetRight: 0.5,
      title,
      tip: { ...tip, format: {} },
    }),
  ];
}

function lines(points: readonly Point[], title: Title, tip: Tip): Plot.Markish[] {
  const known = points.filter(({ value }) => value !== null);
  return [
    Plot.lineY(points, {
      x: 'at',
      y: 'value',
      stroke: (point: Point) => point.series.color,
      z: (point: Point) => point.series.label ?? point.series.name,
      strokeWidth: 2,
    }),
    Plot.dot(known, {
      x: 'at',
      y: 'value',
      fill: (point: Point) => point.series.color,
      r: points.length > 200 ? 0 : 2.2,
    }),
    Plot.tip(known, Plot.pointer({ x: 'at', y: 'value', title, ...tip })),
  ];
}

/** Returns the shortest distance between two times, which is the length of one step. */
function stepOf(times: readonly number[]): number {
  const steps = times.slice(1).map((at, index) => at - (times[index] ?? at));
  return steps.length === 0 ? dayMs : Math.min(...steps);
}

const tickWidth = 84;

/** As many days as there is room for, each written once; a bar's under its middle. */
function dayTicks(times: readonly number[], shiftMs: number, width: number): Plot.ScaleOptions {
  const every = Math.max(1, Math.ceil((times.length * tickWidth) / (width - marginLeft - marginRight)));
  return {
    ticks: times.filter((_, index) => index % every === 0).map((at) => new Date(at + shiftMs)),
    tickFormat: (at: Date) => formatDayShort(new Date(at.getTime() - shiftMs).toISOString()),
  };
}
