/** The queries on each relation of the marts: a month of every report, a day and a queue of every fact, a star join, a preview. */

export interface Query {
  readonly name: string;
  readonly sql: string;
  readonly msMax: number;
}

const reportMsMax = 1_000;
const factMsMax = 100;
const starMsMax = 300;
const previewMsMax = 100;
const day = '2026-04-15';
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

/** The facts with the columns by which they join queues and users. */
const stars: readonly (readonly [fact: string, queue: string | null, user: string | null])[] = [
  ['fct_conversations', 'last_queue_id', null],
  ['fct_agent_sessions', 'queue_id', 'user_id'],
  ['fct_queue_legs', 'queue_id', 'answer_user_id'],
  ['fct_wrapups', 'queue_id', 'user_id'],
  ['fct_surveys', 'queue_id', 'user_id'],
  ['fct_evaluations', 'queue_id', 'user_id'],
  ['fct_queue_intervals', 'queue_id', null],
  ['fct_queue_direction_intervals', 'queue_id', null],
  ['fct_agent_intervals', null, 'user_id'],
  ['fct_agent_queue_intervals', 'queue_id', 'user_id'],
  ['fct_presence_intervals', null, 'user_id'],
  ['fct_wrapup_intervals', 'queue_id', 'user_id'],
  ['fct_flow_outcomes', null, null],
  ['fct_agent_statuses', null, 'user_id'],
];

/** Builds the query that a tool sends when somebody clicks one day, a queue's and an agent's name, and a count. */
function star([fact, queue, user]: (typeof stars)[number]): Query {
  const names = ['dates.weekday_name'];
  const joins = [`inner join mart.dim_dates as dates on dates.day = facts.day`];
  if (queue !== null) {
    names.push('queues.queue_name');
    joins.push(`left join mart.dim_queues as queues on queues.queue_id = facts.${queue}`);
  }
  if (user !== null) {
    names.push('users.user_name');
    joins.push(`left join mart.dim_users as users on users.user_id = facts.${user}`);
  }
  return {
    name: `${fact}, star join of one day`,
    sql: `select ${names.join(', ')}, count(*) from mart.${fact} as facts ${joins.join(' ')}
      where dates.day = '${day}' group by ${names.join(', ')}`,
    msMax: starMsMax,
  };
}

/** Builds the query that a tool sends to preview a relation. */
export function preview(relation: string): Query {
  return { name: `${relation}, preview`, sql: `select * from mart.${relation} limit 100`, msMax: previewMsMax };
}

const reports = [
  'rpt_wrapup_causes',
  'rpt_wrapup_conversations',
  'rpt_wrapup_coverage',
  'rpt_handle_times',
  'rpt_queue_days',
  'rpt_agent_days',
  'rpt_agent_queue_days',
  'rpt_presence_days',
];

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
    ...reports.map(report),
    fact('fct_conversations', 'started_at', `first_queue_id = '${queueId}'`),
    ...['fct_agent_sessions', 'fct_queue_legs', 'fct_wrapups'].map((name) => fact(name, 'started_at', ofQueue)),
    ...['fct_surveys', 'fct_evaluations'].map((name) => fact(name, 'event_at', ofQueue)),
    ...[
      'fct_queue_intervals',
      'fct_queue_direction_intervals',
      'fct_agent_queue_intervals',
      'fct_wrapup_intervals',
    ].map((name) => fact(name, 'interval_start_at', ofQueue)),
    fact('fct_agent_intervals', 'interval_start_at', ofTeam, team),
    fact('fct_presence_intervals', 'interval_start_at', ofTeam, team),
    fact('fct_agent_statuses', 'started_at', ofTeam, team),
    fact('fct_flow_outcomes', 'interval_start_at', `flow_id = '${flowId}'`, 'flow'),
    ...stars.map(star),
  ];
}
