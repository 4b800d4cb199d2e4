-- One row per day of one agent over a span.
-- @parameters user: uuid, from: day, to: day
-- @definitions rpt_agent_days
select
    days.day,
    days.handled_count,
    days.average_handle_seconds,
    days.average_acw_seconds,
    days.logged_in_seconds,
    days.on_queue_seconds,
    days.interacting_seconds,
    days.idle_seconds,
    days.not_responding_seconds,
    days.occupancy_rate,
    days.alert_count,
    days.answered_count
from mart.rpt_agent_days as days
where
    days.user_id = :user
    and days.day between :from and :to
order by days.day
