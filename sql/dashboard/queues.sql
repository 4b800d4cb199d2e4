-- One row per queue × media type over a span of days.
-- @parameters from: day, to: day, queues: uuids?, media: texts?, zone: zone
-- @definitions rpt_queue_days dim_queues
-- @column day_count: Days of the span on which the queue had figures.
-- @column target_rate: The service level that the queue aims at for this media type, as set today: the fraction to be answered within target_seconds.
-- @column target_seconds: The wait that the service level is counted against, as set today.
-- @column in_target_rate: Fraction of the intervals of the span, of those in which the service level was counted at all, that reached the target.
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
),

targets as (
    select
        queues.queue_id,
        targets.media_type,
        targets.target_rate,
        targets.target_seconds
    from mart.dim_queues as queues
    cross join lateral (
        values
        ('voice', queues.voice_target_rate, queues.voice_target_seconds),
        ('callback', queues.callback_target_rate, queues.callback_target_seconds),
        ('chat', queues.chat_target_rate, queues.chat_target_seconds),
        ('email', queues.email_target_rate, queues.email_target_seconds),
        ('message', queues.message_target_rate, queues.message_target_seconds)
    ) as targets (media_type, target_rate, target_seconds)
),

levels as (
    select
        intervals.queue_id,
        intervals.media_type,
        count(*) as counted_count,
        count(*) filter (where intervals.service_level_rate >= targets.target_rate) as reached_count
    from mart.fct_queue_intervals as intervals
    inner join targets
        on targets.queue_id = intervals.queue_id
        and targets.media_type = intervals.media_type
        and targets.target_rate is not null
    where
        intervals.interval_start_at >= :from::timestamp at time zone :zone
        and intervals.interval_start_at < (:to + 1)::timestamp at time zone :zone
        and intervals.service_level_denominator > 0
        and (:queues is null or intervals.queue_id = any(:queues))
        and (:media is null or intervals.media_type = any(:media))
    group by intervals.queue_id, intervals.media_type
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
    targets.target_rate,
    targets.target_seconds,
    round(levels.reached_count::numeric / nullif(levels.counted_count, 0), 6) as in_target_rate,
    round(summed.answer_seconds / nullif(summed.answered_count, 0), 3) as average_answer_seconds,
    summed.handled_count,
    round(summed.handle_seconds / nullif(summed.handled_count, 0), 3) as average_handle_seconds,
    round(summed.acw_seconds / nullif(summed.acw_count, 0), 3) as average_acw_seconds,
    round(summed.transferred_count / nullif(summed.handled_count, 0), 6) as transfer_rate
from summed
inner join mart.dim_queues as queues on queues.queue_id = summed.queue_id
left join targets on targets.queue_id = summed.queue_id and targets.media_type = summed.media_type
left join levels on levels.queue_id = summed.queue_id and levels.media_type = summed.media_type
where summed.offered_count > 0 or summed.handled_count > 0
order by summed.offered_count desc, queues.queue_name, summed.media_type
