-- Why sessions of agents have no wrap-up code, by queue and cause, with the share of all sessions of the queue.
with causes as (
    select
        sessions.queue_id,
        sessions.wrapup_cause,
        count(*) as session_count
    from mart.fct_agent_sessions as sessions
    where sessions.day >= :from_day and sessions.day < :to_day and sessions.is_acd
    group by sessions.queue_id, sessions.wrapup_cause
)

select
    queues.queue_name,
    causes.wrapup_cause,
    causes.session_count,
    round(1.0 * causes.session_count / sum(causes.session_count) over (partition by causes.queue_id), 4) as share_rate
from causes
left join mart.dim_queues as queues on queues.queue_id = causes.queue_id
order by queues.queue_name, causes.wrapup_cause
