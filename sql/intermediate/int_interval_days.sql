-- One row per local day of the months that have partitions of interval facts, with its bounds as instants.
create view genesys.int_interval_days as
with
-- The partitions tell the range at no cost: not every table of interval facts has an index whose ends could.
partitions as (
    select pg_get_expr(children.relpartbound, children.oid) as bounds
    from pg_catalog.pg_inherits as inherits
    inner join pg_catalog.pg_class as children on children.oid = inherits.inhrelid
    where inherits.inhparent in (
        'genesys.queue_aggregates'::regclass,
        'genesys.agent_aggregates'::regclass,
        'genesys.user_aggregates'::regclass
    )
),

bounds as (
    select
        min(substring(partitions.bounds from '\(''([^'']+)''\) ')::timestamptz) as first_at,
        max(substring(partitions.bounds from '\(''([^'']+)''\)$')::timestamptz) as last_at
    from partitions
),

days as (
    select generated.day::date as day
    from bounds
    cross join lateral generate_series(
        date_trunc('day', bounds.first_at at time zone {{time_zone}}),
        bounds.last_at at time zone {{time_zone}},
        interval '1 day'
    ) as generated (day)
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
