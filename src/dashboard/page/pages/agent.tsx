import { AgentDay, agentDayKeys } from '../charts/agent-day.js';
import { useFacts } from '../facts.js';
import { type Address, hrefOf } from '../lib/address.js';
import { type Answer, numberOf, type Row, rowsOf, textOf, useQuery } from '../lib/api.js';
import { addDays } from '../lib/days.js';
import { formatDay, formatLocal, formatTime, formatTimeExact, nothing } from '../lib/format.js';
import { causeLabel, mediaLabel } from '../lib/labels.js';
import { lookOf } from '../lib/statuses.js';
import type { TableColumn } from '../parts/data-table.js';
import { DaySteps } from '../parts/day-steps.js';
import { Figure } from '../parts/figure.js';
import { Legend } from '../parts/legend.js';
import { PageHead } from '../parts/page-head.js';
import { Tile } from '../parts/tile.js';

const daysShown = 28;

/** One agent: a day as a timeline, and the four weeks before it. */
export function AgentPage({ address, id }: { address: Address; id: string }) {
  const { today } = useFacts();
  const given = address.query.get('day') ?? address.query.get('to')?.slice(0, 10);
  const day = given === undefined || given > today ? addDays(today, -1) : given;
  const values = { user: id, day };
  const agent = useQuery('agent', { user: id });
  const days = useQuery('agent-days', { user: id, from: addDays(day, -daysShown + 1), to: day });
  const statuses = useQuery('agent-statuses', values);
  const sessions = useQuery('agent-sessions', values);
  const segments = useQuery('agent-segments', values);
  const [who] = rowsOf(agent.result);
  const about = [who?.title, who?.team_name, who?.division_name]
    .map((part) => textOf(part))
    .filter((part) => part !== '');
  return (
    <>
      <PageHead
        title={textOf(who?.user_name) || 'Agent'}
        note={
          <>
            <a href={hrefOf('/agents', { from: day, to: day })}>All agents</a>
            {about.length > 0 && ` · ${about.join(' · ')}`}
          </>
        }
      >
        <DaySteps address={address} day={day} />
      </PageHead>
      <DayTiles answer={days} day={day} statuses={rowsOf(statuses.result)} />
      <Figure
        title={formatDay(day)}
        note={<Legend items={agentDayKeys} />}
        answer={statuses}
        query="agent-statuses"
        values={values}
        columns={statusColumns}
        chart={<AgentDay statuses={rowsOf(statuses.result)} segments={rowsOf(segments.result)} />}
        empty="Nothing is known of this agent on this day."
      />
      <Figure
        title="Conversations of the day"
        note="What began or lasted on this day; conversations that began on earlier days have their date."
        answer={sessions}
        query="agent-sessions"
        values={values}
        columns={sessionColumns(day)}
        sort={{ name: 'started_local', isDown: true }}
        empty="The agent took part in no conversation on this day."
      />
      <Figure
        title="Day by day"
        note="The four weeks up to this day."
        answer={days}
        query="agent-days"
        values={{ user: id, from: addDays(day, -daysShown + 1), to: day }}
        columns={dayColumns(address)}
        sort={{ name: 'day', isDown: true }}
        empty="Nothing is known of this agent in these four weeks."
      />
    </>
  );
}

const figures = [
  { name: 'handled_count', label: 'Handled' },
  { name: 'average_handle_seconds', label: 'AHT' },
  { name: 'occupancy_rate', label: 'Occupancy' },
  { name: 'on_queue_seconds', label: 'On queue' },
  { name: 'logged_in_seconds', label: 'Logged in' },
  { name: 'not_responding_seconds', label: 'Not responding' },
];

function DayTiles({ answer, day, statuses }: { answer: Answer; day: string; statuses: readonly Row[] }) {
  const row = rowsOf(answer.result).find((each) => each.day === day);
  const online = statuses.filter((each) => each.status_kind === 'presence' && each.status !== 'OFFLINE');
  const [first, last] = [textOf(online[0]?.shown_from_local), textOf(online.at(-1)?.shown_to_local)];
  return (
    <ul class="tiles is-small">
      {figures.map(({ name, label }) => (
        <Tile
          key={name}
          name={name}
          label={label}
          column={answer.result?.columns.find((column) => column.name === name)}
          value={row === undefined ? null : numberOf(row[name])}
        />
      ))}
      <li class="tile">
        <h3>First and last presence</h3>
        <p class="value is-text">{first === '' ? nothing : `${formatTime(first)} – ${formatTime(last)}`}</p>
      </li>
    </ul>
  );
}

const statusColumns: readonly TableColumn[] = [
  { name: 'shown_from_local', label: 'From', render: (row) => formatTimeExact(textOf(row.shown_from_local)) },
  { name: 'shown_to_local', label: 'To', render: (row) => formatTimeExact(textOf(row.shown_to_local)) },
  { name: 'shown_seconds', label: 'Length' },
  {
    name: 'status_kind',
    label: 'Kind',
    render: (row) => (row.status_kind === 'presence' ? 'Presence' : 'Routing status'),
  },
  { name: 'status', label: 'Status', render: (row) => lookOf(textOf(row.status_kind), textOf(row.status)).label },
  { name: 'organization_presence_name', label: 'Own presence' },
];

function sessionColumns(day: string): readonly TableColumn[] {
  return [
    {
      name: 'started_local',
      label: 'Start',
      render: (row) => (
        <a href={`/conversations/${textOf(row.conversation_id)}`}>{startOf(textOf(row.started_local), day)}</a>
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
    {
      name: 'wrapup_name',
      label: 'Wrap-up code',
      render: (row) =>
        row.wrapup_cause === null ? (
          textOf(row.wrapup_name)
        ) : (
          <span class="missing">{causeLabel(textOf(row.wrapup_cause))}</span>
        ),
    },
  ];
}

/** The time of the day, with its date where it began on another. */
const startOf = (local: string, day: string): string =>
  local.slice(0, 10) === day ? formatTimeExact(local) : formatLocal(local);

function dayColumns(address: Address): readonly TableColumn[] {
  return [
    {
      name: 'day',
      render: (row) => <a href={hrefOf(address.path, { day: textOf(row.day) })}>{formatDay(textOf(row.day))}</a>,
    },
    { name: 'handled_count', label: 'Handled', isBar: true },
    { name: 'average_handle_seconds' },
    { name: 'average_acw_seconds', label: 'ACW' },
    { name: 'logged_in_seconds', label: 'Logged in' },
    { name: 'on_queue_seconds', label: 'On queue' },
    { name: 'occupancy_rate', label: 'Occupancy' },
    { name: 'not_responding_seconds', label: 'Not responding' },
    { name: 'alert_count', label: 'Alerts' },
    { name: 'answered_count', label: 'Answered' },
  ];
}
