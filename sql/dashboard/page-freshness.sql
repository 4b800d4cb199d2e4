-- One row: how far the data of the pages reaches.
-- @definitions ops_freshness
-- @column outage_since_local: Since when Genesys Cloud has been away for this program; empty where it answered when last tried.
-- @column outage_reason: Why it could not be reached.
-- @column until_local: Everything before this time has been pulled: queues, agents, statuses and conversations.
-- @column lag_seconds: Seconds from there to now.
-- @column failing_slice_count: Pulls of any stream of which the latest attempt failed.
-- @column dead_letter_count: Records that could not be stored.
select
    min(streams.watermark_local) filter (where streams.is_main) as until_local,
    max(streams.lag_seconds) filter (where streams.is_main) as lag_seconds,
    coalesce(sum(streams.failing_slice_count), 0) as failing_slice_count,
    coalesce(sum(streams.dead_letter_count), 0) as dead_letter_count,
    (select min(settings.outage_since_local) from mart.ops_settings as settings) as outage_since_local,
    (select min(settings.outage_reason) from mart.ops_settings as settings) as outage_reason
from (
    select
        freshness.*,
        freshness.stream in ('queue_aggregates', 'agent_aggregates', 'user_aggregates', 'conversations') as is_main
    from mart.ops_freshness as freshness
) as streams
