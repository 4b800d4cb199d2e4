-- Median, 90th percentile and longest wait of every queue.
select
    queues.queue_name,
    legs.media_type,
    count(*) as leg_count,
    percentile_cont(0.5) within group (order by legs.wait_seconds) as median_wait_seconds,
    percentile_cont(0.9) within group (order by legs.wait_seconds) as p90_wait_seconds,
    max(legs.wait_seconds) as longest_wait_seconds
from mart.fct_queue_legs as legs
left join mart.dim_queues as queues on queues.queue_id = legs.queue_id
where legs.day >= :from_day and legs.day < :to_day and legs.wait_seconds is not null
group by queues.queue_name, legs.media_type
order by queues.queue_name, legs.media_type
