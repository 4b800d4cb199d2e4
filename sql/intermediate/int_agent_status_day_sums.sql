-- One row per local day × user: what genesys.agent_status_day_sums must hold.
create view genesys.int_agent_status_day_sums as
with
days as (
    select * from genesys.int_interval_days
),

-- Day by day, so that a filter on the day becomes a range of an index and one day's groups fit into memory.
final as (
    select
        days.day,
        metered.*
    from days
    cross join lateral (
        select
            metrics.user_id,
            max(metrics.interval_end) as last_interval_end,
            genesys.sum_bigint(metrics.presence_ms) as presence_ms,
            genesys.sum_bigint(metrics.routing_ms) as routing_ms,
            genesys.sum_bigint(metrics.logged_in_ms) as logged_in_ms,
            genesys.sum_bigint(metrics.on_queue_ms) as on_queue_ms,
            genesys.sum_bigint(metrics.available_ms) as available_ms,
            genesys.sum_bigint(metrics.busy_ms) as busy_ms,
            genesys.sum_bigint(metrics.away_ms) as away_ms,
            genesys.sum_bigint(metrics.break_ms) as break_ms,
            genesys.sum_bigint(metrics.meal_ms) as meal_ms,
            genesys.sum_bigint(metrics.meeting_ms) as meeting_ms,
            genesys.sum_bigint(metrics.training_ms) as training_ms,
            genesys.sum_bigint(metrics.inactive_ms) as inactive_ms,
            genesys.sum_bigint(metrics.offline_ms) as offline_ms,
            genesys.sum_bigint(metrics.interacting_ms) as interacting_ms,
            genesys.sum_bigint(metrics.communicating_ms) as communicating_ms,
            genesys.sum_bigint(metrics.idle_ms) as idle_ms,
            genesys.sum_bigint(metrics.not_responding_ms) as not_responding_ms,
            genesys.sum_bigint(metrics.off_queue_ms) as off_queue_ms
        from genesys.int_agent_status_metrics as metrics
        where
            metrics.interval_start >= days.start_at
            and metrics.interval_start < days.end_at
        group by
            metrics.user_id
    ) as metered
)

select * from final;

comment on view genesys.int_agent_status_day_sums is 'One row per local day and user: sums over statuses. The plain definition of genesys.agent_status_day_sums, which each pull writes for the days that it touches: a test holds the table to it, and rebuild-facts fills the table from it.';
