-- Agent sessions that mart.fct_session_codes has otherwise than mart.fct_agent_sessions, or that one of them lacks.
select
    coalesce(codes.session_key, sessions.session_key) as session_key,
    codes.wrapup_cause,
    sessions.wrapup_cause as expected_cause
from mart.fct_session_codes as codes
full join mart.fct_agent_sessions as sessions on sessions.session_key = codes.session_key
where
    (
        codes.user_id,
        codes.queue_id,
        codes.user_name,
        codes.queue_name,
        codes.media_type,
        codes.wrapup_cause,
        codes.effective_wrapup_name,
        codes.minute_of_day,
        codes.handle_seconds,
        codes.is_coded,
        codes.is_codable,
        codes.is_ruled,
        codes.is_handled,
        codes.is_complete,
        codes.day,
        codes.started_at,
        codes.started_local
    ) is distinct from (
        sessions.user_id,
        sessions.queue_id,
        sessions.user_name,
        sessions.queue_name,
        sessions.media_type,
        sessions.wrapup_cause,
        case
            when sessions.wrapup_source in ('agent', 'rule', 'survey') then sessions.effective_wrapup_name
        end,
        sessions.minute_of_day,
        sessions.handle_seconds,
        sessions.is_coded,
        sessions.is_codable,
        coalesce(sessions.wrapup_source in ('rule', 'survey'), false),
        sessions.is_handled,
        sessions.is_complete,
        sessions.day,
        sessions.started_at,
        sessions.started_local
    )
