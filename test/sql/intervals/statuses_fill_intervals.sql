-- Intervals of agents in which the presences, or the routing statuses, last longer than the interval.
select
    facts.interval_start_at,
    facts.user_id
from mart.fct_agent_intervals as facts
where
    facts.logged_in_seconds + facts.offline_seconds > extract(epoch from facts.interval_end_at - facts.interval_start_at)
    or facts.interacting_seconds + facts.communicating_seconds + facts.idle_seconds + facts.not_responding_seconds
        + facts.off_queue_seconds > extract(epoch from facts.interval_end_at - facts.interval_start_at)
