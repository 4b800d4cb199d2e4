-- One row per local day × queue × media type: how long contacts waited and were handled, as percentiles and fixed buckets.
create view mart.rpt_wait_times as
with
days as (
    select *
    from genesys.int_days
    where is_complete
),

-- Complete days only: a day that was never pulled whole holds its longest conversations alone. Day by day, so that a filter on the day
-- becomes a range of an index.
final as (
    select
        counted.queue_id,

        queues.queue_name,
        counted.media_type,
        counted.leg_count,
        counted.offered_count,
        counted.answered_count,
        counted.abandoned_count,
        counted.offered_answered_count,
        counted.offered_abandoned_count,
        counted.handled_count,
        counted.answered_0_10_count,
        counted.answered_10_20_count,
        counted.answered_20_30_count,
        counted.answered_30_60_count,
        counted.answered_60_120_count,
        counted.answered_120_300_count,
        counted.answered_over_300_count,
        counted.abandoned_0_10_count,
        counted.abandoned_10_20_count,
        counted.abandoned_20_30_count,
        counted.abandoned_30_60_count,
        counted.abandoned_60_120_count,
        counted.abandoned_120_300_count,
        counted.abandoned_over_300_count,
        counted.answer_seconds,
        counted.abandon_seconds,
        counted.handle_seconds,
        counted.answer_p50_seconds,
        counted.answer_p80_seconds,
        counted.answer_p90_seconds,
        counted.answer_p95_seconds,
        counted.answer_max_seconds,
        counted.abandon_p50_seconds,
        counted.abandon_p80_seconds,
        counted.abandon_p90_seconds,
        counted.abandon_p95_seconds,
        counted.abandon_max_seconds,
        counted.handle_p50_seconds,
        counted.handle_p90_seconds,
        counted.handle_max_seconds,
        counted.cohort_answer_rate,
        counted.cohort_abandon_rate,
        days.day
    from days
    cross join lateral (
        with
        legs as (
            select
                days.day,
                facts.queue_id,
                facts.media_type,
                facts.offered_count is not null as is_offered,
                case
                    when facts.answer_session_no is not null or facts.answered_count is not null
                        then coalesce(facts.answered_ms, facts.answer_ms)
                end as answer_ms,
                facts.abandon_ms
            from genesys.session_facts as facts
            where
                facts.is_queue_leg
                and facts.started_at >= days.start_at
                and facts.started_at < days.end_at
        ),

        waits as (
            select
                legs.day,
                legs.queue_id,
                legs.media_type,
                count(*) as leg_count,
                count(*) filter (where legs.is_offered) as offered_count,
                count(legs.answer_ms) as answered_count,
                count(legs.abandon_ms) as abandoned_count,
                count(legs.answer_ms) filter (where legs.is_offered) as offered_answered_count,
                count(legs.abandon_ms) filter (where legs.is_offered) as offered_abandoned_count,
                count(*) filter (where legs.answer_ms <= 10000) as answered_0_10_count,
                count(*) filter (where legs.answer_ms > 10000 and legs.answer_ms <= 20000) as answered_10_20_count,
                count(*) filter (where legs.answer_ms > 20000 and legs.answer_ms <= 30000) as answered_20_30_count,
                count(*) filter (where legs.answer_ms > 30000 and legs.answer_ms <= 60000) as answered_30_60_count,
                count(*) filter (where legs.answer_ms > 60000 and legs.answer_ms <= 120000) as answered_60_120_count,
                count(*) filter (where legs.answer_ms > 120000 and legs.answer_ms <= 300000) as answered_120_300_count,
                count(*) filter (where legs.answer_ms > 300000) as answered_over_300_count,
                count(*) filter (where legs.abandon_ms <= 10000) as abandoned_0_10_count,
                count(*) filter (where legs.abandon_ms > 10000 and legs.abandon_ms <= 20000) as abandoned_10_20_count,
                count(*) filter (where legs.abandon_ms > 20000 and legs.abandon_ms <= 30000) as abandoned_20_30_count,
                count(*) filter (where legs.abandon_ms > 30000 and legs.abandon_ms <= 60000) as abandoned_30_60_count,
                count(*) filter (where legs.abandon_ms > 60000 and legs.abandon_ms <= 120000) as abandoned_60_120_count,
                count(*) filter (where legs.abandon_ms > 120000 and legs.abandon_ms <= 300000) as abandoned_120_300_count,
                count(*) filter (where legs.abandon_ms > 300000) as abandoned_over_300_count,
                coalesce(sum(legs.answer_ms), 0) * 0.001 as answer_seconds,
                coalesce(sum(legs.abandon_ms), 0) * 0.001 as abandon_seconds,
                round((percentile_cont(0.5) within group (order by legs.answer_ms))::numeric * 0.001, 3) as answer_p50_seconds,
                round((percentile_cont(0.8) within group (order by legs.answer_ms))::numeric * 0.001, 3) as answer_p80_seconds,
                round((percentile_cont(0.9) within group (order by legs.answer_ms))::numeric * 0.001, 3) as answer_p90_seconds,
                round((percentile_cont(0.95) within group (order by legs.answer_ms))::numeric * 0.001, 3) as answer_p95_seconds,
                max(legs.answer_ms) * 0.001 as answer_max_seconds,
                round((percentile_cont(0.5) within group (order by legs.abandon_ms))::numeric * 0.001, 3) as abandon_p50_seconds,
                round((percentile_cont(0.8) within group (order by legs.abandon_ms))::numeric * 0.001, 3) as abandon_p80_seconds,
                round((percentile_cont(0.9) within group (order by legs.abandon_ms))::numeric * 0.001, 3) as abandon_p90_seconds,
                round((percentile_cont(0.95) within group (order by legs.abandon_ms))::numeric * 0.001, 3) as abandon_p95_seconds,
                max(legs.abandon_ms) * 0.001 as abandon_max_seconds
            from legs
            group by
                legs.day,
                legs.queue_id,
                legs.media_type
        ),

        -- Handle time belongs to the day on which it was completed, as in rpt_handle_times.
        handles as (
            select
                days.day,
                facts.queue_id,
                facts.media_type,
                count(*) as handled_count,
                round((percentile_cont(0.5) within group (order by facts.handle_ms))::numeric * 0.001, 3) as handle_p50_seconds,
                round((percentile_cont(0.9) within group (order by facts.handle_ms))::numeric * 0.001, 3) as handle_p90_seconds,
                max(facts.handle_ms) * 0.001 as handle_max_seconds,
                sum(facts.handle_ms) * 0.001 as handle_seconds
            from genesys.handling_facts as facts
            where
                facts.handled_at >= days.start_at
                and facts.handled_at < days.end_at
                and facts.handle_count > 0
            group by
                days.day,
                facts.queue_id,
                facts.media_type
        )

        select
            coalesce(waits.queue_id, handles.queue_id) as queue_id,

            coalesce(waits.media_type, handles.media_type) as media_type,

            coalesce(waits.leg_count, 0) as leg_count,
            coalesce(waits.offered_count, 0) as offered_count,
            coalesce(waits.answered_count, 0) as answered_count,
            coalesce(waits.abandoned_count, 0) as abandoned_count,
            coalesce(waits.offered_answered_count, 0) as offered_answered_count,
            coalesce(waits.offered_abandoned_count, 0) as offered_abandoned_count,
            coalesce(handles.handled_count, 0) as handled_count,
            coalesce(waits.answered_0_10_count, 0) as answered_0_10_count,
            coalesce(waits.answered_10_20_count, 0) as answered_10_20_count,
            coalesce(waits.answered_20_30_count, 0) as answered_20_30_count,
            coalesce(waits.answered_30_60_count, 0) as answered_30_60_count,
            coalesce(waits.answered_60_120_count, 0) as answered_60_120_count,
            coalesce(waits.answered_120_300_count, 0) as answered_120_300_count,
            coalesce(waits.answered_over_300_count, 0) as answered_over_300_count,
            coalesce(waits.abandoned_0_10_count, 0) as abandoned_0_10_count,
            coalesce(waits.abandoned_10_20_count, 0) as abandoned_10_20_count,
            coalesce(waits.abandoned_20_30_count, 0) as abandoned_20_30_count,
            coalesce(waits.abandoned_30_60_count, 0) as abandoned_30_60_count,
            coalesce(waits.abandoned_60_120_count, 0) as abandoned_60_120_count,
            coalesce(waits.abandoned_120_300_count, 0) as abandoned_120_300_count,
            coalesce(waits.abandoned_over_300_count, 0) as abandoned_over_300_count,
            coalesce(waits.answer_seconds, 0) as answer_seconds,
            coalesce(waits.abandon_seconds, 0) as abandon_seconds,
            coalesce(handles.handle_seconds, 0) as handle_seconds,
            waits.answer_p50_seconds,
            waits.answer_p80_seconds,
            waits.answer_p90_seconds,
            waits.answer_p95_seconds,
            waits.answer_max_seconds,
            waits.abandon_p50_seconds,
            waits.abandon_p80_seconds,
            waits.abandon_p90_seconds,
            waits.abandon_p95_seconds,
            waits.abandon_max_seconds,
            handles.handle_p50_seconds,
            handles.handle_p90_seconds,
            handles.handle_max_seconds,

            round(waits.offered_answered_count::numeric / nullif(waits.offered_count, 0), 6) as cohort_answer_rate,
            round(waits.offered_abandoned_count::numeric / nullif(waits.offered_count, 0), 6) as cohort_abandon_rate,

            coalesce(waits.day, handles.day) as day
        from waits
        full join handles
            on handles.day = waits.day
            and handles.queue_id is not distinct from waits.queue_id
            and handles.media_type is not distinct from waits.media_type
    ) as counted
    left join mart.dim_queues as queues on queues.queue_id = counted.queue_id
)

select * from final;

comment on view mart.rpt_wait_times is 'One row per local day × queue × media type, for days that were pulled completely: percentiles and fixed buckets of waiting, medians beside means of handling. Counts and sums are additive, percentiles are not. Stays count on the day on which they began. Source: conversation details (genesys.session_facts, genesys.handling_facts).';
comment on column mart.rpt_wait_times.queue_id is 'Queue. With day and media_type the key of this relation. See dim_queues.';
comment on column mart.rpt_wait_times.queue_name is 'Current name of the queue. Source: the directory.';
comment on column mart.rpt_wait_times.media_type is 'voice, callback, message, email, chat, … Details mediaType.';
comment on column mart.rpt_wait_times.leg_count is 'Stays in the queue that began on the day, open ones included. Additive.';
comment on column mart.rpt_wait_times.offered_count is 'Of these, offered (nOffered). Additive.';
comment on column mart.rpt_wait_times.answered_count is 'Of these, answered. Additive.';
comment on column mart.rpt_wait_times.abandoned_count is 'Of these, abandoned, short ones included. Additive.';
comment on column mart.rpt_wait_times.offered_answered_count is 'Of offered_count, contacts that were answered, on this day or later.';
comment on column mart.rpt_wait_times.offered_abandoned_count is 'Of offered_count, contacts that were abandoned, on this day or later.';
comment on column mart.rpt_wait_times.handled_count is 'Agent sessions of the queue whose handle time was completed on the day. Additive.';
comment on column mart.rpt_wait_times.answered_0_10_count is 'Stays answered after more than 0 and at most 10 seconds (from 0). Additive; the buckets of one kind add up to answered_count.';
comment on column mart.rpt_wait_times.answered_10_20_count is 'Stays answered after more than 10 and at most 20 seconds. Additive; the buckets of one kind add up to answered_count.';
comment on column mart.rpt_wait_times.answered_20_30_count is 'Stays answered after more than 20 and at most 30 seconds. Additive; the buckets of one kind add up to answered_count.';
comment on column mart.rpt_wait_times.answered_30_60_count is 'Stays answered after more than 30 and at most 60 seconds. Additive; the buckets of one kind add up to answered_count.';
comment on column mart.rpt_wait_times.answered_60_120_count is 'Stays answered after more than 60 and at most 120 seconds. Additive; the buckets of one kind add up to answered_count.';
comment on column mart.rpt_wait_times.answered_120_300_count is 'Stays answered after more than 120 and at most 300 seconds. Additive; the buckets of one kind add up to answered_count.';
comment on column mart.rpt_wait_times.answered_over_300_count is 'Stays answered after more than 300 seconds. Additive.';
comment on column mart.rpt_wait_times.abandoned_0_10_count is 'Stays abandoned after more than 0 and at most 10 seconds (from 0). Additive; the buckets of one kind add up to abandoned_count.';
comment on column mart.rpt_wait_times.abandoned_10_20_count is 'Stays abandoned after more than 10 and at most 20 seconds. Additive; the buckets of one kind add up to abandoned_count.';
comment on column mart.rpt_wait_times.abandoned_20_30_count is 'Stays abandoned after more than 20 and at most 30 seconds. Additive; the buckets of one kind add up to abandoned_count.';
comment on column mart.rpt_wait_times.abandoned_30_60_count is 'Stays abandoned after more than 30 and at most 60 seconds. Additive; the buckets of one kind add up to abandoned_count.';
comment on column mart.rpt_wait_times.abandoned_60_120_count is 'Stays abandoned after more than 60 and at most 120 seconds. Additive; the buckets of one kind add up to abandoned_count.';
comment on column mart.rpt_wait_times.abandoned_120_300_count is 'Stays abandoned after more than 120 and at most 300 seconds. Additive; the buckets of one kind add up to abandoned_count.';
comment on column mart.rpt_wait_times.abandoned_over_300_count is 'Stays abandoned after more than 300 seconds. Additive.';
comment on column mart.rpt_wait_times.answer_seconds is 'Wait until the answer in seconds, summed. Additive. Metric tAnswered.';
comment on column mart.rpt_wait_times.abandon_seconds is 'Wait until the abandon in seconds, summed. Additive. Metric tAbandon.';
comment on column mart.rpt_wait_times.handle_seconds is 'Handle time in seconds, summed. Additive. Metric tHandle.';
comment on column mart.rpt_wait_times.answer_p50_seconds is 'Median of the wait until the answer in seconds, interpolated; null without any. Not additive.';
comment on column mart.rpt_wait_times.answer_p80_seconds is '80th percentile of the wait until the answer in seconds, interpolated; null without any. Not additive.';
comment on column mart.rpt_wait_times.answer_p90_seconds is '90th percentile of the wait until the answer in seconds, interpolated; null without any. Not additive.';
comment on column mart.rpt_wait_times.answer_p95_seconds is '95th percentile of the wait until the answer in seconds, interpolated; null without any. Not additive.';
comment on column mart.rpt_wait_times.answer_max_seconds is 'Longest wait until the answer in seconds; null without any. The maximum of a period is the maximum of its days.';
comment on column mart.rpt_wait_times.abandon_p50_seconds is 'Median of the wait until the abandon in seconds, interpolated; null without any. Not additive.';
comment on column mart.rpt_wait_times.abandon_p80_seconds is '80th percentile of the wait until the abandon in seconds, interpolated; null without any. Not additive.';
comment on column mart.rpt_wait_times.abandon_p90_seconds is '90th percentile of the wait until the abandon in seconds, interpolated; null without any. Not additive.';
comment on column mart.rpt_wait_times.abandon_p95_seconds is '95th percentile of the wait until the abandon in seconds, interpolated; null without any. Not additive.';
comment on column mart.rpt_wait_times.abandon_max_seconds is 'Longest wait until the abandon in seconds; null without any. The maximum of a period is the maximum of its days.';
comment on column mart.rpt_wait_times.handle_p50_seconds is 'Median handle time in seconds; null where nothing was handled. Not additive.';
comment on column mart.rpt_wait_times.handle_p90_seconds is '90th percentile of the handle time in seconds; null where nothing was handled. Not additive.';
comment on column mart.rpt_wait_times.handle_max_seconds is 'Longest handle time in seconds; null where nothing was handled.';
comment on column mart.rpt_wait_times.cohort_answer_rate is 'offered_answered_count / offered_count: of the contacts offered on this day, the fraction that was answered, on this day or later: never above 1, unlike answer_rate of rpt_queue_days, which counts answers on the day of the answer. Null where nothing was offered.';
comment on column mart.rpt_wait_times.cohort_abandon_rate is 'offered_abandoned_count / offered_count: of the contacts offered on this day, the fraction that was abandoned, on this day or later. Null where nothing was offered.';
comment on column mart.rpt_wait_times.day is 'Day in the reporting time zone: of the start of the stay for waits, of the completion for handle times. See dim_dates.';
