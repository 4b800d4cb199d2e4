import * as Plot from '@observablehq/plot';
import { numberOf, type Row, textOf } from '../lib/api.js';
import { formatNumber } from '../lib/format.js';
import { causeLabel, mediaLabel } from '../lib/labels.js';
import { PlotChart } from './plot.js';

const groupsMax = 20;
export const causePalette = [
  '--leak',
  '--hold',
  '--acw',
  '--abandoned',
  '--flow-out',
  '--queue',
  '--talk',
  '--answered',
].map((name) => `var(${name})`);

/** The leaks of each queue, media type or agent, one upon the other; the groups with the most of them first. */
export function CauseStacks({ rows, by }: { rows: readonly Row[]; by: string }) {
  const causes = causesOf(rows);
  const sums = new Map<string, number>();
  for (const row of rows) {
    const name = groupLabel(row, by);
    sums.set(name, (sums.get(name) ?? 0) + (numberOf(row.session_count) ?? 0));
  }
  const groups = [...sums]
    .sort((a, b) => b[1] - a[1])
    .slice(0, groupsMax)
    .map(([name]) => name);
  const points = rows.map((row) => ({
    group: groupLabel(row, by),
    cause: textOf(row.wrapup_cause),
    count: numberOf(row.session_count) ?? 0,
  }));
  const draw = (width: number): Plot.PlotOptions => ({
    height: 26 * groups.length + 40,
    marginLeft: width < 500 ? 110 : 170,
    marginRight: 24,
    x: { label: null, grid: true, ticks: 5, tickFormat: formatNumber },
    y: {
      label: null,
      domain: groups,
      tickSize: 0,
      tickFormat: (name: string) => (name.length > 26 ? `${name.slice(0, 25)}…` : name),
    },
    marks: [
      Plot.barX(
        points.filter(({ group }) => groups.includes(group)),
        {
          x: 'count',
          y: 'group',
          z: 'cause',
          fill: ({ cause }) => causePalette[causes.indexOf(cause) % causePalette.length],
          order: causes,
          insetTop: 3,
          insetBottom: 3,
          title: ({ group, cause, count }) => `${group}\n${formatNumber(count)} ${causeLabel(cause)}`,
          tip: { fill: 'var(--card)', stroke: 'var(--line)' },
        },
      ),
      Plot.ruleX([0], { stroke: 'var(--line)' }),
    ],
  });
  return <PlotChart draw={draw} of={[rows, by]} label={`Missing codes that were to be expected, by ${by}`} />;
}

/** The most frequent first, so that a cause has one colour in the picture and in its legend. */
export function causesOf(rows: readonly Row[]): string[] {
  const sums = new Map<string, number>();
  for (const row of rows) {
    const cause = textOf(row.wrapup_cause);
    sums.set(cause, (sums.get(cause) ?? 0) + (numberOf(row.session_count) ?? 0));
  }
  return [...sums].sort((a, b) => b[1] - a[1]).map(([cause]) => cause);
}

export function groupLabel(row: Row, by: string): string {
  if (row.group_name === null) return by === 'queue' ? 'No queue' : 'None';
  return by === 'media' ? mediaLabel(textOf(row.group_name)) : textOf(row.group_name);
}
