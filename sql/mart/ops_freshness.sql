-- One row per stream: coverage and pending work.
create view mart.ops_freshness as
with
slices as (
    select * from extract.slices
),

-- Where the schedule of a stream began. Snapshots (directory, open conversations) have none: what they miss is not made up.
schedules as (
    select * from extract.streams
),

dead_letters as (
    select
        dead_letters.stream,
        count(*) as dead_letter_count
    from extract.dead_letters as dead_letters
    group by dead_letters.stream
),

-- A slice that reaches over the beginning of the schedule (a merged day) belongs to it.
scheduled as (
    select
        slices.*,
        greatest(slices.slice_from, schedules.scheduled_from) as scheduled_slice_from,
        coalesce(
            lag(slices.slice_to) over (partition by slices.stream order by slices.slice_from),
            schedules.scheduled_from
        ) as covered_to
    from slices
    inner join schedules on schedules.stream = slices.stream
    where slices.slice_to > schedules.scheduled_from
),

-- Nothing may be called pulled or final beyond the first hole, however much was pulled behind it.
reaches as (
    select
        scheduled.stream,
        least(
            min(scheduled.scheduled_slice_from) filter (where scheduled.pass = 0),
            min(scheduled.covered_to) filter (where scheduled.covered_to < scheduled.scheduled_slice_from),
            max(scheduled.slice_to)
        ) as watermark_at,
        least(
            min(scheduled.scheduled_slice_from) filter (where scheduled.due_at is not null),
            min(scheduled.covered_to) filter (where scheduled.covered_to < scheduled.scheduled_slice_from),
            max(scheduled.slice_to)
        ) as final_until_at
    from scheduled
    group by scheduled.stream
),

counts as (
    select
        slices.stream,
        max(slices.slice_from) filter (where slices.pass > 0) as latest_period_at,
        max(slices.slice_to) filter (where slices.pass > 0) as latest_data_at,
        max(slices.last_pass_at) as last_success_at,
        count(*) as slice_count,
        count(*) filter (where slices.pass = 0) as pending_slice_count,
        count(*) filter (where slices.due_at <= now()) as due_slice_count,
        count(*) filter (where slices.attempts > 0) as failing_slice_count,
        sum(slices.records)::bigint as record_count
    from slices
    group by slices.stream
),

-- The latest stretch of whole local days.
stretches as (
    select
        complete.fact as stream,
        max(lower(stretch.range)) as complete_from_at
    from genesys.int_complete_ranges as complete
    cross join lateral unnest(complete.ranges) as stretch (range)
    group by complete.fact
),

streams as (
    select
        counts.*,
        stretches.complete_from_at,
        case when schedules.stream is null then counts.latest_period_at else reaches.watermark_at end as watermark_at,
        case when schedules.stream is null then counts.latest_period_at else reaches.final_until_at end as final_until_at
    from counts
    left join schedules on schedules.stream = counts.stream
    left join reaches on reaches.stream = counts.stream
    left join stretches
        on stretches.stream = case counts.stream when 'conversation_history' then 'conversations' else counts.stream end
),

final as (
    select
        coalesce(streams.stream, dead_letters.stream) as stream,

        coalesce(streams.slice_count, 0) as slice_count,
        coalesce(streams.pending_slice_count, 0) as pending_slice_count,
        coalesce(streams.due_slice_count, 0) as due_slice_count,
        coalesce(streams.failing_slice_count, 0) as failing_slice_count,
        coalesce(dead_letters.dead_letter_count, 0) as dead_letter_count,
        coalesce(streams.record_count, 0) as record_count,
        round(extract(epoch from now() - streams.watermark_at), 3) as lag_seconds,

        streams.complete_from_at,
        streams.complete_from_at at time zone {{time_zone}} as complete_from_local,
        streams.watermark_at,
        streams.watermark_at at time zone {{time_zone}} as watermark_local,
        streams.final_until_at,
        streams.final_until_at at time zone {{time_zone}} as final_until_local,
        streams.latest_data_at,
        streams.latest_data_at at time zone {{time_zone}} as latest_data_local,
        streams.last_success_at,
        streams.last_success_at at time zone {{time_zone}} as last_success_local
    from streams
    full join dead_letters on dead_letters.stream = streams.stream
)

select * from final;

comment on view mart.ops_freshness is 'One row per stream: coverage and pending work. Source: the ledger of slices.';
comment on column mart.ops_freshness.stream is 'Name of the data set that is pulled; the key of this relation.';
comment on column mart.ops_freshness.slice_count is 'Intervals planned so far.';
comment on column mart.ops_freshness.pending_slice_count is 'Intervals not pulled even once.';
comment on column mart.ops_freshness.due_slice_count is 'Intervals of which a pull is due now.';
comment on column mart.ops_freshness.failing_slice_count is 'Intervals of which the latest attempt failed.';
comment on column mart.ops_freshness.dead_letter_count is 'Records that could not be stored and wait in extract.dead_letters.';
comment on column mart.ops_freshness.record_count is 'Records pulled by all passes of all slices.';
comment on column mart.ops_freshness.lag_seconds is 'Seconds from watermark_at to now.';
comment on column mart.ops_freshness.complete_from_at is 'Midnight of the reporting time zone from which on every day has been pulled whole, up to the latest such day, instant, shown in the zone of your session; null before the first one and for snapshots. Conversations of both streams count together. Earlier days: see ops_covered_days.';
comment on column mart.ops_freshness.complete_from_local is 'complete_from_at in the reporting time zone.';
comment on column mart.ops_freshness.watermark_at is 'Everything scheduled before this instant has been pulled at least once, with no hole before it, instant, shown in the zone of your session; for a snapshot when its last period began.';
comment on column mart.ops_freshness.watermark_local is 'watermark_at in the reporting time zone.';
comment on column mart.ops_freshness.final_until_at is 'Data before this instant is final: no pull is pending, numbers up to here will not change, instant, shown in the zone of your session.';
comment on column mart.ops_freshness.final_until_local is 'final_until_at in the reporting time zone.';
comment on column mart.ops_freshness.latest_data_at is 'End of the latest interval pulled, gaps before it or not, instant, shown in the zone of your session.';
comment on column mart.ops_freshness.latest_data_local is 'latest_data_at in the reporting time zone.';
comment on column mart.ops_freshness.last_success_at is 'When a pull last succeeded, instant, shown in the zone of your session.';
comment on column mart.ops_freshness.last_success_local is 'last_success_at in the reporting time zone.';
