import type { DemoFigures, QueueFigures, ReconciliationFigures } from '../postgres/demo/figures.js';
import { bar, table } from './app/table.js';

export interface DemoFacts {
  /** A login that reads schema mart only. */
  readonly readerUrl: string;
  readonly apiUrl: string;
  readonly pageUrl: string;
  /** Command that starts this program, or `npm run` with the script that did. */
  readonly demoCall: string;
  /** True where page, database and API keep running until the demo is stopped. */
  readonly isStaying: boolean;
}

/** Renders the figures of the marts as text, with the notes that a reader needs to trust them. */
export function demoReport(figures: DemoFigures, facts: DemoFacts): string {
  return [
    conversationsByMedia(figures),
    coverage(figures),
    causes(figures),
    handleTimes(figures),
    queues(figures),
    reconciliation(figures.reconciliation),
    freshness(figures),
    connecting(facts),
  ].join('\n\n');
}

function conversationsByMedia({ conversations }: DemoFigures): string {
  return titled(
    'Conversations by media type',
    table(
      ['media types', 'conversations', 'still open', 'without an agent'],
      conversations.map((row) => [row.mediaTypes ?? '—', row.conversations, row.open, row.withoutAgent]),
    ),
  );
}

function coverage({ coverage: rows }: DemoFigures): string {
  return titled(
    'Wrap-up coverage: agent sessions with a code',
    table(
      ['media type', 'sessions', 'coded', 'of all', 'of those that could', 'of those that should', ''],
      rows.map(({ mediaType, sessions, codable, coded, leaks }) => {
        const required = share(coded, coded + leaks);
        const rates = [share(coded, sessions), share(coded, codable), required].map(percent);
        return [mediaType, sessions, coded, ...rates, bar(required ?? 0)];
      }),
    ),
  );
}

function causes({ causes: rows }: DemoFigures): string {
  const most = Math.max(1, ...rows.map((row) => row.count));
  return titled(
    'Why a wrap-up code is missing',
    table(
      ['cause', 'count', '', '', 'meaning'],
      rows.map((row) => [
        row.cause,
        row.count,
        bar(row.count / most),
        row.isExpected ? 'expected' : 'leak',
        row.meaning,
      ]),
    ),
  );
}

function handleTimes({ handleTimes: rows }: DemoFigures): string {
  return titled(
    'Handle time by queue (mean: sum over count)',
    table(
      ['queue', 'handled', 'mean', 'median', 'talk', 'after-call work'],
      rows.map((row) => [row.queue, row.handled, clock(row.mean), clock(row.median), clock(row.talk), clock(row.acw)]),
    ),
  );
}

function queues({ queues: rows }: DemoFigures): string {
  const body = table(
    ['queue', 'offered', 'answered', 'abandoned', 'service level'],
    rows.map((row) => [
      row.queue,
      row.offered,
      percent(row.answered),
      percent(row.abandoned),
      percent(row.serviceLevel),
    ]),
  );
  return titled("Queues, by Genesys' own aggregates", rows.some(isAboveOne) ? `${body}\n${aboveOneNote}` : body);
}

const isAboveOne = ({ answered, abandoned }: QueueFigures) => (answered ?? 0) > 1 || (abandoned ?? 0) > 1;
const aboveOneNote =
  'A rate above 100 % is correct: Genesys counts an answer in the interval in which it happens, and some contacts\nwere offered before the first day shown. mart.fct_queue_legs has the rate of the contacts offered in a period.';

function reconciliation(figures: ReconciliationFigures): string {
  const differing = figures.different + figures.notFinalDifferent;
  const equal = figures.equal + figures.notFinal - figures.notFinalDifferent;
  const lines = [
    `${figures.days} days, by half hour, queue, media type and metric: ${count(equal)} figures equal, ${count(differing)} different.`,
  ];
  if (figures.notFinal > 0)
    lines.push(`${count(figures.notFinal)} of them are not final: their slices are pulled again later.`);
  return titled("Conversations compared with Genesys' own aggregates", lines.join('\n'));
}

function freshness({ freshness: rows }: DemoFigures): string {
  return titled(
    'Freshness',
    table(
      ['stream', 'complete until', 'last success', 'due', 'failing', 'dead letters'],
      rows.map((row) => [
        row.stream,
        instant(row.watermarkAt),
        instant(row.lastSuccessAt),
        row.due,
        row.failing,
        row.deadLetters,
      ]),
    ),
  );
}

function connecting({ readerUrl, apiUrl, pageUrl, demoCall, isStaying }: DemoFacts): string {
  const url = new URL(readerUrl);
  const lines = isStaying
    ? [
        `Connect a BI tool: host ${url.hostname}, port ${url.port}, database ${url.pathname.slice(1)}, user ${url.username}, password ${url.password}`,
        `or ${readerUrl} (it reads schema mart). The simulated API is at ${apiUrl}. Ctrl-C stops everything.`,
        '',
        `Look at it: ${pageUrl}`,
      ]
    : [
        `${demoCall} --keep leaves the page, the database and the simulated API running and prints how to connect`,
        'Power BI, Tableau, Metabase or Excel. A second run pulls only what is new.',
        '',
        `With --keep, see it at ${pageUrl}`,
      ];
  return titled('Next', lines.join('\n'));
}

const titled = (title: string, body: string) => `${title}\n${'─'.repeat(title.length)}\n${body}`;
const share = (part: number, whole: number) => (whole === 0 ? null : part / whole);
const percent = (rate: number | null) => (rate === null ? '—' : `${(rate * 100).toFixed(1)} %`);
const count = (figures: number) => figures.toLocaleString('en-US');
const instant = (at: Date | null) => at?.toISOString().replace('.000Z', 'Z') ?? '—';

/** Formats seconds as `4:05`, or as `7:35:00` from an hour on. */
function clock(seconds: number | null): string {
  if (seconds === null) return '—';
  const whole = Math.round(seconds);
  const [hours, minutes] = [Math.floor(whole / 3_600), Math.floor((whole % 3_600) / 60)];
  const padded = String(whole % 60).padStart(2, '0');
  return hours === 0 ? `${minutes}:${padded}` : `${hours}:${String(minutes).padStart(2, '0')}:${padded}`;
}
