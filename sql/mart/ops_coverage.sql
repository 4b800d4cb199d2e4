-- One row per gap: an interval of a stream that is not pulled, or whose renewal fails, or that holds records which could not be stored.
create view mart.ops_coverage as
with
slices as (
    select * from extract.slices
),

-- Only a schedule leaves holes: what snapshots missed is not made up, and nobody asked for what lies between a backfill and the schedule.
schedules as (
    select * from extract.streams
),

planned as (
    select
        schedules.stream,
        tstzrange(schedules.scheduled_from, max(slices.slice_to)) as schedule,
        range_agg(tstzrange(slices.slice_from, slices.slice_to)) as intervals
    from slices
    inner join schedules on schedules.stream = slices.stream
    where slices.slice_to > schedules.scheduled_from
    group by
        schedules.stream,
        schedules.scheduled_from
),

holes as (
    select
        planned.stream,
        'not_planned' as state,
        lower(gaps.gap) as gap_from,
        upper(gaps.gap) as gap_to
    from planned
    cross join lateral unnest(planned.schedule::tstzmultirange - planned.intervals) as gaps (gap)
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

periods as (
    select
        slices.stream,
        max(slices.slice_to) as next_period_at
    from slices
    group by slices.stream
),

-- They come again with the next pull of their slice; of a directory, whose slices are pulled once, with its next period.
dead_letters as (
    select
        dead_letters.stream,
        'dead_letter' as state,
        slices.slice_from as gap_from,
        slices.slice_to as gap_to,
        slices.pass,
        max(dead_letters.seen_count)::integer as attempts,
        dead_letters.reason as last_error,
        min(dead_letters.first_seen_at) as requested_at,
        max(dead_letters.last_seen_at) as last_attempt_at,
        max(dead_letters.last_seen_at) as last_error_at,
        coalesce(
            greatest(slices.due_at, slices.retry_at),
            case when schedules.stream is null then periods.next_period_at end
        ) as next_attempt_at,
        count(*) as record_count
    from extract.dead_letters as dead_letters
    left join slices on slices.slice_id = dead_letters.slice_id
    left join schedules on schedules.stream = dead_letters.stream
    left join periods on periods.stream = dead_letters.stream
    group by
        dead_letters.stream,
        dead_letters.reason,
        slices.slice_id,
        slices.slice_from,
        slices.slice_to,
        slices.pass,
        slices.due_at,
        slices.retry_at,
        schedules.stream,
        periods.next_period_at
),

gaps as (
    select
        unfinished.*,
        null::bigint as record_count
    from unfinished

    union all

    select *
    from dead_letters

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
        null as next_attempt_at,
        null as record_count
    from holes
),

final as (
    select
        gaps.stream,

        gaps.state,
        gaps.last_error,

        gaps.pass as pass_count,
        gaps.attempts as attempt_count,
        gaps.record_count,
        round(extract(epoch from gaps.gap_to - gaps.gap_from), 3) as length_seconds,
        round(extract(epoch from now() - gaps.requested_at), 3) as age_seconds,

        gaps.state <> 'dead_letter' and gaps.pass = 0 as is_missing,

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

comment on view mart.ops_coverage is 'One row per gap: an interval that is due and not pulled, that fails, that was never planned between two that were, or that holds records which could not be stored (one row per reason). No rows: nothing is missing. Source: the ledger of slices and the dead letters.';
comment on column mart.ops_coverage.stream is 'Name of the data set that is pulled.';
comment on column mart.ops_coverage.state is 'due (to be pulled now), waiting (for data that is not available yet), failing (never pulled, last attempt failed), failing_renewal (pulled before, its renewal fails), not_planned (a hole in the schedule of a stream; the next sync plans it, in a period that is not over the first one after its end), dead_letter (records that could not be stored).';
comment on column mart.ops_coverage.last_error is 'Message of the last failure, for dead letters the reason; null where none.';
comment on column mart.ops_coverage.pass_count is 'Completed pulls of the interval.';
comment on column mart.ops_coverage.attempt_count is 'Failed attempts since the last success; for dead letters how often one came at most.';
comment on column mart.ops_coverage.record_count is 'Records that could not be stored; null for other gaps.';
comment on column mart.ops_coverage.length_seconds is 'Length of the interval in seconds.';
comment on column mart.ops_coverage.age_seconds is 'Seconds since the interval was first asked for, or since the first dead letter came; null where it was not planned.';
comment on column mart.ops_coverage.is_missing is 'True where there is no data at all for the interval, false where it is only not renewed.';
comment on column mart.ops_coverage.from_at is 'Start of the interval, instant, shown in the zone of your session; null for dead letters whose slice is gone.';
comment on column mart.ops_coverage.from_local is 'from_at in the reporting time zone.';
comment on column mart.ops_coverage.to_at is 'End of the interval, not included, instant, shown in the zone of your session.';
comment on column mart.ops_coverage.to_local is 'to_at in the reporting time zone.';
comment on column mart.ops_coverage.requested_at is 'When the interval was planned, or the first dead letter came, instant, shown in the zone of your session.';
comment on column mart.ops_coverage.last_attempt_at is 'When it was last tried, instant, shown in the zone of your session; null before the first attempt.';
comment on column mart.ops_coverage.last_error_at is 'When it last failed, instant, shown in the zone of your session; null where it never did.';
comment on column mart.ops_coverage.next_attempt_at is 'When it is retried automatically, instant, shown in the zone of your session; null where only retry or backfill --force pulls it again.';
