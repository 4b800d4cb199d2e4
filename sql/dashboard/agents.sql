-- One row per agent × step of a span. Steps: total, month, week, day, hour, interval. `grain` says what is summed: day or interval.
-- @parameters grain: text, step: text, from: instant, to: instant, users: uuids?, divisions: texts?, teams: uuids?, zone: zone
-- @definitions rpt_agent_days dim_users
-- @column step_local: Begin of the month, week (Monday), day, hour or interval in the reporting zone; none for the total of the span.
with
facts as (
    select
        days.user_id,
        days.day::timestamp as local_at,
        days.handled_count,
        days.answered_count,
        days.alert_count,
        days.outbound_count,
        days.transferred_count,
        days.talk_count,
        days.hold_count,
        days.acw_count,
        days.handle_seconds,
        days.talk_seconds,
        days.hold_seconds,
        days.acw_seconds,
        days.logged_in_seconds,
        days.on_queue_seconds,
        days.interacting_seconds,
        days.communicating_seconds,
        days.idle_seconds,
        days.not_responding_seconds
    from mart.rpt_agent_days as days
    where
        :grain = 'day'
        and days.day >= (:from at time zone :zone)::date
        and days.day < (:to at time zone :zone)::date
        and (:users is null or days.user_id = any(:users))

    union all

    select
        intervals.user_id,
        intervals.interval_start_local as local_at,
        intervals.handled_count,
        intervals.answered_count,
        intervals.alert_count,
        intervals.outbound_count,
        intervals.transferred_count,
        intervals.talk_count,
        intervals.hold_count,
        intervals.acw_count,
        intervals.handle_seconds,
        intervals.talk_seconds,
        intervals.hold_seconds,
        intervals.acw_seconds,
        intervals.logged_in_seconds,
        intervals.on_queue_seconds,
        intervals.interacting_seconds,
        intervals.communicating_seconds,
        intervals.idle_seconds,
        intervals.not_responding_seconds
    from mart.fct_agent_intervals as intervals
    where
        :grain = 'interval'
        and intervals.interval_start_at >= :from
        and intervals.interval_start_at < :to
        and (:users is null or intervals.user_id = any(:users))
),

steps as (
    select
        facts.*,
        case
            when :step in ('month', 'week', 'day', 'hour') then date_trunc(:step, facts.local_at)
            when :step = 'interval' then facts.local_at
        end as step_local
    from facts
),

summed as (
    select
        facts.user_id,
        facts.step_local,
        sum(facts.handled_count) as handled_count,
        sum(facts.answered_count) as answered_count,
        sum(facts.alert_count) as alert_count,
        sum(facts.outbound_count) as outbound_count,
        sum(facts.transferred_count) as transferred_count,
        sum(facts.talk_count) as talk_count,
        sum(facts.hold_count) as hold_count,
        sum(facts.acw_count) as acw_count,
        sum(facts.handle_seconds) as handle_seconds,
        sum(facts.talk_seconds) as talk_seconds,
        sum(facts.hold_seconds) as hold_seconds,
        sum(facts.acw_seconds) as acw_seconds,
        sum(facts.logged_in_seconds) as logged_in_seconds,
        sum(facts.on_queue_seconds) as on_queue_seconds,
        sum(facts.interacting_seconds) as interacting_seconds,
        sum(facts.communicating_seconds) as communicating_seconds,
        sum(facts.idle_seconds) as idle_seconds,
        sum(facts.not_responding_seconds) as not_responding_seconds
    from steps as facts
    group by facts.user_id, facts.step_local
)

select
    summed.user_id,
    users.user_name,
    users.team_name,
    users.division_name,
    summed.step_local,
    summed.handled_count,
    round(summed.handle_seconds / nullif(summed.handled_count, 0), 3) as average_handle_seconds,
    round(summed.talk_seconds / nullif(summed.talk_count, 0), 3) as average_talk_seconds,
    round(summed.hold_seconds / nullif(summed.hold_count, 0), 3) as average_hold_seconds,
    round(summed.acw_seconds / nullif(summed.acw_count, 0), 3) as average_acw_seconds,
    summed.logged_in_seconds,
    summed.on_queue_seconds,
    summed.interacting_seconds,
    summed.idle_seconds,
    summed.not_responding_seconds,
    round(
        summed.interacting_seconds
        / nullif(summed.interacting_seconds + summed.communicating_seconds + summed.idle_seconds, 0),
        6
    ) as occupancy_rate,
    summed.outbound_count,
    summed.transferred_count
from summed
inner join mart.dim_users as users on users.user_id = summed.user_id
where
    (summed.handled_count > 0 or summed.logged_in_seconds > 0 or summed.on_queue_seconds > 0)
    and (:divisions is null or users.division_id = any(:divisions))
    and (:teams is null or users.team_id = any(:teams))
order by summed.step_local nulls first, summed.handled_count desc, users.user_name, summed.user_id
