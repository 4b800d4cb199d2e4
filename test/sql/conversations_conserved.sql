-- Conversations that are stored and missing from mart.fct_conversations, or the other way round.
select coalesce(stored.conversation_id, facts.conversation_id) as conversation_id
from genesys.conversations as stored
full join mart.fct_conversations as facts on facts.conversation_id = stored.conversation_id
where
    stored.conversation_id is null
    or facts.conversation_id is null
