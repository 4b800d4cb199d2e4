-- Days and queues whose waiting times differ between the report and the stays in queues, or whose buckets do not add up.
with
legs as (
    select
        legs.day,
        legs.queue_id,
        legs.media_type,
        count(*) as leg_count,
        count(*) filter (where legs.is_answered and legs.answer_seconds is not null) as answered_count,
        count(*) filter (where legs.is_abandoned) as abandoned_count,
        coalesce(sum(legs.answer_seconds), 0) as answer_seconds,
        max(legs.answer_seconds) as answer_max_seconds
    from mart.fct_queue_legs as legs
    where legs.is_complete
    group by
        legs.day,
        legs.queue_id,
        legs.media_type
)
select
    waits.day,
    waits.queue_id,
    waits.media_type,
    legs.leg_count
from mart.rpt_wait_times as waits
full join legs
    on legs.day = waits.day
    and legs.queue_id is not distinct from waits.queue_id
    and legs.media_type is not distinct from waits.media_type
where
    coalesce(waits.leg_count, 0) <> coalesce(legs.leg_count, 0)
    or coalesce(waits.answered_count, 0) <> coalesce(legs.answered_count, 0)
    or coalesce(waits.abandoned_count, 0) <> coalesce(legs.abandoned_count, 0)
    or abs(coalesce(waits.answer_seconds, 0) - coalesce(legs.answer_seconds, 0)) > 0.001
    or waits.answer_max_seconds is distinct from legs.answer_max_seconds
    or waits.answered_count <> waits.answered_0_10_count + waits.answered_10_20_count + waits.answered_20_30_count
        + waits.answered_30_60_count + waits.answered_60_120_count + waits.answered_120_300_count + waits.answered_over_300_count
