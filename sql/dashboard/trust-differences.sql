-- One row per figure that differs between details and Genesys' own aggregates.
-- @parameters from: day, to: day, zone: zone
-- @definitions ops_reconciliation_differences
select
    differences.interval_start_local,
    differences.queue_name,
    differences.media_type,
    differences.metric,
    differences.state,
    differences.details_count,
    differences.aggregate_count,
    differences.details_seconds,
    differences.aggregate_seconds,
    differences.is_final
from mart.ops_reconciliation_differences as differences
where
    differences.interval_start_at >= :from::timestamp at time zone :zone
    and differences.interval_start_at < (:to + 1)::timestamp at time zone :zone
order by differences.interval_start_local desc, differences.queue_name, differences.metric
