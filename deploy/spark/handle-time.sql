-- Handle time per agent, queue and medium. Names of agents are in dim_users where the lake is exported with --personal.
select
    intervals.user_id,
    queues.queue_name,
    intervals.media_type,
    sum(intervals.handled_count) as handled_count,
    round(sum(intervals.handle_seconds) / nullif(sum(intervals.handled_count), 0), 1) as average_handle_seconds,
    round(sum(intervals.talk_seconds) / nullif(sum(intervals.talk_count), 0), 1) as average_talk_seconds,
    round(sum(intervals.acw_seconds) / nullif(sum(intervals.acw_count), 0), 1) as average_acw_seconds
from mart.fct_agent_queue_intervals as intervals
left join mart.dim_queues as queues on queues.queue_id = intervals.queue_id
where intervals.day >= :from_day and intervals.day < :to_day
group by intervals.user_id, queues.queue_name, intervals.media_type
order by intervals.user_id, queues.queue_name, intervals.media_type
