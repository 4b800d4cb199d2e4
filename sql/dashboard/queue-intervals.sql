-- One row per interval of a span: the chosen queues together.
-- @parameters from: day, to: day, queues: uuids?, media: texts?, zone: zone
-- @definitions fct_queue_intervals
-- @column abandon_rate: Fraction of the offered contacts that were abandoned.
select
    intervals.interval_start_local,
    sum(intervals.offered_count) as offered_count,
    sum(intervals.answered_count) as answered_count,
    sum(intervals.abandoned_count) as abandoned_count,
    sum(intervals.flow_out_count) as flow_out_count,
    round(sum(intervals.abandoned_count) / nullif(sum(intervals.offered_count), 0), 6) as abandon_rate,
    round(
        sum(intervals.service_level_numerator) / nullif(sum(intervals.service_level_denominator), 0),
        6
    ) as service_level_rate,
    round(sum(intervals.answer_seconds) / nullif(sum(intervals.answered_count), 0), 3) as average_answer_seconds,
    round(sum(intervals.handle_seconds) / nullif(sum(intervals.handled_count), 0), 3) as average_handle_seconds,
    sum(intervals.handled_count) as handled_count
from mart.fct_queue_intervals as intervals
where
    intervals.interval_start_at >= :from::timestamp at time zone :zone
    and intervals.interval_start_at < (:to + 1)::timestamp at time zone :zone
    and (:queues is null or intervals.queue_id = any(:queues))
    and (:media is null or intervals.media_type = any(:media))
group by intervals.interval_start_at, intervals.interval_start_local
order by intervals.interval_start_at
