-- One row per kind of fact: the whole local days of which everything has been pulled at least once, as instants.
create view genesys.int_complete_ranges as
with
stretches as (
    select
        pulls.fact,
        lower(stretch.range) as from_at,
        upper(stretch.range) as to_at
    from genesys.int_pull_ranges as pulls
    cross join lateral unnest(pulls.pulled) as stretch (range)
),

-- From the first midnight on or after the stretch's start to the last one on or before its end.
days as (
    select
        stretches.fact,
        case
            when genesys.local_day(stretches.from_at)::timestamp at time zone {{time_zone}} = stretches.from_at
                then stretches.from_at
            else (genesys.local_day(stretches.from_at) + 1)::timestamp at time zone {{time_zone}}
        end as from_at,
        genesys.local_day(stretches.to_at)::timestamp at time zone {{time_zone}} as to_at
    from stretches
),

final as (
    select
        days.fact,
        range_agg(tstzrange(days.from_at, days.to_at)) as ranges
    from days
    where days.from_at < days.to_at
    group by days.fact
)

select * from final;

comment on view genesys.int_complete_ranges is 'One row per kind of fact (conversations, agents, or the name of a stream) with the whole local days that were pulled. A fact is complete where these contain its instant; read in a scalar subquery it is evaluated once per statement.';
