import { type Row, textOf } from '../lib/api.js';
import { formatDay } from '../lib/format.js';
import { Legend } from '../parts/legend.js';

const states = [
  { name: 'whole', label: 'Whole', color: 'var(--good)' },
  { name: 'partly', label: 'Partly', color: 'var(--flow-out)' },
  { name: 'not_asked', label: 'Not asked for', color: 'var(--line)' },
] as const;

/** Draws a line of squares for each stream, one square a local day, coloured by how much of the day has been pulled. */
export function CoverageCalendar({ rows }: { rows: readonly Row[] }) {
  const streams = [...new Set(rows.map((row) => textOf(row.stream)))];
  return (
    <>
      <Legend items={states} />
      <dl class="calendar">
        {streams.map((stream) => (
          <StreamDays key={stream} stream={stream} days={rows.filter((row) => row.stream === stream)} />
        ))}
      </dl>
    </>
  );
}

function StreamDays({ stream, days }: { stream: string; days: readonly Row[] }) {
  return (
    <div>
      <dt>{stream}</dt>
      <dd>
        <span role="img" aria-label={`${stream}: ${summaryOf(days)}`}>
          {days.map((row) => (
            <i
              key={textOf(row.day)}
              style={{ '--key': colorOf(row) }}
              title={`${formatDay(textOf(row.day))}: ${wordsOf(row)}`}
            />
          ))}
        </span>
      </dd>
    </div>
  );
}

const colorOf = (row: Row): string => states.find(({ name }) => name === row.state)?.color ?? 'var(--line)';
const wordsOf = (row: Row): string => textOf(row.state).replaceAll('_', ' ');

function summaryOf(days: readonly Row[]): string {
  return states
    .map(({ name, label }) => ({ label: label.toLowerCase(), count: days.filter((row) => row.state === name).length }))
    .filter(({ count }) => count > 0)
    .map(({ label, count }) => `${count} ${count === 1 ? 'day' : 'days'} ${label}`)
    .join(', ');
}
