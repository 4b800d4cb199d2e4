-- One row per local day × stream that has a history: how much of the day has been pulled.
create view mart.ops_covered_days as
with
slices as (
    select * from genesys.int_fact_slices
),

streams as (
    select distinct slices.stream
    from slices
),

-- From the first day of any stream to the last: what lies between a backfill and the schedule shows as not asked for.
days as (
    select
        generated.day::date as day,
        generated.day at time zone {{time_zone}} as start_at,
        (generated.day + interval '1 day') at time zone {{time_zone}} as end_at
    from (
        select
            min(genesys.local_day(slices.slice_from)) as first_day,
            max(genesys.local_day(slices.slice_to - interval '1 microsecond')) as last_day
        from slices
    ) as bounds
    cross join lateral generate_series(
        bounds.first_day::timestamp,
        bounds.last_day::timestamp,
        interval '1 day'
    ) as generated (day)
),

parts as (
    select
        slices.stream,
        days.day,
        extract(epoch from least(slices.slice_to, days.end_at) - greatest(slices.slice_from, days.start_at)) as part_seconds,
        slices.pass,
        slices.due_at,
        slices.last_pass_at,
        coalesce(slices.as_of, slices.last_pass_at) >= slices.slice_to + interval '72 hours' as is_late_pass
    from slices
    cross join lateral generate_series(
        genesys.local_day(slices.slice_from)::timestamp,
        genesys.local_day(slices.slice_to - interval '1 microsecond')::timestamp,
        interval '1 day'
    ) as touched (day)
    inner join days on days.day = touched.day::date
),

summed as (
    select
        parts.stream,
        parts.day,
        sum(parts.part_seconds) as asked_seconds,
        coalesce(sum(parts.part_seconds) filter (where parts.pass > 0), 0) as pulled_seconds,
        min(parts.pass) as pass_count,
        max(parts.last_pass_at) as last_pass_at,
        bool_and(parts.due_at is null) as has_no_pending_pass,
        bool_and(parts.due_at is null or coalesce(parts.is_late_pass, false)) as has_late_passes
    from parts
    group by
        parts.stream,
        parts.day
),

covered as (
    select
        days.day,
        days.start_at,
        streams.stream,
        summed.pass_count,
        summed.last_pass_at,
        coalesce(summed.asked_seconds, 0) as asked_seconds,
        coalesce(summed.pulled_seconds, 0) as pulled_seconds,
        extract(epoch from days.end_at - days.start_at) as day_seconds,
        coalesce(summed.has_no_pending_pass, false) as has_no_pending_pass,
        coalesce(summed.has_late_passes, false) as has_late_passes
    from days
    cross join streams
    left join summed
        on summed.stream = streams.stream
        and summed.day = days.day
),

final as (
    select
        covered.day,

        covered.stream,
        case
            when covered.pulled_seconds >= covered.day_seconds then 'whole'
            when covered.asked_seconds > 0 then 'partly'
            else 'not_asked'
        end as state,

        coalesce(covered.pass_count, 0)::integer as pass_count,
        round(covered.asked_seconds, 3) as asked_seconds,
        round(covered.pulled_seconds, 3) as pulled_seconds,
        round(covered.day_seconds, 3) as day_seconds,

        coalesce(
            covered.start_at <@ (
                select complete.ranges
                from genesys.int_complete_ranges as complete
                where complete.fact = case covered.stream when 'conversation_history' then 'conversations' else covered.stream end
            ),
            false
        ) as is_complete,
        covered.pulled_seconds >= covered.day_seconds and covered.has_late_passes as is_settled,
        covered.pulled_seconds >= covered.day_seconds and covered.has_no_pending_pass as is_final,

        covered.last_pass_at,
        covered.last_pass_at at time zone {{time_zone}} as last_pass_local
    from covered
)

select * from final;

comment on view mart.ops_covered_days is 'One row per local day × stream that has a history, from the first day of any stream to the last: how much of the day has been pulled. Snapshots (directory, open conversations, observations) show the present and have no days. Source: the ledger of slices.';
comment on column mart.ops_covered_days.day is 'Day in the reporting time zone. See dim_dates.';
comment on column mart.ops_covered_days.stream is 'Name of the data set that is pulled. With the day the key of this relation.';
comment on column mart.ops_covered_days.state is 'whole (all of the day has been pulled), partly (some of it was asked for and not all has been pulled, as of the day that is running), not_asked (no part of it was asked for: facts of that day are those of conversations that reach into days around it).';
comment on column mart.ops_covered_days.pass_count is 'Pulls of the part of the day that was pulled least often; 0 where nothing was pulled.';
comment on column mart.ops_covered_days.asked_seconds is 'Seconds of the day that were asked for, pulled already or not.';
comment on column mart.ops_covered_days.pulled_seconds is 'Seconds of the day that have been pulled at least once.';
comment on column mart.ops_covered_days.day_seconds is 'Length of the day in seconds: 82,800 or 90,000 when clocks change.';
comment on column mart.ops_covered_days.is_complete is 'What facts of this stream say in is_complete. For conversations and conversation_history it is the same: what either has pulled is there.';
comment on column mart.ops_covered_days.is_settled is 'True where the whole day was pulled three days after its end or later: Genesys has reprocessed it by then, and figures hardly change any more.';
comment on column mart.ops_covered_days.is_final is 'True where the whole day has been pulled and no further pull is pending: its figures do not change any more.';
comment on column mart.ops_covered_days.last_pass_at is 'When a part of the day was last pulled, instant, shown in the zone of your session; null where none was.';
comment on column mart.ops_covered_days.last_pass_local is 'last_pass_at in the reporting time zone.';
