-- Wrap-up segments that occur more than once in mart.fct_wrapups.
select
    wrapups.conversation_id,
    wrapups.participant_no,
    wrapups.session_no,
    wrapups.segment_no,
    count(*) as row_count
from mart.fct_wrapups as wrapups
group by
    wrapups.conversation_id,
    wrapups.participant_no,
    wrapups.session_no,
    wrapups.segment_no
having count(*) > 1
