-- Users whose presences of one day add up to more than the length of that day; who left on the day has less.
with
days as (
    select
        days.day,
        days.user_id,
        sum(days.presence_seconds) as presence_seconds,
        extract(epoch from (days.day + 1)::timestamp at time zone 'Asia/Kolkata' - days.day::timestamp at time zone 'Asia/Kolkata') as day_seconds
    from mart.rpt_presence_days as days
    group by
        days.day,
        days.user_id
)
select *
from days
where days.presence_seconds > days.day_seconds + 1
