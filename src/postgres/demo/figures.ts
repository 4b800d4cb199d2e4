import type pg from 'pg';

/** Reads the figures that the demo prints: each comes from one plain `select` on schema mart, as an analyst would write it. */
export interface DemoFigures {
  readonly conversations: readonly MediaFigures[];
  readonly coverage: readonly CoverageFigures[];
  readonly causes: readonly CauseFigures[];
  readonly handleTimes: readonly HandleFigures[];
  readonly queues: readonly QueueFigures[];
  readonly reconciliation: ReconciliationFigures;
  readonly freshness: readonly FreshnessFigures[];
}

export interface MediaFigures {
  readonly mediaTypes: string | null;
  readonly conversations: number;
  readonly open: number;
  readonly withoutAgent: number;
}

/** Agent sessions: all, those that could have a code, those that have one, and those without one because of a leak. */
export interface CoverageFigures {
  readonly mediaType: string;
  readonly sessions: number;
  readonly codable: number;
  readonly coded: number;
  readonly leaks: number;
}

export interface CauseFigures {
  readonly cause: string;
  readonly meaning: string;
  readonly isExpected: boolean;
  readonly count: number;
}

/** Seconds; null if nothing was handled. */
export interface HandleFigures {
  readonly queue: string;
  readonly handled: number;
  readonly mean: number | null;
  readonly median: number | null;
  readonly talk: number | null;
  readonly acw: number | null;
}

export interface QueueFigures {
  readonly queue: string;
  readonly offered: number;
  readonly answered: number | null;
  readonly abandoned: number | null;
  readonly serviceLevel: number | null;
}

/** Figures: interval × queue × media type × metric. */
export interface ReconciliationFigures {
  readonly days: number;
  readonly equal: number;
  readonly different: number;
  readonly notFinal: number;
  readonly notFinalDifferent: number;
}

export interface FreshnessFigures {
  readonly stream: string;
  readonly watermarkAt: Date | null;
  readonly lastSuccessAt: Date | null;
  readonly due: number;
  readonly failing: number;
  readonly deadLetters: number;
}

export async function readDemoFigures(pool: pg.Pool): Promise<DemoFigures> {
  const rows = async <Row extends pg.QueryResultRow>(sql: string) => (await pool.query<Row>(sql)).rows;
  const [reconciliation] = await rows<ReconciliationFigures>(reconciliationSql);
  return {
    conversations: await rows(conversationsSql),
    coverage: await rows(coverageSql),
    causes: await rows(causesSql),
    handleTimes: await rows(handleTimesSql),
    queues: await rows(queuesSql),
    reconciliation: reconciliation as ReconciliationFigures,
    freshness: await rows(freshnessSql),
  };
}

const conversationsSql = `
    select
        media_types as "mediaTypes",
        count(*)::int as conversations,
        count(*) filter (where is_open)::int as open,
        count(*) filter (where agent_session_count = 0)::int as "withoutAgent"
    from mart.fct_conversations
    group by media_types
    order by conversations desc
    limit 8`;

const coverageSql = `
    select
        media_type as "mediaType",
        sum(agent_session_count)::int as sessions,
        sum(codable_count)::int as codable,
        sum(coded_count)::int as coded,
        sum(leak_count)::int as leaks
    from mart.rpt_wrapup_coverage
    group by media_type
    order by sessions desc`;

const causesSql = `
    select
        cause.wrapup_cause as cause,
        cause.meaning,
        cause.is_expected as "isExpected",
        count(*)::int as count
    from (
        select wrapup_cause from mart.fct_agent_sessions
        union all
        select wrapup_cause from mart.fct_conversations where not has_agent_session
    ) as missing
    join mart.dim_wrapup_causes as cause on cause.wrapup_cause = missing.wrapup_cause
    group by 1, 2, 3
    order by count desc`;

const handleTimesSql = `
    select
        coalesce(queue.queue_name, '(no queue)') as queue,
        count(*) filter (where session.is_handled)::int as handled,
        (sum(session.handle_seconds) filter (where session.is_handled)
            / nullif(count(*) filter (where session.is_handled), 0))::float8 as mean,
        percentile_cont(0.5) within group (order by session.handle_seconds)
            filter (where session.is_handled) as median,
        (sum(session.talk_seconds) / nullif(count(*) filter (where session.talk_seconds > 0), 0))::float8 as talk,
        (sum(session.acw_seconds) / nullif(count(*) filter (where session.acw_seconds > 0), 0))::float8 as acw
    from mart.fct_agent_sessions as session
    left join mart.dim_queues as queue on queue.queue_id = session.queue_id
    group by 1
    order by handled desc
    limit 12`;

const queuesSql = `
    select
        coalesce(queue.queue_name, '(no queue)') as queue,
        sum(report.offered_count)::int as offered,
        sum(report.answered_count) / nullif(sum(report.offered_count), 0)::float8 as answered,
        sum(report.abandoned_count) / nullif(sum(report.offered_count), 0)::float8 as abandoned,
        sum(report.service_level_numerator) / nullif(sum(report.service_level_denominator), 0)::float8
            as "serviceLevel"
    from mart.rpt_queue_days as report
    left join mart.dim_queues as queue on queue.queue_id = report.queue_id
    group by 1
    having sum(report.offered_count) > 0
    order by offered desc
    limit 8`;

const reconciliationSql = `
    select
        count(*)::int as days,
        coalesce(sum(equal_count), 0)::int as equal,
        coalesce(sum(different_count), 0)::int as different,
        coalesce(sum(not_final_count), 0)::int as "notFinal",
        coalesce(sum(not_final_different_count), 0)::int as "notFinalDifferent"
    from mart.ops_reconciliation`;

const freshnessSql = `
    select
        stream,
        watermark_at as "watermarkAt",
        last_success_at as "lastSuccessAt",
        due_slice_count::int as due,
        failing_slice_count::int as failing,
        dead_letter_count::int as "deadLetters"
    from mart.ops_freshness
    order by stream`;
