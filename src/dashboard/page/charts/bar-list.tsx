import * as Plot from '@observablehq/plot';
import { numberOf, type Row } from '../lib/api.js';
import { formatFigure } from '../lib/format.js';
import { PlotChart } from './plot.js';

const barsMax = 30;

/** The largest of a figure, one bar a row. */
export function BarList(props: { rows: readonly Row[]; name: string; labelOf: (row: Row) => string; label: string }) {
  const { rows, name, labelOf, label } = props;
  const points = rows
    .map((row, index) => ({ key: `${index}`, text: labelOf(row), value: numberOf(row[name]) }))
    .filter((point): point is { key: string; text: string; value: number } => point.value !== null)
    .sort((a, b) => b.value - a.value)
    .slice(0, barsMax);
  const texts = new Map(points.map(({ key, text }) => [key, text]));
  const draw = (width: number): Plot.PlotOptions => ({
    height: 24 * points.length + 30,
    marginLeft: width < 500 ? 120 : 220,
    marginRight: 70,
    x: { axis: null, zero: true },
    y: {
      label: null,
      domain: points.map(({ key }) => key),
      tickSize: 0,
      tickFormat: (key: string) => cut(texts.get(key) ?? '', width < 500 ? 16 : 32),
    },
    marks: [
      Plot.barX(points, { x: 'value', y: 'key', fill: 'var(--accent)', insetTop: 3, insetBottom: 3 }),
      Plot.text(points, {
        x: 'value',
        y: 'key',
        text: ({ value }) => formatFigure(name, value),
        textAnchor: 'start',
        dx: 6,
      }),
      Plot.ruleX([0], { stroke: 'var(--line)' }),
    ],
  });
  return <PlotChart draw={draw} of={[rows, name]} label={label} />;
}

const cut = (text: string, lengthMax: number): string =>
  text.length > lengthMax ? `${text.slice(0, lengthMax - 1)}…` : text;
