-- Conversations that occur more than once in mart.fct_conversations.
select
    conversations.conversation_id,
    count(*) as row_count
from mart.fct_conversations as conversations
group by conversations.conversation_id
having count(*) > 1
