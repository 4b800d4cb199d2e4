-- Differences between the assignments of the ledger and those that mart.rpt_wrapup_assignments counts.
with
counts as (
    select
        (select count(*) from wrapup.assignments) as stored_count,
        (select coalesce(sum(reported.assignment_count), 0) from mart.rpt_wrapup_assignments as reported) as reported_count,
        (select count(*) from wrapup.assignments as assignments where assignments.is_in_force <> (assignments.in_force_no = 0))
            as inconsistent_count
)

select
    counts.stored_count,
    counts.reported_count,
    counts.inconsistent_count
from counts
where
    counts.stored_count <> counts.reported_count
    or counts.inconsistent_count > 0
