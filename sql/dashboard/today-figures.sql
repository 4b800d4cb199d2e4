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

periods as (
    select
        periods.period,
        (:day - periods.days_before)::timestamp at time zone :zone as start_at,
        (reach.until_local - periods.days_before * interval '1 day') at time zone :zone as end_at,
        reach.until_local
    from reach
    cross join (values ('day', 0), ('week_before', 7)) as periods (period, days_before)
),

contacts as (
    select
        periods.period,
        sum(intervals.offered_count) as offered_count,
        sum(intervals.answered_count) as answered_count,
        sum(intervals.abandoned_count) as abandoned_count,
        sum(intervals.handled_count) as handled_count,
        sum(intervals.answer_seconds) as answer_seconds,
        sum(intervals.handle_seconds) as handle_seconds,
        sum(intervals.service_level_numerator) as service_level_numerator,
        sum(intervals.service_level_denominator) as service_level_denominator
    from periods
    left join mart.fct_queue_intervals as intervals
        on intervals.interval_start_at >= periods.start_at
        and intervals.interval_start_at < periods.end_at
        and (:queues is null or intervals.queue_id = any(:queues))
        and (:media is null or intervals.media_type = any(:media))
    group by periods.period
),

coverage as (
    select
        periods.period,
        count(sessions.conversation_id) as session_count,
        count(sessions.conversation_id) filter (where sessions.is_coded) as coded_count
    from periods
    left join mart.fct_agent_sessions as sessions
        on sessions.started_at >= periods.start_at
        and sessions.started_at < periods.end_at
        and (periods.period = 'day' or sessions.is_complete)
        and (:queues is null or sessions.queue_id = any(:queues))
        and (:media is null or sessions.media_type = any(:media))
    group by periods.period
),

handlings as (
    select
        periods.period,
        percentile_cont(0.5) within group (order by sessions.handle_seconds) as median_handle_seconds
    from periods
    left join mart.fct_agent_sessions as sessions
        on sessions.started_at >= periods.start_at - interval '3 days'
        and sessions.started_at < periods.end_at
        and sessions.handled_at >= periods.start_at
        and sessions.handled_at < periods.end_at
        and (periods.period = 'day' or sessions.is_complete)
        and (:queues is null or sessions.queue_id = any(:queues))
        and (:media is null or sessions.media_type = any(:media))
    group by periods.period
)

select
    periods.period,
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
    coverage.session_count,
    coverage.coded_count,
    round(coverage.coded_count::numeric / nullif(coverage.session_count, 0), 6) as coverage_rate,
    periods.until_local
from periods
inner join contacts on contacts.period = periods.period
inner join coverage on coverage.period = periods.period
inner join handlings on handlings.period = periods.period
order by periods.period
