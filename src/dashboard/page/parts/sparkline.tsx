const width = 160;
const height = 40;
const pad = 3;

interface Points {
  readonly minute: number;
  readonly value: number | null;
}

/** The day's curve over the one of a week before. It repeats what the table of the page says, so it has only a short name. */
export function Sparkline({
  day,
  before,
  label,
}: {
  day: readonly Points[];
  before: readonly Points[];
  label: string;
}) {
  const values = [...day, ...before].map(({ value }) => value ?? 0);
  const top = Math.max(...values, 0);
  if (values.length === 0 || top === 0) return <div class="sparkline is-empty" />;
  return (
    <svg class="sparkline" viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" role="img" aria-label={label}>
      <path class="before" d={pathOf(before, top)} />
      <path class="day" d={pathOf(day, top)} />
    </svg>
  );
}

/** Broken where there is no value. */
function pathOf(points: readonly Points[], top: number): string {
  let isPen = false;
  return points
    .map(({ minute, value }) => {
      if (value === null) {
        isPen = false;
        return '';
      }
      const x = (minute / 1_440) * width;
      const y = height - pad - (value / top) * (height - 2 * pad);
      const step = `${isPen ? 'L' : 'M'}${x.toFixed(1)} ${y.toFixed(1)}`;
      isPen = true;
      return step;
    })
    .join('');
}
