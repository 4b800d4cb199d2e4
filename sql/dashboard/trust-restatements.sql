-- One row per day whose figures moved after they were first stored, by when and by how much: a span of days of restating.
-- @parameters from: day, to: day, zone: zone
-- @definitions ops_restated_figures
-- @column restated_day: Day in the reporting zone on which what Genesys said before was replaced.
-- @column conversation_count: Conversations whose stored record changed one of these figures.
-- @column moved_by: Sum of the changes of the figure, in its own unit.
-- @column moved_up: Sum of the changes upwards.
-- @column moved_down: Sum of the changes downwards.
select
    figures.restated_local::date as restated_day,
    figures.day,
    figures.figure,
    count(distinct figures.conversation_id) as conversation_count,
    sum(figures.moved_by) as moved_by,
    coalesce(sum(figures.moved_by) filter (where figures.moved_by > 0), 0) as moved_up,
    coalesce(sum(figures.moved_by) filter (where figures.moved_by < 0), 0) as moved_down
from mart.ops_restated_figures as figures
where
    figures.restated_at >= :from::timestamp at time zone :zone
    and figures.restated_at < (:to + 1)::timestamp at time zone :zone
group by figures.restated_local::date, figures.day, figures.figure
order by restated_day desc, figures.day desc, figures.figure
