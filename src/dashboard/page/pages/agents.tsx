import { AgentTimes, agentsMax, timeSeries } from '../charts/agent-times.js';
import { useFacts } from '../facts.js';
import { type Address, go, hrefOf, listOf, withChange } from '../lib/address.js';
import { type Answer, rowsOf, textOf, useQuery, type Values } from '../lib/api.js';
import { useDivisionOptions, useTeamOptions, useUserOptions } from '../lib/choices.js';
import { isWholeDays, momentSpanOf } from '../lib/moments.js';
import type { TableColumn } from '../parts/data-table.js';
import { Figure } from '../parts/figure.js';
import { Legend } from '../parts/legend.js';
import { MomentPicker } from '../parts/moment-picker.js';
import { PageHead } from '../parts/page-head.js';
import { PickList } from '../parts/pick-list.js';

const steps = [
  { id: 'total', label: 'In total' },
  { id: 'month', label: 'By month' },
  { id: 'week', label: 'By week' },
  { id: 'day', label: 'By day' },
  { id: 'hour', label: 'By hour' },
  { id: 'interval', label: 'By interval' },
];

/** A set of agents over any span: the report that is also a file. */
export function AgentsPage({ address }: { address: Address }) {
  const { today } = useFacts();
  const span = momentSpanOf(address.query, today, 'yesterday');
  const step = steps.find(({ id }) => id === address.query.get('step'))?.id ?? 'total';
  const isByDay = isWholeDays(span) && step !== 'hour' && step !== 'interval';
  const values = {
    grain: isByDay ? 'day' : 'interval',
    step,
    from: span.from,
    to: span.to,
    users: listOf(address.query, 'users'),
    divisions: listOf(address.query, 'divisions'),
    teams: listOf(address.query, 'teams'),
  };
  const agents = useQuery('agents', values);
  return (
    <>
      <PageHead title="Agents" note="Genesys' own figures of handlings and statuses.">
        <MomentPicker address={address} fallback="yesterday" />
        <AgentFilters address={address} />
      </PageHead>
      {step === 'total' && <TimeOnQueue answer={agents} values={values} />}
      <Figure
        title="Agents"
        note={isByDay ? 'Whole days.' : 'Single intervals, so that any time of day can be chosen.'}
        answer={agents}
        query="agents"
        values={values}
        columns={columnsFor(step)}
        controls={
          <label>
            <span class="hidden">Step</span>
            <select
              value={step}
              onChange={(event) => go(withChange(address, { step: event.currentTarget.value }), 'replace')}
            >
              {steps.map(({ id, label }) => (
                <option key={id} value={id}>
                  {label}
                </option>
              ))}
            </select>
          </label>
        }
        empty="No agent was logged in or handled anything in this span."
      />
    </>
  );
}

/** Time on queue as a picture, of whole spans only. */
function TimeOnQueue({ answer, values }: { answer: Answer; values: Values }) {
  const rows = rowsOf(answer.result);
  return (
    <Figure
      title="Time on queue"
      note={
        <>
          <Legend items={timeSeries} />
          {rows.length > agentsMax && (
            <>
              <br />
              The {agentsMax} agents with the most of it; the numbers have all.
            </>
          )}
        </>
      }
      answer={answer}
      query="agents"
      values={values}
      columns={timeColumns}
      sort={{ name: 'on_queue_seconds', isDown: true }}
      chart={<AgentTimes rows={rows} />}
      empty="No agent was logged in or handled anything in this span."
    />
  );
}

function AgentFilters({ address }: { address: Address }) {
  const filters = [
    { what: 'agents', name: 'users', options: useUserOptions() },
    { what: 'teams', name: 'teams', options: useTeamOptions() },
    { what: 'divisions', name: 'divisions', options: useDivisionOptions() },
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

const nameColumn: TableColumn = {
  name: 'user_name',
  render: (row) => {
    const day = textOf(row.step_local).slice(0, 10);
    return <a href={hrefOf(`/agents/${textOf(row.user_id)}`, { day })}>{textOf(row.user_name)}</a>;
  },
};

const timeColumns: readonly TableColumn[] = [
  nameColumn,
  { name: 'on_queue_seconds', label: 'On queue' },
  { name: 'interacting_seconds', label: 'Interacting' },
  { name: 'idle_seconds', label: 'Idle' },
  { name: 'not_responding_seconds', label: 'Not responding' },
  { name: 'occupancy_rate', label: 'Occupancy' },
];

function columnsFor(step: string): readonly TableColumn[] {
  return [
    ...(step === 'total' ? [] : [{ name: 'step_local', label: 'From' }]),
    nameColumn,
    { name: 'team_name', label: 'Team' },
    { name: 'handled_count', label: 'Handled', isBar: true },
    { name: 'average_handle_seconds' },
    { name: 'average_talk_seconds', label: 'Talk' },
    { name: 'average_hold_seconds', label: 'Hold' },
    { name: 'average_acw_seconds', label: 'ACW' },
    { name: 'logged_in_seconds', label: 'Logged in' },
    { name: 'on_queue_seconds', label: 'On queue' },
    { name: 'occupancy_rate', label: 'Occupancy' },
    { name: 'not_responding_seconds', label: 'Not responding' },
    { name: 'outbound_count', label: 'Outbound' },
  ];
}
