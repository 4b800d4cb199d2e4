-- Agent sessions that are said to have answered more than one stay in a queue.
select
    legs.conversation_id,
    legs.answer_participant_no,
    legs.answer_session_no,
    count(*) as leg_count
from mart.fct_queue_legs as legs
where legs.answer_session_no is not null
group by
    legs.conversation_id,
    legs.answer_participant_no,
    legs.answer_session_no
having count(*) > 1
