-- One row: how far the data of the pages reaches.
-- @definitions ops_freshness
-- @column until_local: Everything before this time has been pulled: queues, agents, statuses and conversations.
-- @column lag_seconds: Seconds from there to now.
-- @column failing_slice_count: Pulls of any stream of which the latest attempt failed.
-- @column dead_letter_count: Records that could not be stored.
select
    min(streams.watermark_local) filter (where streams.is_main) as until_local,
    max(streams.lag_seconds) filter (where streams.is_main) as lag_seconds,
    coalesce(sum(streams.failing_slice_count), 0) as failing_slice_count,
    coalesce(sum(streams.dead_letter_count), 0) as dead_letter_count
from (
    select
        freshness.*,
        freshness.stream in ('queue_aggregates', 'agent_aggregates', 'user_aggregates', 'conversations') as is_main
    from mart.ops_freshness as freshness
) as streams
