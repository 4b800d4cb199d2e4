import type { ComponentChildren } from 'preact';
import type { ResultColumn } from '../../../model/mart-query.js';
import { formatFigure, nothing } from '../lib/format.js';
import { Term } from './term.js';

export interface TileProps {
  readonly name: string;
  readonly label: string;
  readonly column: ResultColumn | undefined;
  readonly value: number | null;
  readonly before?: number | null;
  /** The better direction; absent where neither is. */
  readonly better?: 'more' | 'less';
  readonly detail?: ComponentChildren;
  readonly children?: ComponentChildren;
}

/** One figure: its name with its definition, its value, how it differs from before, and its curve. */
export function Tile({ name, label, column, value, before, better, detail, children }: TileProps) {
  return (
    <li class="tile">
      <h3>
        <Term column={column}>{label}</Term>
      </h3>
      <p class="value" data-figure={name}>
        {value === null ? nothing : formatFigure(name, value)}
      </p>
      <p class="change">
        {before !== undefined && <Difference {...{ name, value, before, better }} />}
        {detail}
      </p>
      {children}
    </li>
  );
}

function Difference(props: { name: string; value: number | null; before: number | null; better: TileProps['better'] }) {
  const { name, value, before, better } = props;
  if (value === null || before === null) return null;
  const difference = value - before;
  const isBetter = difference === 0 || better === undefined ? undefined : difference > 0 === (better === 'more');
  const tone = isBetter === undefined ? 'same' : isBetter ? 'better' : 'worse';
  const sign = difference > 0 ? '+' : difference < 0 ? '−' : '±';
  const size = Math.abs(difference);
  const text = name.endsWith('_rate') ? `${(size * 100).toFixed(1)} points` : formatFigure(name, size);
  return (
    <span class={tone}>
      {sign}
      {text} <span class="against">vs {formatFigure(name, before)}</span>
    </span>
  );
}
