-- One row per day of a span: all chosen queues together.
-- @parameters from: day, to: day, queues: uuids?, media: texts?
-- @definitions rpt_queue_days
select
    days.day,
    sum(days.offered_count) as offered_count,
    sum(days.answered_count) as answered_count,
    sum(days.abandoned_count) as abandoned_count,
    sum(days.flow_out_count) as flow_out_count,
    round(sum(days.abandoned_count) / nullif(sum(days.offered_count), 0), 6) as abandon_rate,
    round(sum(days.service_level_numerator) / nullif(sum(days.service_level_denominator), 0), 6) as service_level_rate,
    round(sum(days.answer_seconds) / nullif(sum(days.answered_count), 0), 3) as average_answer_seconds,
    round(sum(days.handle_seconds) / nullif(sum(days.handled_count), 0), 3) as average_handle_seconds,
    sum(days.handled_count) as handled_count
from mart.rpt_queue_days as days
where
    days.day between :from and :to
    and (:queues is null or days.queue_id = any(:queues))
    and (:media is null or days.media_type = any(:media))
group by days.day
order by days.day
