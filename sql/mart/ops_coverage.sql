-- One row per gap: an interval of a stream that is not pulled, or whose renewal fails.
create view mart.ops_coverage as
with
slices as (
    select * from extract.slices
),

ordered as (
    select
        slices.stream,
        slices.slice_to as gap_from,
        lead(slices.slice_from) over (partition by slices.stream order by slices.slice_from) as gap_to
    from slices
),

holes as (
    select
        ordered.stream,
        'not_planned' as state,
        ordered.gap_from,
        ordered.gap_to
    from ordered
    -- Only a schedule leaves holes: what snapshots missed is not made up, and nobody asked for what lies between a backfill and the schedule.
    inner join extract.settings as schedules on schedules.name = 'scheduled_from.' || ordered.stream
    where
        ordered.gap_from < ordered.gap_to
        and ordered.gap_from >= schedules.value::timestamptz
),

unfinished as (
    select
        slices.stream,
        case
            when slices.attempts > 0 and slices.pass = 0 then 'failing'
            when slices.attempts > 0 then 'failing_renewal'
            when slices.retry_at > now() then 'waiting'
            else 'due'
        end as state,
        slices.slice_from as gap_from,
        slices.slice_to as gap_to,
        slices.pass,
        slices.attempts,
        slices.last_error,
        slices.requested_at,
        slices.last_attempt_at,
        slices.last_error_at,
        greatest(slices.due_at, slices.retry_at) as next_attempt_at
    from slices
    where
        slices.attempts > 0
        or (slices.pass = 0 and slices.due_at <= now())
),

gaps as (
    select
        unfinished.*
    from unfinished

    union all

    select
        holes.stream,
        holes.state,
        holes.gap_from,
        holes.gap_to,
        0 as pass,
        0 as attempts,
        null as last_error,
        null as requested_at,
        null as last_attempt_at,
        null as last_error_at,
        null as next_attempt_at
    from holes
),

final as (
    select
        gaps.stream,

        gaps.state,
        gaps.last_error,

        gaps.pass as pass_count,
        gaps.attempts as attempt_count,
        round(extract(epoch from gaps.gap_to - gaps.gap_from), 3) as length_seconds,
        round(extract(epoch from now() - gaps.requested_at), 3) as age_seconds,

        gaps.pass = 0 as is_missing,

        gaps.gap_from as from_at,
        gaps.gap_from at time zone {{time_zone}} as from_local,
        gaps.gap_to as to_at,
        gaps.gap_to at time zone {{time_zone}} as to_local,
        gaps.requested_at,
        gaps.last_attempt_at,
        gaps.last_error_at,
        gaps.next_attempt_at
    from gaps
)

select * from final;

comment on view mart.ops_coverage is 'One row per gap: an interval that is due and not pulled, that fails, or that was never planned between two that were. No rows: nothing is missing. Source: the ledger of slices.';
comment on column mart.ops_coverage.stream is 'Name of the data set that is pulled.';
comment on column mart.ops_coverage.state is 'due (to be pulled now), waiting (for data that is not available yet), failing (never pulled, last attempt failed), failing_renewal (pulled before, its renewal fails), not_planned (a hole in the schedule of a stream).';
comment on column mart.ops_coverage.last_error is 'Message of the last failure; null where none.';
comment on column mart.ops_coverage.pass_count is 'Completed pulls of the interval.';
comment on column mart.ops_coverage.attempt_count is 'Failed attempts since the last success.';
comment on column mart.ops_coverage.length_seconds is 'Length of the interval in seconds.';
comment on column mart.ops_coverage.age_seconds is 'Seconds since the interval was first asked for; null where it was not planned.';
comment on column mart.ops_coverage.is_missing is 'True where there is no data at all for the interval, false where it is only not renewed.';
comment on column mart.ops_coverage.from_at is 'Start of the interval, UTC instant.';
comment on column mart.ops_coverage.from_local is 'from_at in the reporting time zone.';
comment on column mart.ops_coverage.to_at is 'End of the interval, not included, UTC instant.';
comment on column mart.ops_coverage.to_local is 'to_at in the reporting time zone.';
comment on column mart.ops_coverage.requested_at is 'When the interval was planned, UTC instant.';
comment on column mart.ops_coverage.last_attempt_at is 'When it was last tried, UTC instant; null before the first attempt.';
comment on column mart.ops_coverage.last_error_at is 'When it last failed, UTC instant; null where it never did.';
comment on column mart.ops_coverage.next_attempt_at is 'When it is tried next, UTC instant.';
