-- One row per period compared: figures of details against Genesys' own aggregates.
-- @parameters from: day, to: day, zone: zone
-- @definitions ops_reconciliation
-- @column equal_rate: Fraction of the compared figures that are equal.
select
    reconciliation.interval_start_local,
    reconciliation.interval_end_local,
    reconciliation.state,
    reconciliation.equal_count,
    reconciliation.different_count,
    round(
        reconciliation.equal_count::numeric
        / nullif(reconciliation.equal_count + reconciliation.different_count, 0),
        6
    ) as equal_rate,
    reconciliation.not_final_count,
    reconciliation.not_final_different_count,
    reconciliation.is_final,
    reconciliation.compared_local
from mart.ops_reconciliation as reconciliation
where
    reconciliation.interval_start_at >= :from::timestamp at time zone :zone
    and reconciliation.interval_start_at < (:to + 1)::timestamp at time zone :zone
order by reconciliation.interval_start_local desc
