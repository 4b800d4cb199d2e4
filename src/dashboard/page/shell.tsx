import type { ComponentChildren } from 'preact';
import { useFacts } from './facts.js';
import type { Address } from './lib/address.js';
import { numberOf, type Row, rowsOf, textOf, useQuery } from './lib/api.js';
import { formatDayShort, formatTime } from './lib/format.js';

const freshnessMs = 60_000;
/** Pulls come every half hour or so; what is older than this is worth a look. */
const lateSeconds = 2 * 3_600;

export const sections = [
  { path: '/', label: 'Today' },
  { path: '/queues', label: 'Queues' },
  { path: '/agents', label: 'Agents' },
  { path: '/wrapup', label: 'Wrap-up' },
  { path: '/conversations', label: 'Conversations' },
  { path: '/trust', label: 'Trust' },
  { path: '/report', label: 'Report' },
] as const;

export function sectionOf(path: string): (typeof sections)[number] | undefined {
  return sections.find(
    (section) => section.path === path || (section.path !== '/' && path.startsWith(`${section.path}/`)),
  );
}

/** Frames every page with links to the others and the freshness of the data. */
export function Shell({ address, children }: { address: Address; children: ComponentChildren }) {
  const current = sectionOf(address.path);
  const { version, timeZone, access } = useFacts();
  return (
    <>
      <a class="skip" href="#content">
        Skip to the content
      </a>
      <header class="top">
        <a class="brand" href="/">
          <img src="/favicon.svg" alt="" width="24" height="24" />
          <span>Genesys Warehouse</span>
        </a>
        <nav aria-label="Pages">
          <ul>
            {sections.map(({ path, label }) => (
              <li key={path}>
                <a href={path} aria-current={current?.path === path ? 'page' : undefined}>
                  {label}
                </a>
              </li>
            ))}
          </ul>
        </nav>
        <Freshness />
      </header>
      <main id="content">{children}</main>
      <footer class="bottom">
        <span>Times in {timeZone}</span>
        <span>Reads as {access.role}</span>
        <span>genesys-warehouse {version}</span>
      </footer>
    </>
  );
}

function Freshness() {
  const { today } = useFacts();
  const answer = useQuery('page-freshness', {}, freshnessMs);
  const [row] = rowsOf(answer.result);
  if (answer.error !== undefined && answer.result === undefined)
    return (
      <a class="freshness is-bad" href="/trust">
        Data cannot be read
      </a>
    );
  if (row === undefined) return <span class="freshness" />;
  const until = textOf(row.until_local);
  if (until === '')
    return (
      <a class="freshness is-late" href="/trust">
        No data yet
      </a>
    );
  const when = until.slice(0, 10) === today ? formatTime(until) : `${formatDayShort(until)} ${formatTime(until)}`;
  const { text, tone } =
    answer.error === undefined ? stateOf(row) : { text: 'the database does not answer', tone: 'is-bad' };
  return (
    <a class={`freshness ${tone}`} href="/trust">
      Data until {when}, {text}
    </a>
  );
}

function stateOf(row: Row): { text: string; tone: string } {
  const outage = textOf(row.outage_since_local);
  if (outage !== '')
    return { text: `no contact with Genesys since ${formatDayShort(outage)} ${formatTime(outage)}`, tone: 'is-bad' };
  const failing = numberOf(row.failing_slice_count) ?? 0;
  if (failing > 0) return { text: `${failing} pulls fail`, tone: 'is-bad' };
  const lag = numberOf(row.lag_seconds) ?? 0;
  if (lag > lateSeconds) return { text: `${Math.round(lag / 3_600)} hours old`, tone: 'is-late' };
  return { text: 'complete', tone: 'is-good' };
}
