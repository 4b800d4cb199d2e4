/** Interval facts of a whole organisation, made by the database itself: what a month of half hours holds when people work eight hours of it. */
import type pg from 'pg';
import { intervalSumTables } from '../../src/postgres/derived/interval-sums.js';
import { ensurePartitions } from '../../src/postgres/schema/partitions.js';
import { fillQueuesAndAgents, idSql } from './views-directory.js';

const dayMs = 86_400_000;

export interface IntervalSizes {
  readonly firstDayMs: number;
  readonly days: number;
  readonly queues: number;
  readonly agents: number;
}

const tables = [
  'queue_aggregates',
  'agent_aggregates',
  'wrapup_aggregates',
  'user_aggregates',
  'flow_outcome_aggregates',
  'flow_aggregates',
  'survey_aggregates',
  'evaluation_aggregates',
];
/** Twenty metrics of a queue in which something happens all the time. */
const queueMetrics =
  'nConnected nOffered nOverSla nTransferred nBlindTransferred tAbandon tAcd tAcw tAlert tAnswered tFlowOut tHandle tHeld tHeldComplete tNotResponding tShortAbandon tTalk tTalkComplete tWait oServiceLevel';
const agentMetrics =
  'nConnected nTransferred tAcw tAlert tAnswered tHandle tHeld tHeldComplete tNotResponding tTalk tTalkComplete tAgentResponseTime';
const wrapupMetrics = 'nConnected tAcw tHandle tHeld tHeldComplete tTalk tTalkComplete';

const words = (text: string) => `unnest('{${text.replaceAll(' ', ',')}}'::text[])`;

/** The directory, then a month of each data set, in the order of time. Every agent works five days of seven, every queue is open twelve hours. */
export async function fillIntervals(pool: pg.Pool, sizes: IntervalSizes): Promise<void> {
  const starts = Array.from({ length: sizes.days }, (_, day) => sizes.firstDayMs + day * dayMs);
  await ensurePartitions(pool, starts, new Set(), new Date(starts.at(-1) as number), [
    ...tables,
    ...tables.flatMap(intervalSumTables),
  ]);
  await fillQueuesAndAgents(pool, sizes);
  await pool.query(observationsSql(sizes));
  for (const [day, startMs] of starts.entries()) {
    const from = new Date(startMs).toISOString();
    const steps = `generate_series(timestamptz '${from}', timestamptz '${from}' + interval '23:30', interval '30 minutes') as step`;
    await pool.query(queuesSql(sizes, steps));
    await pool.query(agentsSql(sizes, steps, day));
    await pool.query(wrapupsSql(sizes, steps, day));
    await pool.query(statusesSql(sizes, steps, day));
    await pool.query(outcomesSql(steps));
    await pool.query(flowsSql(steps));
    for (const quality of qualityAggregates) await pool.query(qualitySql(sizes, steps, quality));
    await pool.query(spansSql(sizes, from, day, { table: 'user_presences', column: 'system_presence', perDay: 12 }));
    await pool.query(
      spansSql(sizes, from, day, { table: 'user_routing_statuses', column: 'routing_status', perDay: 60 }),
    );
  }
}

const isOpen = 'extract(hour from step) between 7 and 18';
/** Shifts of eight hours that begin between six and two, five days of seven. */
const isAtWork = (day: number) =>
  `(number + ${day}) % 7 < 5 and extract(hour from step) - (6 + number % 9) between 0 and 7`;

const figures = (seed: string) => `
  case when metric = 'oServiceLevel' then null else 1 + ${seed} % 9 end,
  case when metric like 't%' then (1 + ${seed} % 9) * 61000 end,
  case when metric = 'oServiceLevel' then 7 end,
  case when metric = 'oServiceLevel' then 9 end`;
const statsColumns = 'metric, count, sum, numerator, denominator';

function queuesSql({ queues }: IntervalSizes, steps: string): string {
  return `
    insert into genesys.queue_aggregates (interval_start, interval_end, as_of, queue_id, media_type, direction, ${statsColumns})
    select step, step + interval '30 minutes', now(), ${idSql('queue', 'number')}, 'voice', 'inbound', metric, ${figures('number')}
    from ${steps}
    cross join generate_series(1, ${queues}) as number
    cross join ${words(queueMetrics)} as metric
    where ${isOpen}`;
}

/** One agent serves two queues, one in even half hours and one in odd ones. */
const queueOf = (queues: number) =>
  idSql('queue', `(1 + (number + extract(minute from step)::integer / 30) % ${queues})`);

function agentsSql({ agents, queues }: IntervalSizes, steps: string, day: number): string {
  return `
    insert into genesys.agent_aggregates (interval_start, interval_end, as_of, user_id, queue_id, media_type, ${statsColumns})
    select step, step + interval '30 minutes', now(), ${idSql('agent', 'number')}, ${queueOf(queues)}, 'voice', metric, ${figures('number')}
    from ${steps}
    cross join generate_series(1, ${agents}) as number
    cross join ${words(agentMetrics)} as metric
    where ${isAtWork(day)}`;
}

function wrapupsSql({ agents, queues }: IntervalSizes, steps: string, day: number): string {
  return `
    insert into genesys.wrapup_aggregates (interval_start, interval_end, as_of, wrap_up_code, queue_id, user_id, media_type, ${statsColumns})
    select step, step + interval '30 minutes', now(), 'code-' || code, ${queueOf(queues)}, ${idSql('agent', 'number')}, 'voice', metric, ${figures('number')}
    from ${steps}
    cross join generate_series(1, ${agents}) as number
    cross join generate_series(1, 2) as code
    cross join ${words(wrapupMetrics)} as metric
    where ${isAtWork(day)}`;
}

/** Off work a user is offline all the time; at work a half hour holds three presences and three routing statuses. */
function statusesSql({ agents }: IntervalSizes, steps: string, day: number): string {
  return `
    insert into genesys.user_aggregates (interval_start, interval_end, as_of, user_id, metric, qualifier, sum)
    select step, step + interval '30 minutes', now(), ${idSql('agent', 'number')}, spent.metric, spent.qualifier, spent.ms
    from ${steps}
    cross join generate_series(1, ${agents}) as number
    inner join (
        values
            (true, 'tSystemPresence', 'ON_QUEUE', 1500000),
            (true, 'tSystemPresence', 'AVAILABLE', 200000),
            (true, 'tSystemPresence', 'BREAK', 100000),
            (true, 'tOrganizationPresence', '${'0'.repeat(8)}-0000-4000-8000-${'0'.repeat(11)}1', 1500000),
            (true, 'tOrganizationPresence', '${'0'.repeat(8)}-0000-4000-8000-${'0'.repeat(11)}2', 300000),
            (true, 'tAgentRoutingStatus', 'INTERACTING', 1100000),
            (true, 'tAgentRoutingStatus', 'IDLE', 400000),
            (true, 'tAgentRoutingStatus', 'OFF_QUEUE', 300000),
            (false, 'tSystemPresence', 'OFFLINE', 1800000),
            (false, 'tOrganizationPresence', '${'0'.repeat(8)}-0000-4000-8000-${'0'.repeat(11)}3', 1800000),
            (false, 'tAgentRoutingStatus', 'OFF_QUEUE', 1800000)
    ) as spent (is_at_work, metric, qualifier, ms) on spent.is_at_work = (${isAtWork(day)})
    order by number, step`;
}

/** Fifty flows with five outcomes each. */
function outcomesSql(steps: string): string {
  return `
    insert into genesys.flow_outcome_aggregates
        (interval_start, interval_end, as_of, flow_id, flow_outcome_id, flow_outcome_value, media_type, metric, count, sum)
    select step, step + interval '30 minutes', now(), ${idSql('flow', 'number')}, ${idSql('outcome', 'outcome')},
        'SUCCESS', 'voice', metric, 3, 90000
    from ${steps}
    cross join generate_series(1, 50) as number
    cross join generate_series(1, 5) as outcome
    cross join ${words('nFlow nFlowOutcome nFlowOutcomeFailed tFlowOutcome')} as metric
    where ${isOpen}`;
}

/** Fifty flows in which something happens all the time. */
function flowsSql(steps: string): string {
  return `
    insert into genesys.flow_aggregates (interval_start, interval_end, as_of, flow_id, flow_type, media_type, metric, count, sum)
    select step, step + interval '30 minutes', now(), ${idSql('flow', 'number')}, 'INBOUNDCALL', 'voice', metric, 3, 90000
    from ${steps}
    cross join generate_series(1, 50) as number
    cross join ${words('nFlow tFlow tFlowDisconnect tFlowExit nFlowOutcome nFlowOutcomeFailed')} as metric
    where ${isOpen}`;
}

const qualityAggregates = [
  {
    table: 'survey_aggregates',
    metrics: 'nSurveysSent nSurveysStarted nSurveyResponses oSurveyTotalScore nSurveyNpsPromoters',
  },
  { table: 'evaluation_aggregates', metrics: 'nEvaluations oTotalScore oTotalCriticalScore' },
] as const;

/** A survey and an evaluation of one agent in twenty each half hour. */
function qualitySql(
  { agents, queues }: IntervalSizes,
  steps: string,
  { table, metrics }: (typeof qualityAggregates)[number],
): string {
  return `
    insert into genesys.${table} (interval_start, interval_end, as_of, queue_id, user_id, media_type, metric, count, sum)
    select step, step + interval '30 minutes', now(), ${queueOf(queues)}, ${idSql('agent', 'number')}, 'voice', metric, 1, 70
    from ${steps}
    cross join generate_series(1, ${agents}, 20) as number
    cross join ${words(metrics)} as metric
    where ${isOpen}`;
}

/** Samples of three days, one in five minutes. */
function observationsSql({ firstDayMs, queues }: IntervalSizes): string {
  const from = new Date(firstDayMs + 14 * dayMs).toISOString();
  return `
    insert into genesys.queue_observations (interval_start, observed_at, as_of, queue_id, media_type, metric, count)
    select step, step + interval '10 seconds', now(), ${idSql('queue', 'number')}, 'voice', metric, 3
    from generate_series(timestamptz '${from}', timestamptz '${from}' + interval '3 days', interval '5 minutes') as step
    cross join generate_series(1, ${queues}) as number
    cross join ${words('oWaiting oInteracting oAlerting oOnQueueUsers')} as metric`;
}

/** Statuses one after the other through the eight hours of work of those who work that day. */
function spansSql(
  { agents }: IntervalSizes,
  from: string,
  day: number,
  { table, column, perDay }: { readonly table: string; readonly column: string; readonly perDay: number },
): string {
  const startOf = (nth: string) =>
    `timestamptz '${from}' + (6 + number % 9) * interval '1 hour' + ${nth} * interval '8 hours' / ${perDay}`;
  return `
    insert into genesys.${table} (user_id, start_time, end_time, as_of, ${column})
    select ${idSql('agent', 'number')}, ${startOf('nth')}, ${startOf('(nth + 1)')}, now(), case when nth % 2 = 0 then 'ON_QUEUE' else 'BREAK' end
    from generate_series(1, ${agents}) as number
    cross join generate_series(0, ${perDay - 1}) as nth
    where (number + ${day}) % 7 < 5
    order by nth`;
}
