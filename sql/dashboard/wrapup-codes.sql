-- One row per wrap-up code of a span: what agents gave, and what rules gave in their place.
-- @parameters from: day, to: day, queues: uuids?, users: uuids?, media: texts?, zone: zone
-- @definitions fct_agent_sessions
-- @column effective_wrapup_name: The code that counts in reports: the agent's, or the one that a rule gave.
-- @column session_count: Agent sessions that have this code.
-- @column ruled_count: Of these, sessions that have it from a rule or a survey.
-- @column average_handle_seconds: Mean handle time of those that were handled.
-- @column median_handle_seconds: The handle time that half of them stay below.
select
    sessions.effective_wrapup_name,
    count(*) as session_count,
    count(*) filter (where sessions.wrapup_source in ('rule', 'survey')) as ruled_count,
    round(avg(sessions.handle_seconds), 3) as average_handle_seconds,
    percentile_cont(0.5) within group (order by sessions.handle_seconds) as median_handle_seconds
from mart.fct_agent_sessions as sessions
where
    sessions.started_at >= :from::timestamp at time zone :zone
    and sessions.started_at < (:to + 1)::timestamp at time zone :zone
    and (sessions.is_coded or sessions.wrapup_source in ('rule', 'survey'))
    and (:queues is null or sessions.queue_id = any(:queues))
    and (:users is null or sessions.user_id = any(:users))
    and (:media is null or sessions.media_type = any(:media))
group by sessions.effective_wrapup_name
order by session_count desc, sessions.effective_wrapup_name
