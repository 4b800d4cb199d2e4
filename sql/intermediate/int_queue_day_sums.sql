-- One row per local day × queue × media type: what genesys.queue_day_sums must hold.
create view genesys.int_queue_day_sums as
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
            metrics.queue_id,
            metrics.media_type,
            max(metrics.interval_end) as last_interval_end,
            genesys.sum_bigint(metrics.offered_count) as offered_count,
            genesys.sum_bigint(metrics.answered_count) as answered_count,
            genesys.sum_bigint(metrics.abandoned_count) as abandoned_count,
            genesys.sum_bigint(metrics.short_abandoned_count) as short_abandoned_count,
            genesys.sum_bigint(metrics.flow_out_count) as flow_out_count,
            genesys.sum_bigint(metrics.handled_count) as handled_count,
            genesys.sum_bigint(metrics.transferred_count) as transferred_count,
            genesys.sum_bigint(metrics.over_sla_count) as over_sla_count,
            genesys.sum_bigint(metrics.talk_count) as talk_count,
            genesys.sum_bigint(metrics.hold_count) as hold_count,
            genesys.sum_bigint(metrics.acw_count) as acw_count,
            genesys.sum_bigint(metrics.handle_ms) as handle_ms,
            genesys.sum_bigint(metrics.talk_ms) as talk_ms,
            genesys.sum_bigint(metrics.hold_ms) as hold_ms,
            genesys.sum_bigint(metrics.acw_ms) as acw_ms,
            genesys.sum_bigint(metrics.answer_ms) as answer_ms,
            genesys.sum_bigint(metrics.abandon_ms) as abandon_ms,
            genesys.sum_bigint(metrics.wait_ms) as wait_ms,
            genesys.sum_bigint(metrics.service_level_numerator) as service_level_numerator,
            genesys.sum_bigint(metrics.service_level_denominator) as service_level_denominator
        from genesys.int_queue_metrics as metrics
        where
            metrics.interval_start >= days.start_at
            and metrics.interval_start < days.end_at
        group by
            metrics.queue_id,
            metrics.media_type
    ) as metered
)

select * from final;

comment on view genesys.int_queue_day_sums is 'One row per local day, queue and media type: sums over interval facts. The plain definition of genesys.queue_day_sums, which each pull writes for the days that it touches: a test holds the table to it, and rebuild-facts fills the table from it.';
