-- Conversations that count as abandoned although no stay in a queue was given up and something has not ended.
select
    conversations.conversation_id,
    conversations.is_open
from mart.fct_conversations as conversations
where
    conversations.is_abandoned
    and not exists (
        select
        from mart.fct_queue_legs as legs
        where
            legs.conversation_id = conversations.conversation_id
            and legs.is_abandoned
            and legs.media_type is distinct from 'callback'
    )
    and (
        conversations.ended_at is null
        or not exists (
            select
            from mart.fct_queue_legs as legs
            where
                legs.conversation_id = conversations.conversation_id
                and legs.outcome = 'ended'
                and legs.ended_at is not null
        )
    )
