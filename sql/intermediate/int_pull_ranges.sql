-- One row per kind of fact: what of time was pulled, is settled and is final, as stretches of instants.
create view genesys.int_pull_ranges as
with
-- Settled: pulled three days after the end or later, when Genesys' reprocessing of the second day is through. Final: no pull is pending.
streams as (
    select
        slices.stream,
        range_agg(tstzrange(slices.slice_from, slices.slice_to)) filter (where slices.pass > 0) as pulled,
        range_agg(tstzrange(slices.slice_from, slices.slice_to)) filter (
            where
                slices.due_at is null
                or coalesce(slices.as_of, slices.last_pass_at) >= slices.slice_to + interval '72 hours'
        ) as settled,
        range_agg(tstzrange(slices.slice_from, slices.slice_to)) filter (where slices.due_at is null) as final
    from genesys.int_fact_slices as slices
    group by slices.stream
),

filled as (
    select
        streams.stream,
        coalesce(streams.pulled, '{}') as pulled,
        coalesce(streams.settled, '{}') as settled,
        coalesce(streams.final, '{}') as final
    from streams
),

final as (
    select
        filled.stream as fact,
        filled.pulled,
        filled.settled,
        filled.final
    from filled
    where filled.stream not in ('conversations', 'conversation_history')

    union all

    -- Conversations come by query and by details jobs: what either has pulled is there, but only the jobs' passes see what comes late.
    select
        'conversations' as fact,
        coalesce(queries.pulled, '{}') + coalesce(jobs.pulled, '{}') as pulled,
        coalesce(jobs.settled, '{}') as settled,
        coalesce(jobs.final, '{}') as final
    from (select filled.* from filled where filled.stream = 'conversations') as queries
    full join (select filled.* from filled where filled.stream = 'conversation_history') as jobs on true

    union all

    -- What an agent did and which status the agent was in come from two streams; a stretch is pulled, settled or final where both are.
    select
        'agents' as fact,
        handlings.pulled * statuses.pulled as pulled,
        handlings.settled * statuses.settled as settled,
        handlings.final * statuses.final as final
    from filled as handlings
    inner join filled as statuses on statuses.stream = 'user_aggregates'
    where handlings.stream = 'agent_aggregates'
)

select * from final;

comment on view genesys.int_pull_ranges is 'One row per kind of fact (conversations, agents, or the name of a stream) with the ranges of time that were pulled, are settled and are final. Read in a scalar subquery it is evaluated once per statement.';
