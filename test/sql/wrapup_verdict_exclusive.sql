-- Agent sessions with neither a real code nor a cause, or with both; and causes that no one has described.
select
    sessions.conversation_id,
    sessions.wrapup_code,
    sessions.wrapup_cause
from mart.fct_agent_sessions as sessions
left join mart.dim_wrapup_causes as causes
    on causes.wrapup_cause = sessions.wrapup_cause
    and causes.is_session_cause
where
    sessions.is_coded = (sessions.wrapup_cause is not null)
    or (sessions.is_coded and sessions.wrapup_code is null)
    or (sessions.wrapup_cause is not null and causes.wrapup_cause is null)
