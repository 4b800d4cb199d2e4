/** What is asked of each relation of the marts: a month of every report, a day and a queue of every fact. */

export interface Query {
  readonly name: string;
  readonly sql: string;
  readonly msMax: number;
}

const reportMsMax = 1_000;
const factMsMax = 100;
const month = `day >= '2026-04-01' and day < '2026-05-01'`;
const within = (column: string) => `${column} >= '2026-04-15' and ${column} < '2026-04-16'`;

const report = (name: string): Query => ({
  name: `${name}, one month`,
  sql: `select * from mart.${name} where ${month}`,
  msMax: reportMsMax,
});

const fact = (name: string, time: string, condition: string, whose = 'queue'): Query => ({
  name: `${name}, one day and ${whose}`,
  sql: `select * from mart.${name} where ${within(time)} and ${condition}`,
  msMax: factMsMax,
});

export interface Asked {
  readonly queueId: string;
  readonly flowId: string;
  /** A team: relations of agents have no queue. */
  readonly userIds: readonly string[];
}

export function queries({ queueId, flowId, userIds }: Asked): readonly Query[] {
  const ofQueue = `queue_id = '${queueId}'`;
  const ofTeam = `user_id = any('{${userIds.join(',')}}')`;
  const team = `${userIds.length} agents`;
  return [
    ...['rpt_wrapup_causes', 'rpt_handle_times', 'rpt_queue_days', 'rpt_agent_days'].map(report),
    fact('fct_conversations', 'started_at', `first_queue_id = '${queueId}'`),
    ...['fct_agent_sessions', 'fct_queue_legs', 'fct_wrapups'].map((name) => fact(name, 'started_at', ofQueue)),
    ...['fct_surveys', 'fct_evaluations'].map((name) => fact(name, 'event_at', ofQueue)),
    ...['fct_queue_intervals', 'fct_wrapup_intervals'].map((name) => fact(name, 'interval_start_at', ofQueue)),
    fact('fct_agent_intervals', 'interval_start_at', ofTeam, team),
    fact('fct_agent_statuses', 'started_at', ofTeam, team),
    fact('fct_flow_outcomes', 'interval_start_at', `flow_id = '${flowId}'`, 'flow'),
  ];
}
