-- One row per time of day × period: the day and the same weekday a week before, in steps of `minutes`.
-- @parameters day: day, minutes: integer, queues: uuids?, media: texts?, zone: zone
-- @definitions fct_queue_intervals rpt_queue_days
-- @column period: day, or week_before for the same weekday a week before.
-- @column minute_of_day: Minutes from midnight in the reporting zone to the begin of the interval.
-- @column interval_local: Begin of the interval in the reporting zone.
-- @column abandon_rate: Fraction of the offered contacts that were abandoned.
-- @column median_handle_seconds: The handle time that half of the handlings of the interval stay below, of agent sessions that Genesys counted as handled.
-- @column session_count: Agent sessions that began in the interval.
-- @column coverage_rate: Fraction of the agent sessions of the interval that have a real wrap-up code.
with
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

-- Only these columns: those of a relation that is read twice are all computed.
stored as (
    select
        'day' as period,
        :day::timestamp as start_local,
        sessions.queue_id,
        sessions.media_type,
        sessions.started_local,
        sessions.handled_local,
        sessions.handle_seconds,
        sessions.is_coded
    from mart.fct_agent_sessions as sessions
    where
        sessions.started_at >= (:day - 3)::timestamp at time zone :zone
        and sessions.started_at < (:day + 1)::timestamp at time zone :zone
    union all
    select
        'week_before' as period,
        (:day - 7)::timestamp as start_local,
        sessions.queue_id,
        sessions.media_type,
        sessions.started_local,
        sessions.handled_local,
        sessions.handle_seconds,
        sessions.is_coded
    from mart.fct_agent_sessions as sessions
    where
        sessions.started_at >= (:day - 10)::timestamp at time zone :zone
        and sessions.started_at < (:day - 6)::timestamp at time zone :zone
        and sessions.is_complete
),

chosen as (
    select stored.*
    from stored
    where
        (:queues is null or stored.queue_id = any(:queues))
        and (:media is null or stored.media_type = any(:media))
),

contacts as (
    select
        intervals.period,
        intervals.minute_of_day / :minutes * :minutes as minute_of_day,
        sum(intervals.offered_count) as offered_count,
        sum(intervals.answered_count) as answered_count,
        sum(intervals.abandoned_count) as abandoned_count,
        sum(intervals.handled_count) as handled_count,
        sum(intervals.answer_seconds) as answer_seconds,
        sum(intervals.handle_seconds) as handle_seconds,
        sum(intervals.service_level_numerator) as service_level_numerator,
        sum(intervals.service_level_denominator) as service_level_denominator
    from intervals
    where
        (:queues is null or intervals.queue_id = any(:queues))
        and (:media is null or intervals.media_type = any(:media))
    group by intervals.period, intervals.minute_of_day / :minutes * :minutes
),

sessions as (
    select
        chosen.period,
        (extract(hour from chosen.started_local) * 60 + extract(minute from chosen.started_local))::integer
            / :minutes * :minutes as minute_of_day,
        count(*) as session_count,
        count(*) filter (where chosen.is_coded) as coded_count
    from chosen
    where chosen.started_local >= chosen.start_local and chosen.started_local < chosen.start_local + interval '1 day'
    group by 1, 2
),

handlings as (
    select
        chosen.period,
        (extract(hour from chosen.handled_local) * 60 + extract(minute from chosen.handled_local))::integer
            / :minutes * :minutes as minute_of_day,
        percentile_cont(0.5) within group (order by chosen.handle_seconds) as median_handle_seconds
    from chosen
    where chosen.handled_local >= chosen.start_local and chosen.handled_local < chosen.start_local + interval '1 day'
    group by 1, 2
),

slots as (
    select period, minute_of_day from contacts
    union
    select period, minute_of_day from sessions
)

select
    slots.period,
    slots.minute_of_day,
    (:day - periods.days_before) + slots.minute_of_day * interval '1 minute' as interval_local,
    coalesce(contacts.offered_count, 0) as offered_count,
    coalesce(contacts.answered_count, 0) as answered_count,
    coalesce(contacts.abandoned_count, 0) as abandoned_count,
    round(contacts.abandoned_count / nullif(contacts.offered_count, 0), 6) as abandon_rate,
    round(contacts.service_level_numerator / nullif(contacts.service_level_denominator, 0), 6) as service_level_rate,
    round(contacts.answer_seconds / nullif(contacts.answered_count, 0), 3) as average_answer_seconds,
    round(contacts.handle_seconds / nullif(contacts.handled_count, 0), 3) as average_handle_seconds,
    handlings.median_handle_seconds,
    coalesce(sessions.session_count, 0) as session_count,
    round(sessions.coded_count::numeric / nullif(sessions.session_count, 0), 6) as coverage_rate
from slots
inner join periods on periods.period = slots.period
left join contacts on contacts.period = slots.period and contacts.minute_of_day = slots.minute_of_day
left join sessions on sessions.period = slots.period and sessions.minute_of_day = slots.minute_of_day
left join handlings on handlings.period = slots.period and handlings.minute_of_day = slots.minute_of_day
order by slots.period, slots.minute_of_day
