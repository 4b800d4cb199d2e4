import {
  type Dashboard,
  DashboardBuilder,
  QueryVariableBuilder,
  VariableRefresh,
} from '@grafana/grafana-foundation-sdk/dashboard';
import type { QueryText } from '../../src/postgres/dashboard/query-text.js';
import { barPanel, type PromSpec, promPanel, promStat, seriesPanel, tablePanel } from './panels.js';
import { type Shown, warehouse } from './targets.js';

type Queries = ReadonlyMap<string, QueryText>;

export interface DashboardFile {
  readonly name: string;
  readonly dashboard: Dashboard;
}

/** The three dashboards, from the named queries of the page. */
export function grafanaDashboards(queries: Queries): DashboardFile[] {
  return [
    { name: 'queues-and-agents', dashboard: queuesAndAgents(queries) },
    { name: 'wrapup', dashboard: wrapup(queries) },
    { name: 'operations', dashboard: operations() },
  ];
}

function queryOf(queries: Queries, name: string): QueryText {
  const query = queries.get(name);
  if (query === undefined) throw new Error(`There is no query ${name}.`);
  return query;
}

const shown = (columns: Readonly<Record<string, string>>): Shown[] =>
  Object.entries(columns).map(([column, label]) => ({ column, label }));

function begin(uid: string, title: string, description: string): DashboardBuilder {
  return new DashboardBuilder(title)
    .uid(`genesys-warehouse-${uid}`)
    .description(description)
    .tags(['genesys-warehouse'])
    .timezone('browser')
    .refresh('5m')
    .readonly();
}

/** A list to choose from; nothing chosen means all. */
function listVariable(name: string, label: string, sql: string): QueryVariableBuilder {
  return new QueryVariableBuilder(name)
    .label(label)
    .datasource(warehouse)
    .query(sql)
    .definition(sql)
    .refresh(VariableRefresh.OnDashboardLoad)
    .multi(true)
    .includeAll(true)
    .current({ selected: true, text: ['All'], value: ['$__all'] });
}

/** Grafana takes a column called __text as what is shown and __value as what is meant. */
export const variableQueries = {
  queue: 'select queue_name as __text, queue_id::text as __value from mart.dim_queues where not is_deleted order by 1',
  media: 'select distinct media_type as __value, media_type as __text from mart.rpt_queue_days order by 1',
} as const;

function withLists(builder: DashboardBuilder): DashboardBuilder {
  return builder
    .withVariable(listVariable('queue', 'Queue', variableQueries.queue))
    .withVariable(listVariable('media', 'Media type', variableQueries.media));
}

function queuesAndAgents(queries: Queries): Dashboard {
  const intervals = queryOf(queries, 'queue-intervals');
  const time = 'interval_start_local';
  const builder = begin(
    'queues',
    'Genesys: queues and agents',
    'Contacts, service level, waits and agents, as Genesys counts them.',
  )
    .time({ from: 'now-7d', to: 'now' })
    .withPanel(
      seriesPanel({
        query: intervals,
        title: 'Contacts',
        time,
        isStacked: true,
        columns: shown({ answered_count: 'Answered', abandoned_count: 'Abandoned', flow_out_count: 'Flow-out' }),
      }),
    )
    .withPanel(
      seriesPanel({
        query: intervals,
        title: 'Service level',
        time,
        columns: shown({ service_level_rate: 'Service level', abandon_rate: 'Abandon rate' }),
      }),
    )
    .withPanel(
      seriesPanel({
        query: intervals,
        title: 'Handle time (AHT)',
        time,
        columns: shown({ average_handle_seconds: 'AHT' }),
      }),
    )
    .withPanel(
      seriesPanel({
        query: intervals,
        title: 'Wait until answer (ASA)',
        time,
        columns: shown({ average_answer_seconds: 'ASA' }),
      }),
    )
    .withPanel(
      tablePanel({
        query: queryOf(queries, 'queues'),
        title: 'Queues and media types',
        columns: shown({
          queue_name: 'Queue',
          media_type: 'Media type',
          offered_count: 'Offered',
          answered_count: 'Answered',
          abandoned_count: 'Abandoned',
          service_level_rate: 'Service level',
          target_rate: 'Target',
          in_target_rate: 'Intervals in target',
          average_answer_seconds: 'ASA',
          average_handle_seconds: 'AHT',
        }),
      }),
    )
    .withPanel(
      tablePanel({
        query: queryOf(queries, 'agents'),
        title: 'Agents',
        given: { grain: 'day', step: 'total' },
        columns: shown({
          user_name: 'Agent',
          team_name: 'Team',
          handled_count: 'Handled',
          average_handle_seconds: 'AHT',
          average_acw_seconds: 'After-call work',
          on_queue_seconds: 'On queue',
          occupancy_rate: 'Occupancy',
          not_responding_seconds: 'Not responding',
        }),
      }),
    );
  return withLists(builder).build();
}

function wrapup(queries: Queries): Dashboard {
  const days = queryOf(queries, 'wrapup-days');
  const causes = queryOf(queries, 'wrapup-causes');
  const builder = begin('wrapup', 'Genesys: wrap-up codes', 'Which wrap-up codes are missing, and why.')
    .time({ from: 'now-28d', to: 'now' })
    .withPanel(
      seriesPanel({
        query: days,
        title: 'Coverage',
        time: 'day',
        columns: shown({
          due_rate: 'Of what should have one',
          asked_rate: 'Of what could have one',
          all_rate: 'Of all sessions',
        }),
      }),
    )
    .withPanel(
      seriesPanel({
        query: days,
        title: 'Sessions',
        time: 'day',
        isStacked: true,
        columns: shown({ coded_count: 'Coded', leak_count: 'Leaks', expected_count: 'Without a code, expected' }),
      }),
    )
    .withPanel(
      barPanel({
        query: causes,
        title: 'Why codes are missing',
        given: { by: 'none' },
        columns: shown({ wrapup_cause: 'Cause', session_count: 'Sessions' }),
      }),
    )
    .withPanel(
      tablePanel({
        query: causes,
        title: 'What to do about it',
        given: { by: 'none' },
        width: 12,
        columns: shown({ wrapup_cause: 'Cause', is_expected: 'Expected', session_count: 'Sessions', action: 'Remedy' }),
      }),
    )
    .withPanel(
      tablePanel({
        query: causes,
        title: 'By queue',
        given: { by: 'queue' },
        columns: shown({
          group_name: 'Queue',
          wrapup_cause: 'Cause',
          session_count: 'Sessions',
          session_rate: 'Share',
        }),
      }),
    );
  return withLists(builder).build();
}

const stats: readonly PromSpec[] = [
  {
    title: 'Ready',
    expression: 'genesys_warehouse_ready',
    legend: '',
    unit: 'none',
    description: '1 where the process serves and its database is of its version.',
  },
  {
    title: 'Slices failing',
    expression: 'sum(genesys_warehouse_slices_failing)',
    legend: '',
    unit: 'short',
    description: 'Pulls of which the latest attempt failed.',
  },
  {
    title: 'Records not stored',
    expression: 'sum(genesys_warehouse_dead_letters)',
    legend: '',
    unit: 'short',
    description: 'Dead letters.',
  },
  {
    title: 'Allowance used',
    expression:
      'rate(genesys_warehouse_api_requests_total[5m]) * 60 / genesys_warehouse_api_allowance_requests_per_minute',
    legend: '',
    unit: 'percentunit',
    description: 'Requests a minute against the allowance.',
  },
];

const series: readonly PromSpec[] = [
  {
    title: 'Age of the data',
    expression: 'genesys_warehouse_stream_watermark_age_seconds',
    legend: '{{stream}}',
    unit: 's',
    description: 'Seconds since the instant before which everything has been pulled.',
  },
  {
    title: 'Slices due',
    expression: 'genesys_warehouse_slices_due',
    legend: '{{stream}}',
    unit: 'short',
    description: 'Pulls that are due now.',
  },
  {
    title: 'Requests a minute',
    expression: 'rate(genesys_warehouse_api_requests_total[5m]) * 60',
    legend: 'requests',
    unit: 'short',
    description: 'Requests to Genesys.',
  },
  {
    title: 'Retries a minute',
    expression: 'rate(genesys_warehouse_api_retries_total[5m]) * 60',
    legend: 'retries',
    unit: 'short',
    description: 'Requests repeated after a fault.',
  },
  {
    title: 'Rows changed a minute',
    expression: 'rate(genesys_warehouse_rows_changed_total[5m]) * 60',
    legend: '{{stream}}',
    unit: 'short',
    description: 'Records stored for the first time or again.',
  },
  {
    title: 'Length of a tick',
    expression: 'genesys_warehouse_last_tick_seconds',
    legend: 'tick',
    unit: 's',
    description: 'How long the last run of the scheduler took.',
  },
];

function operations(): Dashboard {
  const builder = begin(
    'operations',
    'Genesys: operations of the warehouse',
    'From /metrics of the service port.',
  ).time({ from: 'now-24h', to: 'now' });
  for (const spec of stats) builder.withPanel(promStat(spec));
  for (const spec of series) builder.withPanel(promPanel(spec));
  return builder.build();
}
