-- One row per queue × media type over a span of days.
-- @parameters from: day, to: day, queues: uuids?, media: texts?
-- @definitions rpt_queue_days dim_queues
-- @column day_count: Days of the span on which the queue had figures.
with
summed as (
    select
        days.queue_id,
        days.media_type,
        count(*) as day_count,
        sum(days.offered_count) as offered_count,
        sum(days.answered_count) as answered_count,
        sum(days.abandoned_count) as abandoned_count,
        sum(days.short_abandoned_count) as short_abandoned_count,
        sum(days.flow_out_count) as flow_out_count,
        sum(days.handled_count) as handled_count,
        sum(days.transferred_count) as transferred_count,
        sum(days.answer_seconds) as answer_seconds,
        sum(days.handle_seconds) as handle_seconds,
        sum(days.acw_seconds) as acw_seconds,
        sum(days.acw_count) as acw_count,
        sum(days.service_level_numerator) as service_level_numerator,
        sum(days.service_level_denominator) as service_level_denominator
    from mart.rpt_queue_days as days
    where
        days.day between :from and :to
        and days.queue_id is not null
        and (:queues is null or days.queue_id = any(:queues))
        and (:media is null or days.media_type = any(:media))
    group by days.queue_id, days.media_type
)

select
    summed.queue_id,
    queues.queue_name,
    summed.media_type,
    summed.day_count,
    summed.offered_count,
    summed.answered_count,
    round(summed.answered_count / nullif(summed.offered_count, 0), 6) as answer_rate,
    summed.abandoned_count,
    round(
        (summed.abandoned_count - summed.short_abandoned_count)
        / nullif(summed.offered_count - summed.short_abandoned_count, 0),
        6
    ) as long_abandon_rate,
    summed.flow_out_count,
    round(summed.service_level_numerator / nullif(summed.service_level_denominator, 0), 6) as service_level_rate,
    round(summed.answer_seconds / nullif(summed.answered_count, 0), 3) as average_answer_seconds,
    summed.handled_count,
    round(summed.handle_seconds / nullif(summed.handled_count, 0), 3) as average_handle_seconds,
    round(summed.acw_seconds / nullif(summed.acw_count, 0), 3) as average_acw_seconds,
    round(summed.transferred_count / nullif(summed.handled_count, 0), 6) as transfer_rate
from summed
inner join mart.dim_queues as queues on queues.queue_id = summed.queue_id
where summed.offered_count > 0 or summed.handled_count > 0
order by summed.offered_count desc, queues.queue_name, summed.media_type
