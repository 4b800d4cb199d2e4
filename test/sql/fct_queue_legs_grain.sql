-- Stays in queues that occur more than once in mart.fct_queue_legs.
select
    legs.conversation_id,
    legs.participant_no,
    legs.session_no,
    count(*) as row_count
from mart.fct_queue_legs as legs
group by
    legs.conversation_id,
    legs.participant_no,
    legs.session_no
having count(*) > 1
