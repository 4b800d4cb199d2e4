-- Sessions of queues that are stored and missing from mart.fct_queue_legs, or the other way round.
with
stored as (
    select
        sessions.conversation_id,
        sessions.participant_no,
        sessions.session_no
    from genesys.sessions as sessions
    inner join genesys.participants as participants
        on participants.conversation_id = sessions.conversation_id
        and participants.participant_no = sessions.participant_no
    where participants.purpose = 'acd'
)

select coalesce(stored.conversation_id, facts.conversation_id) as conversation_id
from stored
full join mart.fct_queue_legs as facts
    on facts.conversation_id = stored.conversation_id
    and facts.participant_no = stored.participant_no
    and facts.session_no = stored.session_no
where
    stored.conversation_id is null
    or facts.conversation_id is null
