import * as Plot from '@observablehq/plot';
import { numberOf, type Row, textOf } from '../lib/api.js';
import { formatDuration } from '../lib/format.js';
import { PlotChart } from './plot.js';

const hourSeconds = 3_600;
/** Limits the bars to what can be read as a picture; the table has all. */
export const agentsMax = 30;

export const timeSeries = [
  { name: 'interacting_seconds', label: 'Interacting', color: 'var(--talk)' },
  { name: 'idle_seconds', label: 'Idle', color: 'var(--ivr)' },
  { name: 'not_responding_seconds', label: 'Not responding', color: 'var(--alert)' },
];

/** Draws the use of time on queue, one bar per agent, the longest first. */
export function AgentTimes({ rows }: { rows: readonly Row[] }) {
  const shown = [...rows]
    .sort((a, b) => (numberOf(b.on_queue_seconds) ?? 0) - (numberOf(a.on_queue_seconds) ?? 0))
    .slice(0, agentsMax);
  const labels = distinctNames(shown);
  const points = timeSeries.flatMap((series) =>
    shown.map((row, index) => ({
      agent: labels[index] ?? '',
      seconds: numberOf(row[series.name]) ?? 0,
      label: series.label,
      color: series.color,
    })),
  );
  const draw = (width: number): Plot.PlotOptions => ({
    height: 22 * shown.length + 44,
    marginLeft: width < 500 ? 110 : 160,
    marginRight: 24,
    x: {
      label: 'hours',
      labelAnchor: 'center',
      labelArrow: 'none',
      grid: true,
      ticks: 6,
      transform: (seconds: number) => seconds / hourSeconds,
    },
    y: {
      label: null,
      domain: labels,
      tickSize: 0,
      tickFormat: (label: string) => (label.length > 24 ? `${label.slice(0, 23)}…` : label),
    },
    marks: [
      Plot.barX(points, {
        x: 'seconds',
        y: 'agent',
        fill: (point) => point.color,
        z: 'label',
        insetTop: 2,
        insetBottom: 2,
        title: (point) => `${point.agent}\n${point.label} ${formatDuration(point.seconds)}`,
        tip: { fill: 'var(--card)', stroke: 'var(--line)' },
      }),
      Plot.ruleX([0], { stroke: 'var(--line)' }),
    ],
  });
  return <PlotChart draw={draw} of={[rows]} label="Time on queue by agent: interacting, idle, not responding" />;
}

/** Two people of one name keep two bars. */
function distinctNames(rows: readonly Row[]): string[] {
  const seen = new Map<string, number>();
  return rows.map((row) => {
    const name = textOf(row.user_name);
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    return count === 1 ? name : `${name} (${count})`;
  });
}
