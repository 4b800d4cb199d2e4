import { CauseStacks, causePalette, causesOf, groupLabel } from '../charts/cause-stacks.js';
import { Trend } from '../charts/trend.js';
import { useFacts } from '../facts.js';
import { type Address, go, hrefOf, listOf, withChange } from '../lib/address.js';
import { type Answer, numberOf, rowsOf, textOf, useQuery, type Values } from '../lib/api.js';
import { useMediaOptions, useQueueOptions, useUserOptions } from '../lib/choices.js';
import { addDays, spanOf } from '../lib/days.js';
import { formatRate, nothing } from '../lib/format.js';
import { causeLabel } from '../lib/labels.js';
import { CauseBars } from '../parts/cause-bars.js';
import { Choice } from '../parts/choice.js';
import { Figure } from '../parts/figure.js';
import { Legend } from '../parts/legend.js';
import { Empty } from '../parts/notice.js';
import { PageHead } from '../parts/page-head.js';
import { PickList } from '../parts/pick-list.js';
import { SpanPicker } from '../parts/span-picker.js';
import { Term } from '../parts/term.js';

const groups = [
  { id: 'queue', label: 'By queue' },
  { id: 'media', label: 'By media type' },
  { id: 'user', label: 'By agent' },
];

/** Shows missing wrap-up codes, their causes and remedies. */
export function WrapupPage({ address }: { address: Address }) {
  const { today } = useFacts();
  const { from, to } = spanOf(address.query, today);
  const values = {
    from,
    to,
    queues: listOf(address.query, 'queues'),
    media: listOf(address.query, 'media'),
    users: listOf(address.query, 'users'),
  };
  const days = useQuery('wrapup-days', values);
  return (
    <>
      <PageHead title="Wrap-up" note="Agent sessions and their wrap-up codes, and why codes are missing.">
        <SpanPicker address={address} />
        <Filters address={address} />
      </PageHead>
      <Rates answer={days} />
      <CoverageTrend answer={days} values={values} />
      <Causes address={address} values={values} />
      <Stacks address={address} values={values} />
      <Codes values={values} />
    </>
  );
}

function Filters({ address }: { address: Address }) {
  const filters = [
    { what: 'queues', name: 'queues', options: useQueueOptions() },
    { what: 'media types', name: 'media', options: useMediaOptions() },
    { what: 'agents', name: 'users', options: useUserOptions() },
  ];
  return (
    <>
      {filters.map(({ what, name, options }) => (
        <PickList
          key={name}
          what={what}
          options={options}
          chosen={listOf(address.query, name)}
          onChange={(ids) => go(withChange(address, { [name]: ids }), 'replace')}
        />
      ))}
    </>
  );
}

const rates = [
  {
    name: 'due_rate',
    label: 'Of what should have one',
    over: ['coded_count'],
    under: ['coded_count', 'leak_count'],
    color: 'var(--talk)',
  },
  {
    name: 'asked_rate',
    label: 'Of what could have one',
    over: ['asked_coded_count'],
    under: ['asked_count'],
    color: 'var(--answered)',
  },
  {
    name: 'all_rate',
    label: 'Of all agent sessions',
    over: ['coded_count'],
    under: ['session_count'],
    color: 'var(--before)',
  },
] as const;

/** The three rates over the whole span, from counts: never the mean of days. */
function Rates({ answer }: { answer: Answer }) {
  const rows = rowsOf(answer.result);
  const sum = (names: readonly string[]) =>
    rows.reduce((total, row) => total + names.reduce((part, name) => part + (numberOf(row[name]) ?? 0), 0), 0);
  const ruled = { due_rate: 'ruled_leak_count', asked_rate: 'asked_ruled_count', all_rate: 'ruled_count' } as const;
  return (
    <ul class="tiles is-three">
      {rates.map(({ name, label, over, under }) => {
        const [coded, base] = [sum(over), sum(under)];
        const after = coded + sum([ruled[name]]);
        return (
          <li class="tile" key={name}>
            <h3>
              <Term column={answer.result?.columns.find((column) => column.name === name)}>{label}</Term>
            </h3>
            <p class="value" data-figure={name}>
              {base === 0 ? nothing : formatRate(coded / base)}
            </p>
            <p class="change">
              {base === 0 ? '' : after === coded ? 'no code by rules' : `after rules ${formatRate(after / base)}`}
            </p>
          </li>
        );
      })}
    </ul>
  );
}

function CoverageTrend({ answer, values }: { answer: Answer; values: Values }) {
  return (
    <Figure
      title="Coverage over time"
      note={<Legend items={rates} />}
      answer={answer}
      query="wrapup-days"
      values={values}
      chart={
        <Trend
          rows={rowsOf(answer.result)}
          time="day"
          series={rates}
          kind="lines"
          label="Three rates of coverage by day"
        />
      }
      empty="No agent took part in a conversation in this span."
    />
  );
}

function Causes({ address, values }: { address: Address; values: Values }) {
  const answer = useQuery('wrapup-causes', { ...values, by: 'none' });
  const rows = rowsOf(answer.result);
  const leaks = rows.filter((row) => row.is_expected === false);
  const expected = rows.filter((row) => row.is_expected === true);
  const href = (cause: string) => conversationsHref(address, values, cause);
  return (
    <div class="columns">
      <section class="card" aria-busy={answer.isLoading}>
        <header>
          <div>
            <h2>Leaks</h2>
            <p class="note">A code was to be expected. Each leads to its conversations.</p>
          </div>
        </header>
        {leaks.length === 0 ? (
          <Empty>No code is missing that should be there.</Empty>
        ) : (
          <CauseBars rows={leaks} tone="leak" hrefOf={href} />
        )}
      </section>
      <section class="card" aria-busy={answer.isLoading}>
        <header>
          <div>
            <h2>Expected</h2>
            <p class="note">No code was to be expected, for these reasons.</p>
          </div>
        </header>
        {expected.length === 0 ? (
          <Empty>There is none in this span.</Empty>
        ) : (
          <CauseBars rows={expected} tone="expected" hrefOf={href} />
        )}
      </section>
    </div>
  );
}

function conversationsHref(address: Address, values: Values, cause: string): string {
  const query = new URLSearchParams({
    from: `${values.from}T00:00`,
    to: `${addDays(String(values.to), 1)}T00:00`,
    causes: cause,
  });
  for (const name of ['queues', 'media', 'users']) {
    const given = address.query.get(name);
    if (given !== null) query.set(name, given);
  }
  return hrefOf('/conversations', query);
}

function Stacks({ address, values }: { address: Address; values: Values }) {
  const by = groups.find(({ id }) => id === address.query.get('by'))?.id ?? 'queue';
  const answer = useQuery('wrapup-causes', { ...values, by });
  const leaks = rowsOf(answer.result).filter((row) => row.is_expected === false);
  const causes = causesOf(leaks);
  return (
    <Figure
      title="Where the leaks are"
      note={
        <Legend
          items={causes.map((cause, index) => ({
            name: cause,
            label: causeLabel(cause),
            color: causePalette[index % causePalette.length] ?? 'var(--leak)',
          }))}
        />
      }
      answer={answer}
      query="wrapup-causes"
      values={{ ...values, by }}
      columns={[
        { name: 'group_name', label: groupHead(by), render: (row) => groupLabel(row, by) },
        { name: 'wrapup_cause', render: (row) => causeLabel(textOf(row.wrapup_cause)) },
        { name: 'is_expected', label: 'Expected' },
        { name: 'session_count', label: 'Sessions' },
        { name: 'ruled_count', label: 'Coded by rules' },
        { name: 'group_session_count', label: 'All sessions' },
        { name: 'session_rate', label: 'Share' },
      ]}
      chart={leaks.length === 0 ? <Empty>No leak in this span.</Empty> : <CauseStacks rows={leaks} by={by} />}
      controls={
        <Choice
          label="Group of the leaks"
          options={groups}
          value={by}
          onChange={(id) => go(withChange(address, { by: id }), 'replace')}
        />
      }
    />
  );
}

function Codes({ values }: { values: Values }) {
  const answer = useQuery('wrapup-codes', values);
  return (
    <Figure
      title="Codes in use"
      answer={answer}
      query="wrapup-codes"
      values={values}
      columns={[
        { name: 'effective_wrapup_name', label: 'Wrap-up code' },
        { name: 'session_count', label: 'Sessions', isBar: true },
        { name: 'ruled_count', label: 'By rules' },
        { name: 'average_handle_seconds' },
        { name: 'median_handle_seconds', label: 'Median' },
      ]}
      sort={{ name: 'session_count', isDown: true }}
      empty="No code was given in this span."
    />
  );
}

const groupHead = (by: string): string => ({ queue: 'Queue', media: 'Media type', user: 'Agent' })[by] ?? 'Group';
