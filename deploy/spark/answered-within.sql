-- Calls answered within 10, 20, 30 and 60 seconds, by queue.
select
    queues.queue_name,
    count(*) as answered_count,
    count(*) filter (where legs.answer_seconds <= 10) as within_10_count,
    count(*) filter (where legs.answer_seconds <= 20) as within_20_count,
    count(*) filter (where legs.answer_seconds <= 30) as within_30_count,
    count(*) filter (where legs.answer_seconds <= 60) as within_60_count
from mart.fct_queue_legs as legs
left join mart.dim_queues as queues on queues.queue_id = legs.queue_id
where legs.day >= :from_day and legs.day < :to_day and legs.media_type = 'voice' and legs.answer_seconds is not null
group by queues.queue_name
order by queues.queue_name
