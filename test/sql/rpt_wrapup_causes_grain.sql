-- Cells that occur more than once in mart.rpt_wrapup_causes.
select
    causes.day,
    causes.queue_id,
    causes.media_type,
    causes.wrapup_cause,
    count(*) as row_count
from mart.rpt_wrapup_causes as causes
group by
    causes.day,
    causes.queue_id,
    causes.media_type,
    causes.wrapup_cause
having count(*) > 1
