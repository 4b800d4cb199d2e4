-- One row per weekday × hour of a span: the chosen queues together.
-- @parameters from: day, to: day, queues: uuids?, media: texts?, zone: zone
-- @definitions fct_queue_intervals
-- @column weekday: 1 is Monday, 7 is Sunday.
-- @column hour: Hour of the day in the reporting zone, 0 to 23.
-- @column day_count: Days of this weekday in the span on which the queues had figures.
-- @column offered_per_day: Contacts offered in this hour on an average day of this weekday.
-- @column abandon_rate: Fraction of the offered contacts that were abandoned.
with
intervals as (
    select
        intervals.*,
        extract(isodow from intervals.interval_start_local)::integer as weekday,
        extract(hour from intervals.interval_start_local)::integer as hour
    from mart.fct_queue_intervals as intervals
    where
        intervals.interval_start_at >= :from::timestamp at time zone :zone
        and intervals.interval_start_at < (:to + 1)::timestamp at time zone :zone
        and (:queues is null or intervals.queue_id = any(:queues))
        and (:media is null or intervals.media_type = any(:media))
),

weekdays as (
    select
        intervals.weekday,
        count(distinct intervals.interval_start_local::date) as day_count
    from intervals
    group by intervals.weekday
)

select
    intervals.weekday,
    intervals.hour,
    max(weekdays.day_count) as day_count,
    sum(intervals.offered_count) as offered_count,
    round(sum(intervals.offered_count) / max(weekdays.day_count), 1) as offered_per_day,
    round(sum(intervals.abandoned_count) / nullif(sum(intervals.offered_count), 0), 6) as abandon_rate,
    round(
        sum(intervals.service_level_numerator) / nullif(sum(intervals.service_level_denominator), 0),
        6
    ) as service_level_rate,
    round(sum(intervals.answer_seconds) / nullif(sum(intervals.answered_count), 0), 3) as average_answer_seconds
from intervals
inner join weekdays on weekdays.weekday = intervals.weekday
group by intervals.weekday, intervals.hour
order by intervals.weekday, intervals.hour
