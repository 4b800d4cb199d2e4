-- Differences between the number of wrap-up segments stored and of rows in mart.fct_wrapups.
with
counts as (
    select
        (select count(*) from genesys.segments as segments where segments.segment_type = 'wrapup') as stored_count,
        (select count(*) from mart.fct_wrapups) as fact_count
)

select
    counts.stored_count,
    counts.fact_count
from counts
where counts.stored_count <> counts.fact_count
