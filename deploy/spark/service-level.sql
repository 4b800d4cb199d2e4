-- Service level, abandons and handle time of every queue by day.
select
    intervals.day,
    queues.queue_name,
    intervals.media_type,
    sum(intervals.offered_count) as offered_count,
    sum(intervals.answered_count) as answered_count,
    sum(intervals.abandoned_count) as abandoned_count,
    round(1.0 * sum(intervals.service_level_numerator) / nullif(sum(intervals.service_level_denominator), 0), 4) as service_level_rate,
    round(sum(intervals.handle_seconds) / nullif(sum(intervals.handled_count), 0), 1) as average_handle_seconds
from mart.fct_queue_intervals as intervals
left join mart.dim_queues as queues on queues.queue_id = intervals.queue_id
where intervals.day >= :from_day and intervals.day < :to_day
group by intervals.day, queues.queue_name, intervals.media_type
order by intervals.day, queues.queue_name, intervals.media_type
