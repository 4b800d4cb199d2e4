-- One row per local day of reports on conversations, with its bounds as instants.
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

bounded as (
    select
        days.day,
        days.day::timestamp at time zone {{time_zone}} as start_at,
        (days.day + 1)::timestamp at time zone {{time_zone}} as end_at
    from days
),

-- What was planned, pulled already or not. Null where the ledger is empty: then nothing is known of any day.
asked as (
    select range_agg(tstzrange(slices.slice_from, slices.slice_to)) as ranges
    from genesys.int_fact_slices as slices
    where slices.stream in ('conversations', 'conversation_history')
),

-- A day that nobody asked for whole holds the longest conversations of the days around it and no others: it is left out. Of the latest
-- day, which may be running, all until now is enough.
final as (
    select
        bounded.day,
        bounded.start_at,
        bounded.end_at,
        coalesce(
            bounded.start_at <@ (
                select complete.ranges
                from genesys.int_complete_ranges as complete
                where complete.fact = 'conversations'
            ),
            false
        ) as is_complete
    from bounded
    cross join asked
    where
        asked.ranges is null
        or (
            bounded.start_at < upper(asked.ranges)
            and asked.ranges @> tstzrange(bounded.start_at, least(bounded.end_at, upper(asked.ranges)))
        )
)

select * from final;

comment on view genesys.int_days is 'One row per local day that was requested as a whole, with its bounds. Reports join facts to it by time, so that a filter on the day becomes a range of an index.';
