-- Agent sessions that occur more than once in mart.fct_agent_sessions.
select
    sessions.conversation_id,
    sessions.participant_no,
    sessions.session_no,
    count(*) as row_count
from mart.fct_agent_sessions as sessions
group by
    sessions.conversation_id,
    sessions.participant_no,
    sessions.session_no
having count(*) > 1
