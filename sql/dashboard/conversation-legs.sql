-- One row per stay of a conversation in a queue.
-- @parameters conversation: uuid
-- @definitions fct_queue_legs
select
    legs.started_local,
    legs.ended_local,
    legs.queue_id,
    legs.queue_name,
    legs.media_type,
    legs.outcome,
    legs.wait_seconds,
    legs.flow_out_type,
    legs.is_open
from mart.fct_queue_legs as legs
where legs.conversation_id = :conversation
order by legs.started_at, legs.participant_no, legs.session_no
