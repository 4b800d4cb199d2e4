-- One row per stretch of one agent's presence or routing status that overlaps a day.
-- @parameters user: uuid, day: day, zone: zone
-- @definitions fct_agent_statuses
-- @column shown_from_local: Begin within the day.
-- @column shown_to_local: End within the day; of what lasts, the time of the question.
-- @column shown_seconds: Length within the day.
with
day as (
    select
        :day::timestamp at time zone :zone as start_at,
        least((:day + 1)::timestamp at time zone :zone, greatest(now(), :day::timestamp at time zone :zone)) as end_at
),

spans as (
    select
        statuses.status_kind,
        statuses.status,
        statuses.organization_presence_name,
        greatest(statuses.started_at, day.start_at) as shown_from,
        least(coalesce(statuses.ended_at, day.end_at), day.end_at) as shown_to,
        statuses.is_open
    from day
    inner join mart.fct_agent_statuses as statuses
        on statuses.started_at < day.end_at
        and (statuses.ended_at > day.start_at or statuses.ended_at is null)
    where statuses.user_id = :user
)

select
    spans.shown_from at time zone :zone as shown_from_local,
    spans.shown_to at time zone :zone as shown_to_local,
    spans.status_kind,
    spans.status,
    spans.organization_presence_name,
    round(extract(epoch from spans.shown_to - spans.shown_from), 0) as shown_seconds,
    spans.is_open
from spans
where spans.shown_to > spans.shown_from
order by spans.shown_from, spans.status_kind
