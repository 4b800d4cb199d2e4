import * as Plot from '@observablehq/plot';
import { numberOf, type Row } from '../lib/api.js';
import { formatFigure, formatMinuteOfDay, formatTick } from '../lib/format.js';
import { PlotChart } from './plot.js';

export interface DayCurveProps {
  readonly rows: readonly Row[];
  /** Column of the value. */
  readonly name: string;
  readonly label: string;
  readonly dayName: string;
  readonly beforeName: string;
}

const height = 260;
const isCount = (name: string) => name.endsWith('_count');

/** One figure through the day, over the same weekday a week before. */
export function DayCurve({ rows, name, label, dayName, beforeName }: DayCurveProps) {
  const points = rows.map((row) => ({
    minute: numberOf(row.minute_of_day) ?? 0,
    value: numberOf(row[name]),
    period: row.period === 'day' ? dayName : beforeName,
    isDay: row.period === 'day',
  }));
  const day = points.filter(({ isDay }) => isDay);
  const before = points.filter(({ isDay }) => !isDay);
  const draw = (width: number): Plot.PlotOptions => ({
    height,
    marginLeft: 52,
    x: {
      domain: [0, 1_440],
      ticks: width < 500 ? [0, 360, 720, 1_080, 1_440] : [0, 180, 360, 540, 720, 900, 1_080, 1_260, 1_440],
      tickFormat: formatMinuteOfDay,
      label: null,
    },
    y: {
      label: null,
      grid: true,
      nice: true,
      zero: true,
      ticks: 4,
      tickFormat: (value: number) => formatTick(name, value),
      ...(name.endsWith('_rate') && { domain: [0, 1] }),
    },
    marks: [
      Plot.lineY(before, {
        x: 'minute',
        y: 'value',
        stroke: 'var(--before)',
        strokeWidth: 1.5,
        strokeDasharray: '4 3',
      }),
      ...(isCount(name)
        ? [Plot.areaY(day, { x: 'minute', y: 'value', fill: 'var(--accent)', fillOpacity: 0.12 })]
        : []),
      Plot.lineY(day, { x: 'minute', y: 'value', stroke: 'var(--accent)', strokeWidth: 2.5 }),
      Plot.dot(day, { x: 'minute', y: 'value', fill: 'var(--accent)', r: 2.2 }),
      Plot.ruleY([0], { stroke: 'var(--line)' }),
      Plot.tip(
        points.filter(({ value }) => value !== null),
        Plot.pointer({
          x: 'minute',
          y: 'value',
          fill: 'var(--card)',
          stroke: 'var(--line)',
          title: (point) =>
            `${point.period}, ${formatMinuteOfDay(point.minute)}\n${label} ${formatFigure(name, point.value ?? 0)}`,
        }),
      ),
    ],
  });
  return <PlotChart draw={draw} of={[rows, name]} label={`${label} through the day: ${dayName} and ${beforeName}`} />;
}
