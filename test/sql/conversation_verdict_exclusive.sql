-- Conversations with an agent session and a cause; without one, those with a real code and a cause or with neither; unknown causes.
with
coded as (
    select distinct wrapups.conversation_id
    from mart.fct_wrapups as wrapups
    where
        wrapups.wrapup_code is not null
        and not wrapups.is_system_code
)

select
    conversations.conversation_id,
    conversations.agent_session_count,
    conversations.wrapup_cause
from mart.fct_conversations as conversations
left join coded on coded.conversation_id = conversations.conversation_id
left join mart.dim_wrapup_causes as causes
    on causes.wrapup_cause = conversations.wrapup_cause
    and causes.is_conversation_cause
where
    (conversations.agent_session_count > 0 or coded.conversation_id is not null) = (conversations.wrapup_cause is not null)
    or (conversations.wrapup_cause is not null and causes.wrapup_cause is null)
