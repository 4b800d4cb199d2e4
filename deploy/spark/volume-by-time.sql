-- Volume and handle time by weekday and half hour, as input of a forecast.
select
    dates.weekday_name,
    intervals.minute_of_day,
    sum(intervals.offered_count) as offered_count,
    sum(intervals.handled_count) as handled_count,
    round(sum(intervals.handle_seconds) / nullif(sum(intervals.handled_count), 0), 1) as average_handle_seconds
from mart.fct_queue_intervals as intervals
inner join mart.dim_dates as dates on dates.day = intervals.day
where intervals.day >= :from_day and intervals.day < :to_day
group by dates.weekday_name, intervals.minute_of_day
order by dates.weekday_name, intervals.minute_of_day
