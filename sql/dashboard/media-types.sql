-- One row per media type of the last two weeks, the one with the most contacts first.
-- @parameters zone: zone
-- @definitions rpt_queue_days
select
    days.media_type,
    sum(days.offered_count) as offered_count
from mart.rpt_queue_days as days
where days.day > (now() at time zone :zone)::date - 14
group by days.media_type
having sum(days.offered_count) > 0
order by offered_count desc, days.media_type
