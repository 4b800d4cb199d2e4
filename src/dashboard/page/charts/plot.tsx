import * as Plot from '@observablehq/plot';
import { useEffect, useRef, useState } from 'preact/hooks';

export interface PlotChartProps {
  /** Draws for a width in pixels; made again when it or `of` changes. */
  readonly draw: (width: number) => Plot.PlotOptions;
  /** Values that the drawing depends on. */
  readonly of: readonly unknown[];
  readonly label: string;
  /** Opens the target of the datum under the pointer. For the mouse alone: the table has the links. */
  readonly onPick?: (datum: unknown) => void;
}

const font = 'inherit';

/** A chart as SVG. Its name is for people who cannot see it; the numbers are in the table beside it. */
export function PlotChart({ draw, of, label, onPick }: PlotChartProps) {
  const home = useRef<HTMLDivElement>(null);
  const width = useWidth(home);
  useEffect(() => {
    if (home.current === null || width === 0) return;
    const drawn = Plot.plot({
      width,
      ...draw(width),
      ariaLabel: label,
      style: { fontFamily: font, fontSize: '12px', background: 'none', overflow: 'visible' },
    });
    // Plot writes the few rules of its own into the drawing; they are in our style sheet, which the policy of the page allows.
    for (const style of drawn.querySelectorAll('style')) style.remove();
    const svg = drawn instanceof SVGSVGElement ? drawn : drawn.querySelector('svg');
    // One picture with one name: its parts have none.
    svg?.setAttribute('role', 'img');
    for (const part of svg?.querySelectorAll('[aria-label]') ?? []) part.removeAttribute('aria-label');
    if (onPick !== undefined) drawn.addEventListener('click', () => onPick((drawn as { value?: unknown }).value));
    home.current.replaceChildren(drawn);
  }, [width, label, ...of]);
  return <div class="chart" ref={home} />;
}

function useWidth(home: { current: HTMLElement | null }): number {
  const [width, setWidth] = useState(0);
  useEffect(() => {
    if (home.current === null) return;
    const observer = new ResizeObserver(([entry]) => setWidth(Math.floor(entry?.contentRect.width ?? 0)));
    observer.observe(home.current);
    return () => observer.disconnect();
  }, []);
  return width;
}
