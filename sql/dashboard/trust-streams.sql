-- One row per stream: how far its data reaches and what is due.
-- @definitions ops_freshness
select
    freshness.stream,
    freshness.watermark_local,
    freshness.final_until_local,
    freshness.last_success_local,
    freshness.lag_seconds,
    freshness.pending_slice_count,
    freshness.due_slice_count,
    freshness.failing_slice_count,
    freshness.dead_letter_count,
    freshness.record_count
from mart.ops_freshness as freshness
order by freshness.failing_slice_count desc, freshness.dead_letter_count desc, freshness.stream
