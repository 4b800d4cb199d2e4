import * as Plot from '@observablehq/plot';
import { numberOf, type Row } from '../lib/api.js';
import { formatNumber } from '../lib/format.js';
import { PlotChart } from './plot.js';

const series = [
  { name: 'answered_count', word: 'answered', color: 'var(--answered)' },
  { name: 'abandoned_count', word: 'abandoned', color: 'var(--abandoned)' },
];

/** `under 10 s`, `1 to 2 min`, `4 h and more`. */
export function rangeLabel(from: number, to: number | null): string {
  if (to === null) return `${inUnit(from)} and more`;
  if (from === 0) return `under ${inUnit(to)}`;
  return unitOf(from) === unitOf(to)
    ? `${Math.round(from / unitOf(from))}–${inUnit(to)}`
    : `${inUnit(from)} – ${inUnit(to)}`;
}

const unitOf = (seconds: number): number => (seconds >= 3_600 ? 3_600 : seconds >= 60 ? 60 : 1);
const units: Readonly<Record<number, string>> = { 1: 's', 60: 'min', 3600: 'h' };
const inUnit = (seconds: number): string => `${Math.round(seconds / unitOf(seconds))} ${units[unitOf(seconds)]}`;

/** Draws waiting times by range, with the outcome of the contacts. */
export function Waits({ rows }: { rows: readonly Row[] }) {
  const ranges = rows.map((row) => rangeLabel(numberOf(row.from_seconds) ?? 0, numberOf(row.to_seconds)));
  const points = series.flatMap((each) =>
    rows.map((row, index) => ({ range: ranges[index] ?? '', count: numberOf(row[each.name]) ?? 0, ...each })),
  );
  const draw = (): Plot.PlotOptions => ({
    height: 26 * rows.length + 40,
    marginLeft: 92,
    marginRight: 40,
    x: { label: null, grid: true, ticks: 4, tickFormat: formatNumber },
    y: { label: null, domain: ranges, tickSize: 0 },
    marks: [
      Plot.barX(points, {
        x: 'count',
        y: 'range',
        fill: 'color',
        z: 'name',
        insetTop: 2,
        insetBottom: 2,
        title: (point) => `${point.range}\n${formatNumber(point.count)} ${point.word}`,
        tip: { fill: 'var(--card)', stroke: 'var(--line)' },
      }),
      Plot.ruleX([0], { stroke: 'var(--line)' }),
    ],
  });
  return <PlotChart draw={draw} of={[rows]} label="How long contacts waited, answered and abandoned" />;
}
