-- Stays in queues whose outcome contradicts their flags, or whose answering session is not in mart.fct_agent_sessions.
select
    legs.conversation_id,
    legs.outcome
from mart.fct_queue_legs as legs
left join mart.fct_agent_sessions as answers
    on answers.conversation_id = legs.conversation_id
    and answers.participant_no = legs.answer_participant_no
    and answers.session_no = legs.answer_session_no
where
    (legs.outcome = 'answered' and not legs.is_answered)
    or (legs.is_abandoned and legs.outcome not in ('abandoned', 'short_abandoned'))
    or (legs.answer_session_no is not null and answers.conversation_id is null)
    or (legs.answer_session_no is not null and answers.user_id <> legs.answer_user_id)
