-- One row per wrap-up code of a span: what agents gave, and what rules gave in their place.
-- @parameters from: day, to: day, queues: uuids?, users: uuids?, media: texts?, zone: zone
-- @definitions fct_session_codes
-- @column effective_wrapup_name: The code that counts in reports: the agent's, or the one that a rule gave.
-- @column session_count: Agent sessions that have this code.
-- @column ruled_count: Of these, sessions that have it from a rule or a survey.
-- @column average_handle_seconds: Mean handle time of those that were handled.
-- @column median_handle_seconds: The handle time that half of them do not exceed, in whole seconds.
with
-- Handle times are counted by the second, so that a median over months needs no sorting of every session.
counted as (
    select
        sessions.effective_wrapup_name,
        round(sessions.handle_seconds) as seconds,
        count(*) as session_count,
        count(*) filter (where sessions.is_ruled) as ruled_count,
        count(sessions.handle_seconds) as handled_count,
        sum(sessions.handle_seconds) as handle_seconds
    from mart.fct_session_codes as sessions
    where
        sessions.started_at >= :from::timestamp at time zone :zone
        and sessions.started_at < (:to + 1)::timestamp at time zone :zone
        and (sessions.is_coded or sessions.is_ruled)
        and (:queues is null or sessions.queue_id = any(:queues))
        and (:users is null or sessions.user_id = any(:users))
        and (:media is null or sessions.media_type = any(:media))
    group by 1, 2
),

ranked as (
    select
        counted.*,
        sum(counted.handled_count) over code as below_count,
        sum(counted.handled_count) over (partition by counted.effective_wrapup_name) as all_handled_count
    from counted
    window code as (partition by counted.effective_wrapup_name order by counted.seconds)
)

select
    ranked.effective_wrapup_name,
    sum(ranked.session_count)::bigint as session_count,
    sum(ranked.ruled_count)::bigint as ruled_count,
    round(sum(ranked.handle_seconds) / nullif(sum(ranked.handled_count), 0), 3) as average_handle_seconds,
    min(ranked.seconds) filter (where 2 * ranked.below_count >= ranked.all_handled_count) as median_handle_seconds
from ranked
group by ranked.effective_wrapup_name
order by session_count desc, ranked.effective_wrapup_name
