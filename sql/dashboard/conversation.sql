-- One row: one conversation.
-- @parameters conversation: uuid
-- @definitions fct_conversations dim_queues
-- @column queue_name: Name of the last queue that held it or that it was handled for.
select
    conversations.conversation_id,
    conversations.started_local,
    conversations.ended_local,
    conversations.duration_seconds,
    conversations.originating_direction,
    conversations.media_types,
    queues.queue_name,
    conversations.session_count,
    conversations.agent_session_count,
    conversations.queue_leg_count,
    conversations.handled_count,
    conversations.transferred_count,
    conversations.handle_seconds,
    conversations.talk_seconds,
    conversations.hold_seconds,
    conversations.acw_seconds,
    conversations.ivr_seconds,
    conversations.acd_seconds,
    conversations.is_open,
    conversations.is_abandoned,
    conversations.wrapup_cause
from mart.fct_conversations as conversations
left join mart.dim_queues as queues on queues.queue_id = conversations.last_queue_id
where conversations.conversation_id = :conversation
