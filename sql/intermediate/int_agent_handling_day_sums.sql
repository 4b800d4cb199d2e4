-- One row per local day × user: what genesys.agent_handling_day_sums must hold.
create view genesys.int_agent_handling_day_sums as
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
            genesys.sum_bigint(metrics.answered_count) as answered_count,
            genesys.sum_bigint(metrics.abandoned_count) as abandoned_count,
            genesys.sum_bigint(metrics.alert_count) as alert_count,
            genesys.sum_bigint(metrics.not_responding_count) as not_responding_count,
            genesys.sum_bigint(metrics.handled_count) as handled_count,
            genesys.sum_bigint(metrics.transferred_count) as transferred_count,
            genesys.sum_bigint(metrics.over_sla_count) as over_sla_count,
            genesys.sum_bigint(metrics.outbound_count) as outbound_count,
            genesys.sum_bigint(metrics.talk_count) as talk_count,
            genesys.sum_bigint(metrics.hold_count) as hold_count,
            genesys.sum_bigint(metrics.acw_count) as acw_count,
            genesys.sum_bigint(metrics.handle_ms) as handle_ms,
            genesys.sum_bigint(metrics.talk_ms) as talk_ms,
            genesys.sum_bigint(metrics.hold_ms) as hold_ms,
            genesys.sum_bigint(metrics.acw_ms) as acw_ms,
            genesys.sum_bigint(metrics.answer_ms) as answer_ms,
            genesys.sum_bigint(metrics.alert_ms) as alert_ms
        from genesys.int_agent_handling_metrics as metrics
        where
            metrics.interval_start >= days.start_at
            and metrics.interval_start < days.end_at
        group by
            metrics.user_id
    ) as metered
)

select * from final;

comment on view genesys.int_agent_handling_day_sums is 'One row per local day and user: sums over handlings. The plain definition of genesys.agent_handling_day_sums, which each pull writes for the days that it touches: a test holds the table to it, and rebuild-facts fills the table from it.';
