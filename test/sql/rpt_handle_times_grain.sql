-- Cells that occur more than once in mart.rpt_handle_times.
select
    times.day,
    times.queue_id,
    times.media_type,
    times.user_id,
    count(*) as row_count
from mart.rpt_handle_times as times
group by
    times.day,
    times.queue_id,
    times.media_type,
    times.user_id
having count(*) > 1
