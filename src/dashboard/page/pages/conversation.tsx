import { ConversationTimeline } from '../charts/conversation-timeline.js';
import { useFacts } from '../facts.js';
import { type Answer, numberOf, type Row, rowsOf, textOf, usePath, useQuery } from '../lib/api.js';
import { formatDay, formatDuration, formatLocal, formatTimeExact } from '../lib/format.js';
import { causeLabel, labelOf, mediaLabel } from '../lib/labels.js';
import { kindOf, kindsOf } from '../lib/work-kinds.js';
import type { TableColumn } from '../parts/data-table.js';
import { Figure } from '../parts/figure.js';
import { Legend } from '../parts/legend.js';
import { Empty, Fault } from '../parts/notice.js';
import { PageHead } from '../parts/page-head.js';
import { Tile } from '../parts/tile.js';

/** Everything about one conversation, in order. */
export function ConversationPage({ id }: { id: string }) {
  const { access } = useFacts();
  const values = { conversation: id };
  const answer = useQuery('conversation', values);
  const timeline = useQuery('conversation-timeline', values);
  const sessions = useQuery('conversation-sessions', values);
  const legs = useQuery('conversation-legs', values);
  const [row] = rowsOf(answer.result);
  if (answer.result !== undefined && row === undefined)
    return (
      <>
        <PageHead title="Conversation" note={<a href="/conversations">All conversations</a>} />
        <Empty>No conversation of this id is stored, or its division is not yours to see.</Empty>
      </>
    );
  return (
    <>
      <PageHead title={titleOf(row)} note={<Note id={id} row={row} />} />
      <Fault answer={answer} />
      <Verdict row={row} sessions={rowsOf(sessions.result)} />
      <Metrics answer={answer} row={row} />
      <Figure
        title="What happened"
        note={<Legend items={kindsOf(new Set(rowsOf(timeline.result).map(({ kind }) => textOf(kind))))} />}
        answer={timeline}
        query="conversation-timeline"
        values={values}
        columns={timelineColumns}
        chart={<ConversationTimeline rows={rowsOf(timeline.result)} />}
        empty="Neither a queue nor an agent took part."
      />
      <Figure
        title="Agents"
        answer={sessions}
        query="conversation-sessions"
        values={values}
        columns={sessionColumns}
        empty="No agent took part."
      />
      <Figure
        title="Queues"
        answer={legs}
        query="conversation-legs"
        values={values}
        columns={legColumns}
        empty="It was in no queue."
      />
      {access.isPersonal && <Personal values={values} />}
      {access.isOwner && <Record id={id} />}
    </>
  );
}

function titleOf(row: Row | undefined): string {
  return row === undefined ? 'Conversation' : `Conversation of ${formatDay(textOf(row.started_local))}`;
}

function Note({ id, row }: { id: string; row: Row | undefined }) {
  const media = textOf(row?.media_types).split(',').map(mediaLabel).join(', ');
  const ended = textOf(row?.ended_local);
  return (
    <>
      <a href="/conversations">All conversations</a> · <code>{id}</code>
      {row !== undefined && (
        <>
          {' '}
          · {textOf(row.originating_direction)} · {media} · {formatTimeExact(textOf(row.started_local))} –{' '}
          {ended === ''
            ? 'still open'
            : ended.slice(0, 10) === textOf(row.started_local).slice(0, 10)
              ? formatTimeExact(ended)
              : formatLocal(ended)}
        </>
      )}
    </>
  );
}

/** Says in words which code it has, or why it has none and what to do about it. */
function Verdict({ row, sessions }: { row: Row | undefined; sessions: readonly Row[] }) {
  const causes = useQuery(row?.wrapup_cause ? 'cause-list' : undefined, {});
  const missing = sessions.filter((session) => session.is_coded !== true);
  const cause = rowsOf(causes.result).find((each) => each.wrapup_cause === row?.wrapup_cause);
  if (row === undefined) return null;
  if (sessions.length === 0 && cause === undefined) return null;
  return (
    <section class="card verdict">
      <h2>Wrap-up</h2>
      {sessions
        .filter((session) => session.is_coded === true)
        .map((session, index) => (
          <p key={index}>
            {textOf(session.user_name)} gave the code <strong>{textOf(session.wrapup_name)}</strong>.
          </p>
        ))}
      {missing.map((session, index) => (
        <Missing key={index} who={`${textOf(session.user_name) || 'An agent'} gave no code`} {...reasonOf(session)} />
      ))}
      {sessions.length === 0 && cause !== undefined && <Missing who="No agent took part" {...reasonOf(cause)} />}
    </section>
  );
}

interface Reason {
  readonly cause: string;
  readonly meaning: string;
  readonly action: string;
  readonly ruled: string;
}

function reasonOf(row: Row): Reason {
  const isRuled = row.wrapup_source === 'rule' || row.wrapup_source === 'survey';
  return {
    cause: textOf(row.wrapup_cause),
    meaning: textOf(row.meaning),
    action: textOf(row.action),
    ruled: isRuled ? textOf(row.effective_wrapup_name) : '',
  };
}

function Missing({ who, cause, meaning, action, ruled }: Reason & { who: string }) {
  return (
    <div>
      <p>
        {who}: <strong>{causeLabel(cause)}</strong>. {meaning}
      </p>
      {ruled !== '' && (
        <p>
          In reports it counts as <strong>{ruled}</strong>, by a rule.
        </p>
      )}
      <p class="remedy">{action}</p>
    </div>
  );
}

const metrics = [
  'duration_seconds',
  'ivr_seconds',
  'acd_seconds',
  'talk_seconds',
  'hold_seconds',
  'acw_seconds',
  'handle_seconds',
  'transferred_count',
];

const metricLabels: Readonly<Record<string, string>> = {
  duration_seconds: 'Length',
  ivr_seconds: 'In flows',
  acd_seconds: 'In queues',
};

function Metrics({ answer, row }: { answer: Answer; row: Row | undefined }) {
  return (
    <ul class="tiles is-small">
      {metrics.map((name) => (
        <Tile
          key={name}
          name={name}
          label={metricLabels[name] ?? labelOf(name)}
          column={answer.result?.columns.find((column) => column.name === name)}
          value={row === undefined ? null : numberOf(row[name])}
        />
      ))}
    </ul>
  );
}

/** Columns that identify participants: for a role that may see personal data. */
function Personal({ values }: { values: { conversation: string } }) {
  const attributes = useQuery('conversation-attributes', values);
  const addresses = useQuery('conversation-addresses', values);
  return (
    <>
      <Figure
        title="Addresses"
        answer={addresses}
        query="conversation-addresses"
        values={values}
        empty="No address is stored."
      />
      <Figure
        title="Attributes"
        answer={attributes}
        query="conversation-attributes"
        values={values}
        empty="No attribute is stored."
      />
    </>
  );
}

/** The record as Genesys sent it, for the role that may see all of it. */
function Record({ id }: { id: string }) {
  const answer = usePath<{ record: unknown }>(`/api/conversations/${id}/record`);
  return (
    <section class="card">
      <details class="numbers">
        <summary>The record as JSON</summary>
        <Fault answer={answer} />
        {answer.result !== undefined && <pre>{JSON.stringify(answer.result.record, null, 2)}</pre>}
      </details>
    </section>
  );
}

const timelineColumns: readonly TableColumn[] = [
  { name: 'from_local', label: 'From', render: (row) => formatTimeExact(textOf(row.from_local)) },
  { name: 'to_local', label: 'To', render: (row) => formatTimeExact(textOf(row.to_local)) },
  { name: 'lane', label: 'Who' },
  {
    name: 'kind',
    label: 'What',
    render: (row) => kindOf(textOf(row.kind)).label,
  },
  { name: 'media_type', label: 'Media', render: (row) => mediaLabel(textOf(row.media_type)) },
  { name: 'disconnect_type', label: 'Ended by' },
  { name: 'wrapup_name', label: 'Wrap-up code' },
];

const sessionColumns: readonly TableColumn[] = [
  { name: 'started_local', label: 'Start', render: (row) => formatTimeExact(textOf(row.started_local)) },
  {
    name: 'user_name',
    render: (row) => (
      <a href={`/agents/${textOf(row.user_id)}?day=${textOf(row.started_local).slice(0, 10)}`}>
        {textOf(row.user_name) || 'Unknown'}
      </a>
    ),
  },
  { name: 'queue_name' },
  { name: 'media_type', label: 'Media', render: (row) => mediaLabel(textOf(row.media_type)) },
  { name: 'direction', label: 'Direction' },
  { name: 'alert_seconds', label: 'Alert' },
  { name: 'talk_seconds', label: 'Talk' },
  { name: 'hold_seconds', label: 'Hold' },
  { name: 'acw_seconds', label: 'ACW' },
  { name: 'handle_seconds', label: 'Handle time' },
  { name: 'disconnect_type', label: 'Ended by' },
  {
    name: 'wrapup_name',
    label: 'Wrap-up code',
    render: (row) =>
      row.is_coded === true ? (
        textOf(row.wrapup_name)
      ) : (
        <span class="missing">{causeLabel(textOf(row.wrapup_cause))}</span>
      ),
  },
];

const legColumns: readonly TableColumn[] = [
  { name: 'started_local', label: 'Start', render: (row) => formatTimeExact(textOf(row.started_local)) },
  { name: 'queue_name', render: (row) => <a href={`/queues/${textOf(row.queue_id)}`}>{textOf(row.queue_name)}</a> },
  { name: 'media_type', label: 'Media', render: (row) => mediaLabel(textOf(row.media_type)) },
  {
    name: 'wait_seconds',
    label: 'Wait',
    render: (row) => (row.wait_seconds === null ? '–' : formatDuration(Number(row.wait_seconds))),
  },
  { name: 'outcome', label: 'Outcome', render: (row) => textOf(row.outcome).replaceAll('_', ' ') },
  { name: 'flow_out_type', label: 'Flow-out' },
];
