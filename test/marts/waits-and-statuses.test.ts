import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ensurePartitions } from '../../src/postgres/schema/partitions.js';
import { id, insertEntity, type Marts, openMarts } from './support.js';

const start = '2026-03-10T09:00:00Z';
const end = '2026-03-10T09:30:00Z';
const statsTables = ['user_aggregates', 'survey_aggregates', 'evaluation_aggregates', 'flow_aggregates'];

let marts: Marts;

async function insertStats(table: string, rows: readonly Record<string, unknown>[]): Promise<void> {
  const stored = rows.map((row) => ({ interval_start: start, interval_end: end, as_of: end, ...row }));
  await marts.rows(
    `insert into genesys.${table} select * from jsonb_populate_recordset(null::genesys.${table}, $1::jsonb)`,
    [JSON.stringify(stored)],
  );
}

beforeAll(async () => {
  marts = await openMarts();
  await ensurePartitions(marts.pool, [Date.parse(start)], new Set(), new Date('2026-12-01'), statsTables);
  const coffee = { presence_id: id(50), name: 'Coffee', system_presence: 'Break' };
  await insertEntity(marts, { relation: 'presences', values: coffee });
  await insertStats('user_aggregates', [
    { user_id: id(1), metric: 'tOrganizationPresence', qualifier: id(50), sum: 300_000 },
    { user_id: id(1), metric: 'tOrganizationPresence', qualifier: id(51), sum: 1_500_000 },
    { user_id: id(1), metric: 'tSystemPresence', qualifier: 'BREAK', sum: 300_000 },
  ]);
  const survey = { queue_id: id(2), user_id: id(1), survey_form_id: id(60), media_type: 'voice' };
  await insertStats('survey_aggregates', [
    { ...survey, metric: 'nSurveysSent', count: 8 },
    { ...survey, metric: 'nSurveyResponses', count: 4 },
    { ...survey, metric: 'nSurveyNpsResponses', count: 4 },
    { ...survey, metric: 'nSurveyNpsPromoters', count: 3 },
    { ...survey, metric: 'nSurveyNpsDetractors', count: 1 },
    { ...survey, metric: 'oSurveyTotalScore', count: 2, sum: 151.5 },
  ]);
  const evaluation = { queue_id: id(2), user_id: id(1), evaluator_id: id(9), form_id: id(61), media_type: 'voice' };
  await insertStats('evaluation_aggregates', [
    { ...evaluation, metric: 'nEvaluations', count: 3 },
    { ...evaluation, metric: 'oTotalScore', count: 2, sum: 170 },
  ]);
  const flow = { flow_id: id(70), flow_type: 'inboundcall', media_type: 'voice' };
  await insertStats('flow_aggregates', [
    { ...flow, metric: 'nFlow', count: 10 },
    { ...flow, metric: 'tFlow', count: 8, sum: 400_000 },
    { ...flow, metric: 'tFlowDisconnect', count: 2, sum: 60_000 },
    { ...flow, metric: 'tFlowExit', count: 6, sum: 340_000 },
  ]);
  await marts.rows(
    `insert into genesys.queue_observations
       (interval_start, observed_at, as_of, queue_id, media_type, metric, count, calculated_metric_value)
     values
       ($1, $2, $2, $3, 'voice', 'oWaiting', 3, null),
       ($1, $2, $2, $3, 'voice', 'oLongestWaiting', 1, $4),
       ($1, $2, $2, $3, null, 'oOnQueueUsers', 5, null)`,
    [start, '2026-03-10T09:00:10Z', id(2), Date.parse('2026-03-10T08:58:40Z')],
  );
});
afterAll(() => marts?.close());

describe('interval relations beside queues and agents', () => {
  test('a presence of the organisation has its seconds, its name and the system presence that it counts as', async () => {
    const rows = await marts.rows(
      `select organization_presence_id, organization_presence_name, status, presence_seconds
       from mart.fct_presence_intervals order by presence_seconds`,
    );
    expect(rows).toEqual([
      {
        organization_presence_id: id(50),
        organization_presence_name: 'Coffee',
        status: 'BREAK',
        presence_seconds: '300.000',
      },
      {
        organization_presence_id: id(51),
        organization_presence_name: null,
        status: null,
        presence_seconds: '1500.000',
      },
    ]);
  });

  test('surveys give response rate, net promoter rate and average score as sums over sums', async () => {
    const [row] = await marts.rows(
      `select sent_count, response_count, response_rate::float8, net_promoter_rate::float8, average_score::float8
       from mart.fct_survey_intervals`,
    );
    expect(row).toEqual({
      sent_count: 8,
      response_count: 4,
      response_rate: 0.5,
      net_promoter_rate: 0.5,
      average_score: 75.75,
    });
  });

  test('evaluations give the average of those with a score', async () => {
    const [row] = await marts.rows(
      'select evaluation_count, scored_count, average_score::float8 from mart.fct_evaluation_intervals',
    );
    expect(row).toEqual({ evaluation_count: 3, scored_count: 2, average_score: 85 });
  });

  test('flows give their time and the share that ended by a disconnect', async () => {
    const [row] = await marts.rows(
      `select flow_count, ended_count, exit_count, average_flow_seconds::float8, disconnect_rate::float8
       from mart.fct_flow_intervals`,
    );
    expect(row).toEqual({
      flow_count: 10,
      ended_count: 8,
      exit_count: 6,
      average_flow_seconds: 50,
      disconnect_rate: 0.25,
    });
  });

  test('a sample of a queue has its counts per media type and those of the queue apart', async () => {
    const rows = await marts.rows(
      `select media_type, waiting_count, on_queue_user_count, longest_wait_seconds::float8
       from mart.fct_queue_observations order by media_type`,
    );
    expect(rows).toEqual([
      { media_type: 'all', waiting_count: null, on_queue_user_count: 5, longest_wait_seconds: null },
      { media_type: 'voice', waiting_count: 3, on_queue_user_count: null, longest_wait_seconds: 90 },
    ]);
  });
});

describe('the present', () => {
  test('of agents is who is not offline, with presence, routing status and how long', async () => {
    await insertEntity(marts, { relation: 'users', values: { user_id: id(1), name: 'Ada' } });
    await marts.rows(
      `insert into genesys.user_presences (user_id, start_time, as_of, system_presence) values
         ($1, now() - interval '10 minutes', now(), 'ON_QUEUE'), ($2, now() - interval '1 hour', now(), 'OFFLINE')`,
      [id(1), id(3)],
    );
    await marts.rows(
      `insert into genesys.user_routing_statuses (user_id, start_time, as_of, routing_status)
       values ($1, now() - interval '2 minutes', now(), 'IDLE')`,
      [id(1)],
    );
    const rows = await marts.rows(
      `select user_name, status, routing_status, round(status_seconds / 60)::int as minutes from mart.rpt_agents_now`,
    );
    expect(rows).toEqual([{ user_name: 'Ada', status: 'ON_QUEUE', routing_status: 'IDLE', minutes: 10 }]);
  });

  test('of queues comes from a fresh sample', async () => {
    await marts.rows(
      `insert into genesys.queue_observations (interval_start, observed_at, as_of, queue_id, media_type, metric, count)
       values (now() - interval '1 minute', now(), now(), $1, 'voice', 'oWaiting', 4)`,
      [id(2)],
    );
    const rows = await marts.rows('select queue_id, media_type, source, waiting_count from mart.rpt_queue_now');
    expect(rows).toEqual([{ queue_id: id(2), media_type: 'voice', source: 'observations', waiting_count: 4 }]);
  });
});
