-- One row per queue × media type: the day up to the time that the data reaches, and what waits now.
-- @parameters day: day, media: texts?, zone: zone
-- @definitions rpt_queue_days dim_queues
-- @column waiting_count: Contacts that wait in the queue as of the last pull.
-- @column longest_wait_seconds: How long the one that waits longest has waited.
-- @column offered_before_count: Contacts offered on the whole of the same weekday a week before.
with
contacts as (
    select
        days.queue_id,
        days.media_type,
        sum(days.offered_count) filter (where days.day = :day) as offered_count,
        sum(days.answered_count) filter (where days.day = :day) as answered_count,
        sum(days.abandoned_count) filter (where days.day = :day) as abandoned_count,
        sum(days.service_level_numerator) filter (where days.day = :day) as service_level_numerator,
        sum(days.service_level_denominator) filter (where days.day = :day) as service_level_denominator,
        sum(days.answer_seconds) filter (where days.day = :day) as answer_seconds,
        sum(days.handle_seconds) filter (where days.day = :day) as handle_seconds,
        sum(days.handled_count) filter (where days.day = :day) as handled_count,
        sum(days.offered_count) filter (where days.day = :day - 7) as offered_before_count
    from mart.rpt_queue_days as days
    where
        days.day in (:day, :day - 7)
        and days.queue_id is not null
        and (:media is null or days.media_type = any(:media))
    group by days.queue_id, days.media_type
),

waiting as (
    select
        now_queues.queue_id,
        now_queues.media_type,
        now_queues.waiting_count,
        now_queues.longest_wait_seconds
    from mart.rpt_queue_now as now_queues
    where
        now_queues.waiting_count > 0
        and (now() at time zone :zone)::date = :day
        and (:media is null or now_queues.media_type = any(:media))
)

select
    queues.queue_id,
    queues.queue_name,
    coalesce(contacts.media_type, waiting.media_type) as media_type,
    coalesce(waiting.waiting_count, 0) as waiting_count,
    round(waiting.longest_wait_seconds, 0) as longest_wait_seconds,
    coalesce(contacts.offered_count, 0) as offered_count,
    coalesce(contacts.answered_count, 0) as answered_count,
    coalesce(contacts.abandoned_count, 0) as abandoned_count,
    round(contacts.abandoned_count / nullif(contacts.offered_count, 0), 6) as abandon_rate,
    round(contacts.service_level_numerator / nullif(contacts.service_level_denominator, 0), 6) as service_level_rate,
    round(contacts.answer_seconds / nullif(contacts.answered_count, 0), 3) as average_answer_seconds,
    round(contacts.handle_seconds / nullif(contacts.handled_count, 0), 3) as average_handle_seconds,
    contacts.offered_before_count
from contacts
full join waiting on waiting.queue_id = contacts.queue_id and waiting.media_type = contacts.media_type
inner join mart.dim_queues as queues on queues.queue_id = coalesce(contacts.queue_id, waiting.queue_id)
where contacts.offered_count > 0 or contacts.handled_count > 0 or waiting.waiting_count > 0
order by coalesce(contacts.offered_count, 0) desc, queues.queue_name, 3
