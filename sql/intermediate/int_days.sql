-- One row per local day that has stored conversations or sessions, with its bounds as instants.
create view genesys.int_days as
with
-- Each bound is one look at the end of an index.
bounds as (
    select
        least(
            (select min(facts.conversation_start) from genesys.conversation_facts as facts),
            (select min(facts.started_at) from genesys.handling_facts as facts),
            (select min(facts.handled_at) from genesys.handling_facts as facts where facts.handled_at is not null)
        ) as first_at,
        greatest(
            (select max(facts.conversation_start) from genesys.conversation_facts as facts),
            (select max(facts.started_at) from genesys.handling_facts as facts),
            (select max(facts.handled_at) from genesys.handling_facts as facts where facts.handled_at is not null)
        ) as last_at
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

comment on view genesys.int_days is 'One row per local day with its bounds. Reports join facts to it by time, so that a filter on the day becomes a range of an index.';
