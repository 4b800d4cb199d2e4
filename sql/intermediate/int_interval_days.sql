-- One row per local day of the months that have partitions of interval facts, with its bounds as instants.
create view genesys.int_interval_days as
with
-- The partitions tell the range at no cost: not every table of interval facts has an index whose ends could. Their names do not depend on
-- a session's date style, as the text of their bounds would.
partitions as (
    select to_date(substring(children.relname from '_y([0-9]{4}m[0-9]{2})$'), 'YYYY"m"MM') as month
    from pg_catalog.pg_inherits as inherits
    inner join pg_catalog.pg_class as children on children.oid = inherits.inhrelid
    where inherits.inhparent in (
        'genesys.queue_aggregates'::regclass,
        'genesys.agent_aggregates'::regclass,
        'genesys.user_aggregates'::regclass
    )
),

-- Months are those of UTC; local days of the next or the last one may lie a day outside.
bounds as (
    select
        min(partitions.month) - 1 as first_day,
        (max(partitions.month) + interval '1 month')::date as last_day
    from partitions
),

days as (
    select bounds.first_day + generated.day_no as day
    from bounds
    cross join lateral generate_series(0, bounds.last_day - bounds.first_day) as generated (day_no)
),

final as (
    select
        days.day,
        days.day::timestamp at time zone {{time_zone}} as start_at,
        (days.day + 1)::timestamp at time zone {{time_zone}} as end_at
    from days
)

select * from final;

comment on view genesys.int_interval_days is 'One row per local day with its bounds. An interval belongs to the day in which it starts. Reports join interval facts to it by time, so that a filter on the day becomes a range of an index and of partitions.';
