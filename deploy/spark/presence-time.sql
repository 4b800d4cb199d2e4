-- Hours in each presence, by agent.
select
    intervals.user_id,
    presences.organization_presence_name,
    round(sum(intervals.presence_seconds) / 3600.0, 2) as presence_hours
from mart.fct_presence_intervals as intervals
left join mart.dim_presences as presences on presences.organization_presence_id = intervals.organization_presence_id
where intervals.day >= :from_day and intervals.day < :to_day
group by intervals.user_id, presences.organization_presence_name
order by intervals.user_id, presences.organization_presence_name
