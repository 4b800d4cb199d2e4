-- One row per stored metric of the user aggregates, with its figures in columns by their meaning.
create view genesys.int_agent_status_metrics as
with
statuses as (
    select
        metrics.interval_start,
        metrics.interval_end,
        metrics.user_id,
        metrics.metric,
        metrics.qualifier as status,
        metrics.sum
    from genesys.user_aggregates as metrics
    where metrics.metric in ('tAgentRoutingStatus', 'tSystemPresence')
),

-- IDLE is a presence as well as a routing status, so the metric identifies the status.
final as (
    select
        statuses.interval_start,
        statuses.interval_end,
        statuses.user_id,
        case when statuses.metric = 'tSystemPresence' then statuses.sum end as presence_ms,
        case when statuses.metric = 'tAgentRoutingStatus' then statuses.sum end as routing_ms,
        case when statuses.metric = 'tSystemPresence' and statuses.status <> 'OFFLINE' then statuses.sum end as logged_in_ms,
        case when statuses.metric = 'tSystemPresence' and statuses.status = 'ON_QUEUE' then statuses.sum end as on_queue_ms,
        case when statuses.metric = 'tSystemPresence' and statuses.status = 'AVAILABLE' then statuses.sum end as available_ms,
        case when statuses.metric = 'tSystemPresence' and statuses.status = 'BUSY' then statuses.sum end as busy_ms,
        case when statuses.metric = 'tSystemPresence' and statuses.status = 'AWAY' then statuses.sum end as away_ms,
        case when statuses.metric = 'tSystemPresence' and statuses.status = 'BREAK' then statuses.sum end as break_ms,
        case when statuses.metric = 'tSystemPresence' and statuses.status = 'MEAL' then statuses.sum end as meal_ms,
        case when statuses.metric = 'tSystemPresence' and statuses.status = 'MEETING' then statuses.sum end as meeting_ms,
        case when statuses.metric = 'tSystemPresence' and statuses.status = 'TRAINING' then statuses.sum end as training_ms,
        case when statuses.metric = 'tSystemPresence' and statuses.status = 'IDLE' then statuses.sum end as inactive_ms,
        case when statuses.metric = 'tSystemPresence' and statuses.status = 'OFFLINE' then statuses.sum end as offline_ms,
        case when statuses.metric = 'tAgentRoutingStatus' and statuses.status = 'INTERACTING' then statuses.sum end as interacting_ms,
        case when statuses.metric = 'tAgentRoutingStatus' and statuses.status = 'COMMUNICATING' then statuses.sum end as communicating_ms,
        case when statuses.metric = 'tAgentRoutingStatus' and statuses.status = 'IDLE' then statuses.sum end as idle_ms,
        case when statuses.metric = 'tAgentRoutingStatus' and statuses.status = 'NOT_RESPONDING' then statuses.sum end as not_responding_ms,
        case when statuses.metric = 'tAgentRoutingStatus' and statuses.status = 'OFF_QUEUE' then statuses.sum end as off_queue_ms
    from statuses
)

select * from final;

comment on view genesys.int_agent_status_metrics is 'One row per stored metric of the user aggregates that the marts show, with its figures in columns by their meaning. Shared by fct_agent_intervals and the sums by day.';
