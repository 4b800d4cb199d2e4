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
  /** Thinner, drawn over the rest of the same lane. */
  readonly isThin?: boolean;
  /** A page to go to. */
  readonly href?: string;
}

export interface TimelineProps {
  readonly stretches: readonly Stretch[];
  readonly lanes: readonly string[];
  readonly label: string;
  /** Seconds matter: conversations are short, days are long. */
  readonly isExact?: boolean;
}

const laneHeight = 26;
const timeOf = (local: string): Date => new Date(`${local}Z`);

/** Draws lanes of spans one below the other over one axis of time. */
export function Timeline({ stretches, lanes, label, isExact = false }: TimelineProps) {
  const write = isExact ? formatTimeExact : formatTime;
  const title = (stretch: Stretch) => `${stretch.label}\n${write(stretch.from)} – ${write(stretch.to)}`;
  const marks = (isThin: boolean) =>
    Plot.barX(
      stretches.filter((stretch) => (stretch.isThin === true) === isThin),
      {
        x1: (stretch: Stretch) => timeOf(stretch.from),
        x2: (stretch: Stretch) => timeOf(stretch.to),
        y: 'lane',
        fill: (stretch: Stretch) => stretch.color,
        insetTop: isThin ? 8 : 3,
        insetBottom: isThin ? 8 : 3,
      },
    );
  const draw = (width: number): Plot.PlotOptions => ({
    height: laneHeight * lanes.length + 34,
    marginLeft: width < 600 ? 92 : 150,
    marginRight: 16,
    x: {
      type: 'utc',
      label: null,
      grid: true,
      ticks: Math.max(2, Math.floor(width / (isExact ? 130 : 90))),
      tickFormat: (at: Date) => write(at.toISOString()),
    },
    y: { label: null, domain: [...lanes], tickSize: 0, tickFormat: (lane: string) => cut(lane, width < 600 ? 14 : 22) },
    marks: [
      marks(false),
      marks(true),
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
