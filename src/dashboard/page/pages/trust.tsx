import { CoverageCalendar } from '../charts/coverage-calendar.js';
import { useFacts } from '../facts.js';
import type { Address } from '../lib/address.js';
import { type Answer, numberOf, type Row, rowsOf, textOf, useQuery } from '../lib/api.js';
import { spanOf } from '../lib/days.js';
import { formatDuration, formatLocal, formatNumber, formatRate, nothing } from '../lib/format.js';
import type { TableColumn } from '../parts/data-table.js';
import { Figure } from '../parts/figure.js';
import { PageHead } from '../parts/page-head.js';
import { SpanPicker } from '../parts/span-picker.js';

const refreshMs = 60_000;

/** Shows whether the figures of the other pages can be trusted, and open problems. */
export function TrustPage({ address }: { address: Address }) {
  const { today } = useFacts();
  const { from, to } = spanOf(address.query, today, 'last-28');
  const streams = useQuery('trust-streams', {}, refreshMs);
  const gaps = useQuery('trust-gaps', {}, refreshMs);
  const days = useQuery('trust-days', { from, to });
  const reconciliation = useQuery('trust-reconciliation', { from, to });
  const restatements = useQuery('trust-restatements', { from, to });
  return (
    <>
      <PageHead title="Trust" note="How far the data reaches, what is missing, and what Genesys changed afterwards.">
        <SpanPicker address={address} fallback="last-28" />
      </PageHead>
      <Outage />
      <Verdicts {...{ streams, gaps, reconciliation, restatements }} />
      <Figure
        title="Streams"
        note="Each is pulled on its own; what is final will not change any more."
        answer={streams}
        query="trust-streams"
        values={{}}
        columns={streamColumns}
        empty="No stream was ever pulled: run genesys-warehouse sync."
      />
      <Figure
        title="Days"
        note="How much of each day has been pulled. Reports leave out days that are not whole."
        answer={days}
        query="trust-days"
        values={{ from, to }}
        columns={dayColumns}
        chart={<CoverageCalendar rows={rowsOf(days.result)} />}
        empty="No day of this span was asked for: run genesys-warehouse backfill --from … --to …"
      />
      <Figure
        title="Gaps"
        answer={gaps}
        query="trust-gaps"
        values={{}}
        columns={gapColumns}
        empty="Nothing is missing."
      />
      <Figure
        title="Details against Genesys' own aggregates"
        note="The same figures counted twice: from single conversations, and as Genesys counts them."
        answer={reconciliation}
        query="trust-reconciliation"
        values={{ from, to }}
        columns={reconciliationColumns}
        empty="No day of this span was compared: run genesys-warehouse reconcile --from … --to …"
      />
      <Differences from={from} to={to} />
      <Figure
        title="Figures that moved afterwards"
        note="Genesys restated conversations after they were stored; this is what it did to the days that they belong to."
        answer={restatements}
        query="trust-restatements"
        values={{ from, to }}
        columns={restatementColumns}
        empty="Nothing was restated in this span."
      />
      <Requests />
    </>
  );
}

/** Says since when and why Genesys Cloud does not answer, while that lasts. */
function Outage() {
  const [row] = rowsOf(useQuery('page-freshness', {}, refreshMs).result);
  const since = textOf(row?.outage_since_local ?? null);
  if (since === '') return null;
  return (
    <p class="fault" role="status">
      No contact with Genesys Cloud since {formatLocal(since)}: {textOf(row?.outage_reason ?? null)} Nothing is lost:
      what is pending is pulled once Genesys answers.
    </p>
  );
}

interface Verdict {
  readonly title: string;
  readonly text: string;
  readonly tone: 'is-good' | 'is-late' | 'is-bad';
}

/** Answers in one sentence each the questions of a person who is responsible for a figure. */
function Verdicts(props: { streams: Answer; gaps: Answer; reconciliation: Answer; restatements: Answer }) {
  const verdicts = [
    freshnessVerdict(rowsOf(props.streams.result)),
    gapsVerdict(rowsOf(props.gaps.result)),
    comparedVerdict(rowsOf(props.reconciliation.result)),
    restatedVerdict(rowsOf(props.restatements.result)),
  ];
  return (
    <ul class="verdicts">
      {verdicts.map(({ title, text, tone }) => (
        <li key={title} class={`card ${tone}`}>
          <h2>{title}</h2>
          <p>{text}</p>
        </li>
      ))}
    </ul>
  );
}

const sum = (rows: readonly Row[], name: string): number =>
  rows.reduce((total, row) => total + (numberOf(row[name]) ?? 0), 0);

function freshnessVerdict(rows: readonly Row[]): Verdict {
  const failing = sum(rows, 'failing_slice_count');
  const letters = sum(rows, 'dead_letter_count');
  if (rows.length === 0) return { title: 'Freshness', text: 'Nothing was pulled yet.', tone: 'is-late' };
  if (failing > 0)
    return { title: 'Freshness', text: `${failing} pulls fail; the table of gaps says why.`, tone: 'is-bad' };
  const due = sum(rows, 'due_slice_count');
  const stored = letters === 0 ? 'Every record was stored.' : `${formatNumber(letters)} records could not be stored.`;
  const pulls = due === 0 ? 'Nothing is due.' : `${formatNumber(due)} pulls are due.`;
  return { title: 'Freshness', text: `${pulls} ${stored}`, tone: letters > 0 ? 'is-late' : 'is-good' };
}

function gapsVerdict(rows: readonly Row[]): Verdict {
  const missing = rows.filter((row) => row.is_missing === true);
  if (rows.length === 0) return { title: 'Gaps', text: 'No gap in what was asked for.', tone: 'is-good' };
  const text =
    missing.length === 0
      ? `${rows.length} periods wait to be renewed; all have data.`
      : `${missing.length} ${missing.length === 1 ? 'period has' : 'periods have'} no data yet.`;
  return { title: 'Gaps', text, tone: missing.length > 0 ? 'is-late' : 'is-good' };
}

function comparedVerdict(rows: readonly Row[]): Verdict {
  const [equal, different] = [sum(rows, 'equal_count'), sum(rows, 'different_count')];
  const title = 'Against Genesys';
  const notFinal = sum(rows, 'not_final_count');
  if (equal + different === 0 && notFinal > 0) {
    const apart = formatNumber(sum(rows, 'not_final_different_count'));
    return {
      title,
      text: `${formatNumber(notFinal)} figures were compared before they are final; ${apart} differ.`,
      tone: 'is-good',
    };
  }
  if (equal + different === 0) return { title, text: 'Nothing was compared in this span.', tone: 'is-late' };
  const text = `${formatRate(equal / (equal + different))} of ${formatNumber(equal + different)} figures agree with Genesys' own.`;
  return { title, text, tone: different > 0 ? 'is-late' : 'is-good' };
}

function restatedVerdict(rows: readonly Row[]): Verdict {
  const title = 'Restatements';
  if (rows.length === 0) return { title, text: 'Nothing moved after it was stored.', tone: 'is-good' };
  const days = new Set(rows.map((row) => textOf(row.day))).size;
  return { title, text: `Figures of ${days} days moved after they were stored.`, tone: 'is-good' };
}

function Differences({ from, to }: { from: string; to: string }) {
  const answer = useQuery('trust-differences', { from, to });
  if (rowsOf(answer.result).length === 0) return null;
  return <Figure title="Figures that differ" answer={answer} query="trust-differences" values={{ from, to }} />;
}

function Requests() {
  const answer = useQuery('trust-requests', {}, refreshMs);
  return (
    <Figure
      title="Request allowance"
      note="Requests that this warehouse sent to Genesys in the last minute, against what Genesys allows."
      answer={answer}
      query="trust-requests"
      values={{}}
      columns={[
        { name: 'api', label: 'API' },
        { name: 'client', label: 'Client' },
        { name: 'minute_count', label: 'Last minute' },
        { name: 'allowed_count', label: 'Allowed' },
        { name: 'used_rate', label: 'Used' },
        { name: 'total_count', label: 'In all' },
        { name: 'waiting_process_count', label: 'Waiting' },
        { name: 'paused_until_local', label: 'Paused until' },
        { name: 'last_asked_local', label: 'Last request' },
      ]}
      empty="Nothing was asked of Genesys yet."
    />
  );
}

const streamColumns: readonly TableColumn[] = [
  { name: 'stream' },
  { name: 'watermark_local', label: 'Data until' },
  { name: 'lag_seconds', label: 'Behind', render: (row) => age(row.lag_seconds) },
  { name: 'final_until_local', label: 'Final until' },
  { name: 'last_success_local', label: 'Last pull' },
  { name: 'due_slice_count', label: 'Due' },
  { name: 'failing_slice_count', label: 'Failing' },
  { name: 'dead_letter_count', label: 'Not stored' },
  { name: 'record_count', label: 'Records' },
];

const dayColumns: readonly TableColumn[] = [
  { name: 'day' },
  { name: 'stream' },
  { name: 'state', render: (row) => textOf(row.state).replaceAll('_', ' ') },
  { name: 'pass_count', label: 'Pulls' },
  { name: 'is_settled', label: 'Settled' },
  { name: 'is_final', label: 'Final' },
  { name: 'last_pass_local', label: 'Last pull' },
];

const daySeconds = 86_400;

/** Days where hours would be a long number. */
function age(value: Row[string] | undefined): string {
  const seconds = numberOf(value);
  if (seconds === null) return nothing;
  return seconds >= 2 * daySeconds ? `${Math.floor(seconds / daySeconds)} days` : formatDuration(Math.max(0, seconds));
}

const gapColumns: readonly TableColumn[] = [
  { name: 'stream' },
  { name: 'state', render: (row) => textOf(row.state).replaceAll('_', ' ') },
  { name: 'from_local', label: 'From' },
  { name: 'to_local', label: 'To' },
  { name: 'is_missing', label: 'No data' },
  { name: 'attempt_count', label: 'Failed attempts' },
  { name: 'record_count', label: 'Records' },
  { name: 'last_error', label: 'Why' },
];

const reconciliationColumns: readonly TableColumn[] = [
  { name: 'interval_start_local', label: 'From' },
  { name: 'interval_end_local', label: 'To' },
  { name: 'state', render: (row) => textOf(row.state).replaceAll('_', ' ') },
  { name: 'equal_count', label: 'Equal' },
  { name: 'different_count', label: 'Different' },
  { name: 'equal_rate', label: 'Agree' },
  { name: 'not_final_count', label: 'Compared, not final' },
  { name: 'not_final_different_count', label: 'Different, not final' },
  {
    name: 'compared_local',
    label: 'Compared',
    render: (row) => (row.compared_local === null ? nothing : formatLocal(textOf(row.compared_local))),
  },
];

const restatementColumns: readonly TableColumn[] = [
  { name: 'restated_day', label: 'Restated on' },
  { name: 'day', label: 'Day of the figure' },
  { name: 'figure', render: (row) => textOf(row.figure).replaceAll('_', ' ') },
  { name: 'conversation_count', label: 'Conversations' },
  { name: 'moved_by', label: 'Moved by' },
  { name: 'moved_up', label: 'Up' },
  { name: 'moved_down', label: 'Down' },
];
