-- Conversations with an agent session and a cause, or with neither; and causes that no one has described.
select
    conversations.conversation_id,
    conversations.agent_session_count,
    conversations.wrapup_cause
from mart.fct_conversations as conversations
left join mart.dim_wrapup_causes as causes
    on causes.wrapup_cause = conversations.wrapup_cause
    and causes.is_conversation_cause
where
    (conversations.agent_session_count > 0) = (conversations.wrapup_cause is not null)
    or (conversations.wrapup_cause is not null and causes.wrapup_cause is null)
