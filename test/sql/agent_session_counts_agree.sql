-- Conversations whose agent_session_count is not the number of their rows in mart.fct_agent_sessions.
with
counted as (
    select
        sessions.conversation_id,
        count(*) as session_count
    from mart.fct_agent_sessions as sessions
    group by sessions.conversation_id
)

select
    conversations.conversation_id,
    conversations.agent_session_count,
    counted.session_count
from mart.fct_conversations as conversations
left join counted on counted.conversation_id = conversations.conversation_id
where conversations.agent_session_count <> coalesce(counted.session_count, 0)
