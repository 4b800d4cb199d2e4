-- One row per period: the day up to the time that the data reaches, and the same weekday a week before up to the same time of day.
-- @parameters day: day, queues: uuids?, media: texts?, zone: zone
-- @definitions rpt_queue_days fct_queue_intervals
-- @column period: day, or week_before for the same weekday a week before.
-- @column until_local: The time in the reporting zone up to which both periods are counted: until when the data of this day reaches.
-- @column median_handle_seconds: The handle time that half of the handlings stay below, of agent sessions that Genesys counted as handled in the period. Beside the mean it shows whether a few long ones carry it.
-- @column session_count: Agent sessions that began in the period.
-- @column coded_count: Of these, with a real wrap-up code.
-- @column coverage_rate: Fraction of the agent sessions of the period that have a real wrap-up code.
with
streams as (
    select watermark_local
    from mart.ops_freshness
    where stream in ('queue_aggregates', 'conversations')
),

reach as (
    select greatest(least(min(watermark_local), :day + interval '1 day'), :day) as until_local
    from streams
),

periods (period, days_before) as (
    values ('day', 0), ('week_before', 7)
),

-- Each day by a range of its own, known before the relation is read: only so is it read by its index.
intervals as (
    select 'day' as period, intervals.*
    from mart.fct_queue_intervals as intervals
    where
        intervals.interval_start_at >= :day::timestamp at time zone :zone
        and intervals.interval_start_at < (:day + 1)::timestamp at time zone :zone
    union all
    select 'week_before' as period, intervals.*
    from mart.fct_queue_intervals as intervals
    where
        intervals.interval_start_at >= (:day - 7)::timestamp at time zone :zone
        and intervals.interval_start_at < (:day - 6)::timestamp at time zone :zone
),

sessions as (
    select 'day' as period, sessions.*
    from mart.fct_agent_sessions as sessions
    where
        sessions.started_at >= (:day - 3)::timestamp at time zone :zone
        and sessions.started_at < (:day + 1)::timestamp at time zone :zone
    union all
    select 'week_before' as period, sessions.*
    from mart.fct_agent_sessions as sessions
    where
        sessions.started_at >= (:day - 10)::timestamp at time zone :zone
        and sessions.started_at < (:day - 6)::timestamp at time zone :zone
        and sessions.is_complete
),

bounds as (
    select
        periods.period,
        (:day - periods.days_before)::timestamp as start_local,
        reach.until_local - periods.days_before * interval '1 day' as end_local,
        reach.until_local
    from periods
    cross join reach
),

contacts as (
    select
        bounds.period,
        sum(intervals.offered_count) as offered_count,
        sum(intervals.answered_count) as answered_count,
        sum(intervals.abandoned_count) as abandoned_count,
        sum(intervals.handled_count) as handled_count,
        sum(intervals.answer_seconds) as answer_seconds,
        sum(intervals.handle_seconds) as handle_seconds,
        sum(intervals.service_level_numerator) as service_level_numerator,
        sum(intervals.service_level_denominator) as service_level_denominator
    from bounds
    left join intervals
        on intervals.period = bounds.period
        and intervals.interval_start_local < bounds.end_local
        and (:queues is null or intervals.queue_id = any(:queues))
        and (:media is null or intervals.media_type = any(:media))
    group by bounds.period
),

handlings as (
    select
        bounds.period,
        count(sessions.conversation_id) filter (
            where sessions.started_local >= bounds.start_local and sessions.started_local < bounds.end_local
        ) as session_count,
        count(sessions.conversation_id) filter (
            where sessions.started_local >= bounds.start_local and sessions.started_local < bounds.end_local
                and sessions.is_coded
        ) as coded_count,
        percentile_cont(0.5) within group (order by sessions.handle_seconds) filter (
            where sessions.handled_local >= bounds.start_local and sessions.handled_local < bounds.end_local
        ) as median_handle_seconds
    from bounds
    left join sessions
        on sessions.period = bounds.period
        and (:queues is null or sessions.queue_id = any(:queues))
        and (:media is null or sessions.media_type = any(:media))
    group by bounds.period
)

select
    bounds.period,
    contacts.offered_count,
    contacts.answered_count,
    contacts.abandoned_count,
    round(contacts.answered_count / nullif(contacts.offered_count, 0), 6) as answer_rate,
    round(contacts.abandoned_count / nullif(contacts.offered_count, 0), 6) as abandon_rate,
    round(contacts.service_level_numerator / nullif(contacts.service_level_denominator, 0), 6) as service_level_rate,
    round(contacts.answer_seconds / nullif(contacts.answered_count, 0), 3) as average_answer_seconds,
    round(contacts.handle_seconds / nullif(contacts.handled_count, 0), 3) as average_handle_seconds,
    handlings.median_handle_seconds,
    contacts.handled_count,
    handlings.session_count,
    handlings.coded_count,
    round(handlings.coded_count::numeric / nullif(handlings.session_count, 0), 6) as coverage_rate,
    bounds.until_local
from bounds
inner join contacts on contacts.period = bounds.period
inner join handlings on handlings.period = bounds.period
order by bounds.period
