-- One row per agent session of a conversation, with its code, or why it has none and what to do about it.
-- @parameters conversation: uuid
-- @definitions fct_agent_sessions dim_wrapup_causes
select
    sessions.started_local,
    sessions.ended_local,
    sessions.user_id,
    sessions.user_name,
    sessions.queue_id,
    sessions.queue_name,
    sessions.media_type,
    sessions.direction,
    sessions.alert_seconds,
    sessions.talk_seconds,
    sessions.hold_seconds,
    sessions.acw_seconds,
    sessions.handle_seconds,
    sessions.transferred_count,
    sessions.disconnect_type,
    sessions.wrapup_name,
    sessions.effective_wrapup_name,
    sessions.wrapup_source,
    sessions.wrapup_cause,
    sessions.is_coded,
    causes.is_expected,
    causes.meaning,
    causes.action
from mart.fct_agent_sessions as sessions
left join mart.dim_wrapup_causes as causes on causes.wrapup_cause = sessions.wrapup_cause
where sessions.conversation_id = :conversation
order by sessions.started_at, sessions.participant_no, sessions.session_no
