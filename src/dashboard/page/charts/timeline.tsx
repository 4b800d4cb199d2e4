import * as Plot from '@observablehq/plot';
import { go } from '../lib/address.js';
import { formatTime, formatTimeExact } from '../lib/format.js';
import { PlotChart } from './plot.js';

/** A stretch of time in a lane of a timeline. Times are local text. */
export interface Stretch {
  readonly lane: string;
  readonly from: string;
  readonly to: string;
  readonly label: string;
  readonly color: string;
  /** A page to go to. */
  readonly href?: string;
  /** Written after it. */
  readonly note?: string;
}

export interface TimelineProps {
  readonly stretches: readonly Stretch[];
  readonly lanes: readonly string[];
  readonly label: string;
  /** Seconds matter: conversations are short, days are long. */
  readonly isExact?: boolean;
}

const laneHeight = 26;
/** Below this there is room for short names only. */
const narrowWidth = 600;
const timeOf = (local: string): Date => new Date(`${local}Z`);

/** Draws lanes of spans one below the other over one axis of time. */
export function Timeline({ stretches, lanes, label, isExact = false }: TimelineProps) {
  const write = isExact ? formatTimeExact : formatTime;
  const title = (stretch: Stretch) => `${stretch.label}\n${write(stretch.from)} – ${write(stretch.to)}`;
  const notes = stretches.filter(({ note }) => note !== undefined);
  const draw = (width: number): Plot.PlotOptions => ({
    height: laneHeight * lanes.length + 34,
    marginLeft: width < narrowWidth ? 98 : 150,
    marginRight: notes.length === 0 ? 16 : width < narrowWidth ? 84 : 160,
    x: {
      type: 'utc',
      label: null,
      grid: true,
      ticks: Math.max(2, Math.floor(width / (isExact ? 130 : 90))),
      tickFormat: (at: Date) => write(at.toISOString()),
    },
    y: {
      label: null,
      domain: [...lanes],
      tickSize: 0,
      tickFormat: (lane: string) => cut(lane, width < narrowWidth ? 11 : 22),
    },
    marks: [
      Plot.barX(stretches, {
        x1: (stretch: Stretch) => timeOf(stretch.from),
        x2: (stretch: Stretch) => timeOf(stretch.to),
        y: 'lane',
        fill: (stretch: Stretch) => stretch.color,
        insetTop: 3,
        insetBottom: 3,
      }),
      Plot.text(notes, {
        x: (stretch: Stretch) => timeOf(stretch.to),
        y: 'lane',
        text: (stretch: Stretch) => cut(stretch.note ?? '', width < narrowWidth ? 12 : 24),
        textAnchor: 'start',
        dx: 6,
        fill: 'var(--ink)',
        stroke: 'var(--card)',
        strokeWidth: 3,
      }),
      Plot.tip(
        stretches,
        Plot.pointer({
          x1: (stretch: Stretch) => timeOf(stretch.from),
          x2: (stretch: Stretch) => timeOf(stretch.to),
          y: 'lane',
          title,
          fill: 'var(--card)',
          stroke: 'var(--line)',
        }),
      ),
    ],
  });
  const pick = (datum: unknown) => {
    const { href } = (datum ?? {}) as Partial<Stretch>;
    if (href !== undefined) go(href);
  };
  return <PlotChart draw={draw} of={[stretches, lanes]} label={label} onPick={pick} />;
}

const cut = (text: string, lengthMax: number): string =>
  text.length > lengthMax ? `${text.slice(0, lengthMax - 1)}…` : text;
