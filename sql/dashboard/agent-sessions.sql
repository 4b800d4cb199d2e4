-- One row per session of one agent that overlaps a day.
-- @parameters user: uuid, day: day, zone: zone
-- @definitions fct_agent_sessions
with
day as (
    select
        :day::timestamp at time zone :zone as start_at,
        (:day + 1)::timestamp at time zone :zone as end_at
)

select
    sessions.started_local,
    sessions.connected_local,
    sessions.ended_local,
    sessions.conversation_id,
    sessions.queue_name,
    sessions.media_type,
    sessions.direction,
    sessions.alert_seconds,
    sessions.talk_seconds,
    sessions.hold_seconds,
    sessions.acw_seconds,
    sessions.handle_seconds,
    sessions.wrapup_name,
    sessions.wrapup_cause,
    sessions.is_transferred,
    sessions.is_alert_only,
    sessions.is_open
from day
inner join mart.fct_agent_sessions as sessions
    on sessions.started_at >= day.start_at - interval '14 days'
    and sessions.started_at < day.end_at
    and (sessions.ended_at > day.start_at or sessions.ended_at is null)
where sessions.user_id = :user
order by sessions.started_at, sessions.conversation_id
