-- Spread of the handle time by queue: median and 90th percentile beside the mean.
select
    queues.queue_name,
    sessions.media_type,
    count(*) as handled_count,
    round(avg(sessions.handle_seconds), 1) as average_handle_seconds,
    percentile_cont(0.5) within group (order by sessions.handle_seconds) as median_handle_seconds,
    percentile_cont(0.9) within group (order by sessions.handle_seconds) as p90_handle_seconds
from mart.fct_agent_sessions as sessions
left join mart.dim_queues as queues on queues.queue_id = sessions.queue_id
where sessions.day >= :from_day and sessions.day < :to_day and sessions.is_handled
group by queues.queue_name, sessions.media_type
order by queues.queue_name, sessions.media_type
