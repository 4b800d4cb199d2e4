/** The queries on each relation of the marts: a month of every report, a day and a queue of every fact, a star join, a preview, the cookbook's. */
import { readFileSync } from 'node:fs';

export interface Query {
  readonly name: string;
  readonly sql: string;
  readonly msMax: number;
}

const reportMsMax = 1_000;
const factMsMax = 100;
const starMsMax = 300;
const previewMsMax = 100;
const recipeMsMax = 2_000;
/** All columns of all conversations of a day: what an extract of a day asks. */
const wholeDayMsMax = 1_000;
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

interface Star {
  readonly fact: string;
  readonly queue?: string;
  readonly user?: string;
}

/** Every fact, with the columns by which it joins queues and users. */
export const stars: readonly Star[] = [
  { fact: 'fct_addresses' },
  { fact: 'fct_agent_intervals', user: 'user_id' },
  { fact: 'fct_agent_queue_intervals', queue: 'queue_id', user: 'user_id' },
  { fact: 'fct_agent_sessions', queue: 'queue_id', user: 'user_id' },
  { fact: 'fct_agent_statuses', user: 'user_id' },
  { fact: 'fct_attributes' },
  { fact: 'fct_callbacks', queue: 'queue_id', user: 'user_id' },
  { fact: 'fct_conversation_attributes' },
  { fact: 'fct_conversations', queue: 'last_queue_id', user: 'last_user_id' },
  { fact: 'fct_dial_attempts', user: 'user_id' },
  { fact: 'fct_evaluation_intervals', queue: 'queue_id', user: 'user_id' },
  { fact: 'fct_evaluations', queue: 'queue_id', user: 'user_id' },
  { fact: 'fct_flow_intervals' },
  { fact: 'fct_flow_outcomes' },
  { fact: 'fct_flows' },
  { fact: 'fct_presence_intervals', user: 'user_id' },
  { fact: 'fct_queue_direction_intervals', queue: 'queue_id' },
  { fact: 'fct_queue_intervals', queue: 'queue_id' },
  { fact: 'fct_queue_legs', queue: 'queue_id', user: 'answer_user_id' },
  { fact: 'fct_queue_observations', queue: 'queue_id' },
  { fact: 'fct_repeat_contacts', queue: 'last_queue_id' },
  { fact: 'fct_resolutions', queue: 'queue_id', user: 'user_id' },
  { fact: 'fct_session_codes', queue: 'queue_id', user: 'user_id' },
  { fact: 'fct_segments', queue: 'queue_id', user: 'user_id' },
  { fact: 'fct_survey_intervals', queue: 'queue_id', user: 'user_id' },
  { fact: 'fct_surveys', queue: 'queue_id', user: 'user_id' },
  { fact: 'fct_transfers', queue: 'queue_id', user: 'user_id' },
  { fact: 'fct_voice_quality', queue: 'queue_id', user: 'user_id' },
  { fact: 'fct_wrapup_intervals', queue: 'queue_id', user: 'user_id' },
  { fact: 'fct_wrapups', queue: 'queue_id', user: 'user_id' },
];

/** Builds the query that a tool sends when somebody clicks one day, a queue's and an agent's name, and a count. */
function star({ fact, queue, user }: Star): Query {
  const names = ['dates.weekday_name'];
  const joins = [`inner join mart.dim_dates as dates on dates.day = facts.day`];
  if (queue !== undefined) {
    names.push('queues.queue_name');
    joins.push(`left join mart.dim_queues as queues on queues.queue_id = facts.${queue}`);
  }
  if (user !== undefined) {
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

/** Builds the query of a page that shows one day of one queue: by `day`, as a slicer sends it. */
function filterByDay({ fact, queue, user }: Star, { queueId, userIds }: Asked): Query {
  const whose =
    queue !== undefined
      ? `${queue} = '${queueId}'`
      : user !== undefined
        ? `${user} = any('{${userIds.join(',')}}')`
        : 'true';
  return {
    name: `${fact}, day filter`,
    // Of what belongs to no queue, a tool shows the first rows.
    sql: `select * from mart.${fact} where day = '${day}' and ${whose}${whose === 'true' ? ' limit 1000' : ''}`,
    msMax: factMsMax,
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
  'rpt_wait_times',
  'rpt_campaign_days',
  'rpt_wrapup_assignments',
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
    ...stars.map((each) => filterByDay(each, { queueId, flowId, userIds })),
    ...stars.map(star),
    {
      name: 'fct_conversations, whole day',
      sql: `select * from mart.fct_conversations where day = '${day}'`,
      msMax: wholeDayMsMax,
    },
    ...recipes(),
  ];
}

/** The last day with data in all relations, and a conversation of it. */
const recipeToday = '2026-04-22';

/** The statements of the cookbook, asked a week after the day of the other queries. */
function recipes(): Query[] {
  const page = readFileSync(new URL('../../docs/cookbook.md', import.meta.url), 'utf8');
  return page
    .split(/^### /m)
    .slice(1)
    .map((section) => {
      const statement = /```sql\n([\s\S]*?);?\n```/.exec(section)?.[1] ?? '';
      return {
        name: `cookbook ${section.slice(0, section.indexOf('\n')).slice(0, 36)}`,
        sql: statement
          .replaceAll('current_date', `date '${recipeToday}'`)
          .replaceAll("'…'", `(select conversation_id from mart.fct_conversations where day = '${day}' limit 1)`),
        msMax: recipeMsMax,
      };
    });
}

/** A month of each report, and each fact of a day by name, as roles with and without division access ask. */
export function divisionQueries(asked: Asked): readonly Query[] {
  const facts = stars.filter(({ fact }) => !personal.includes(fact));
  return [...reports.map(report), ...facts.map(star), ...facts.map((each) => filterByDay(each, asked))];
}

const personal = ['fct_addresses', 'fct_attributes'];
