-- One row per range of waiting times: how many contacts of a span waited that long until they were answered or gave up.
-- @parameters from: day, to: day, queues: uuids?, media: texts?, zone: zone
-- @definitions fct_queue_legs
-- @column from_seconds: Begin of the range.
-- @column to_seconds: End of the range, not included; none for the last.
-- @column answered_count: Stays in the queue that an agent answered after this long.
-- @column abandoned_count: Stays that the customer gave up after this long, short ones included.
-- @column answered_until_rate: Fraction of all answered that were answered before the end of the range.
with
edges as (
    select array[0, 10, 20, 30, 60, 120, 300, 600, 1800, 3600, 14400]::numeric[] as seconds
),

legs as (
    select
        width_bucket(coalesce(legs.answer_seconds, legs.abandon_seconds), edges.seconds) as range_no,
        legs.is_answered
    from mart.fct_queue_legs as legs
    cross join edges
    where
        legs.started_at >= :from::timestamp at time zone :zone
        and legs.started_at < (:to + 1)::timestamp at time zone :zone
        and (:queues is null or legs.queue_id = any(:queues))
        and (:media is null or legs.media_type = any(:media))
        and (legs.is_answered or legs.is_abandoned)
        and coalesce(legs.answer_seconds, legs.abandon_seconds) >= 0
),

counted as (
    select
        ranges.from_seconds,
        ranges.range_no,
        count(*) filter (where legs.is_answered) as answered_count,
        count(*) filter (where not legs.is_answered) as abandoned_count
    from edges
    cross join unnest(edges.seconds) with ordinality as ranges (from_seconds, range_no)
    left join legs on legs.range_no = ranges.range_no
    group by ranges.from_seconds, ranges.range_no
)

select
    counted.from_seconds,
    lead(counted.from_seconds) over (order by counted.range_no) as to_seconds,
    counted.answered_count,
    counted.abandoned_count,
    round(
        sum(counted.answered_count) over (order by counted.range_no)
        / nullif(sum(counted.answered_count) over (), 0),
        6
    ) as answered_until_rate
from counted
order by counted.range_no
