-- One row per agent who took part in the chosen queues in a span.
-- @parameters from: day, to: day, queues: uuids?, media: texts?, zone: zone
-- @definitions fct_agent_sessions rpt_agent_days
-- @column session_count: Agent sessions that began in the span.
-- @column handled_count: Of these, handled as Genesys counts it.
-- @column coverage_rate: Fraction of the agent sessions that have a real wrap-up code.
-- @column median_handle_seconds: The handle time that half of the handled sessions stay below.
-- @column not_answered_count: Sessions that alerted the agent and were not taken.
select
    sessions.user_id,
    max(sessions.user_name) as user_name,
    count(*) as session_count,
    count(*) filter (where sessions.is_handled) as handled_count,
    count(*) filter (where sessions.is_alert_only) as not_answered_count,
    round(
        sum(sessions.handle_seconds) / nullif(count(*) filter (where sessions.is_handled), 0),
        3
    ) as average_handle_seconds,
    percentile_cont(0.5) within group (order by sessions.handle_seconds) as median_handle_seconds,
    round(sum(sessions.acw_seconds) / nullif(sum(sessions.acw_count), 0), 3) as average_acw_seconds,
    round(count(*) filter (where sessions.is_coded)::numeric / count(*), 6) as coverage_rate
from mart.fct_agent_sessions as sessions
where
    sessions.started_at >= :from::timestamp at time zone :zone
    and sessions.started_at < (:to + 1)::timestamp at time zone :zone
    and (:queues is null or sessions.queue_id = any(:queues))
    and (:media is null or sessions.media_type = any(:media))
    and sessions.user_id is not null
group by sessions.user_id
order by handled_count desc, user_name
