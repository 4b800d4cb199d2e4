-- One row per kind of fact: the whole local days of which everything has been pulled at least once, as instants.
create view genesys.int_complete_ranges as
with
-- Conversations come by query and by details jobs; what either has pulled is there.
covered as (
    select
        case
            when slices.stream in ('conversations', 'conversation_history') then 'conversations'
            else slices.stream
        end as source,
        range_agg(tstzrange(slices.slice_from, slices.slice_to)) as ranges
    from genesys.int_fact_slices as slices
    where slices.pass > 0
    group by 1
),

-- What an agent did and which status the agent was in come from two streams; a day is whole where both are.
sources as (
    select
        covered.source as fact,
        covered.ranges
    from covered

    union all

    select
        'agents' as fact,
        handlings.ranges * statuses.ranges as ranges
    from covered as handlings
    inner join covered as statuses on statuses.source = 'user_aggregates'
    where handlings.source = 'agent_aggregates'
),

stretches as (
    select
        sources.fact,
        lower(stretch.range) as from_at,
        upper(stretch.range) as to_at
    from sources
    cross join lateral unnest(sources.ranges) as stretch (range)
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

comment on view genesys.int_complete_ranges is 'One row per kind of fact (conversations, agents, or the name of a stream) with the whole local days that were pulled. A fact is complete where these contain its instant; read in a scalar subquery it costs one look a statement.';
