-- One row per interval × queue × media type: what Genesys' own aggregates say, directions summed.
create view mart.fct_queue_intervals as
with
summed as (
    select
        sums.interval_start,
        max(sums.interval_end) as interval_end,
        sums.queue_id,
        sums.media_type,
        coalesce(genesys.sum_bigint(sums.offered_count), 0) as offered_count,
        coalesce(genesys.sum_bigint(sums.answered_count), 0) as answered_count,
        coalesce(genesys.sum_bigint(sums.abandoned_count), 0) as abandoned_count,
        coalesce(genesys.sum_bigint(sums.short_abandoned_count), 0) as short_abandoned_count,
        coalesce(genesys.sum_bigint(sums.flow_out_count), 0) as flow_out_count,
        coalesce(genesys.sum_bigint(sums.handled_count), 0) as handled_count,
        coalesce(genesys.sum_bigint(sums.transferred_count), 0) as transferred_count,
        coalesce(genesys.sum_bigint(sums.over_sla_count), 0) as over_sla_count,
        coalesce(genesys.sum_bigint(sums.talk_count), 0) as talk_count,
        coalesce(genesys.sum_bigint(sums.hold_count), 0) as hold_count,
        coalesce(genesys.sum_bigint(sums.acw_count), 0) as acw_count,
        coalesce(genesys.sum_bigint(sums.service_level_numerator), 0) as service_level_numerator,
        coalesce(genesys.sum_bigint(sums.service_level_denominator), 0) as service_level_denominator,
        coalesce(genesys.sum_bigint(sums.handle_ms), 0) as handle_ms,
        coalesce(genesys.sum_bigint(sums.talk_ms), 0) as talk_ms,
        coalesce(genesys.sum_bigint(sums.hold_ms), 0) as hold_ms,
        coalesce(genesys.sum_bigint(sums.acw_ms), 0) as acw_ms,
        coalesce(genesys.sum_bigint(sums.answer_ms), 0) as answer_ms,
        coalesce(genesys.sum_bigint(sums.abandon_ms), 0) as abandon_ms,
        coalesce(genesys.sum_bigint(sums.wait_ms), 0) as wait_ms,
        max(sums.max_answer_ms) as max_answer_ms,
        max(sums.max_abandon_ms) as max_abandon_ms,
        max(sums.max_wait_ms) as max_wait_ms,
        max(sums.max_acd_ms) as max_acd_ms,
        max(sums.max_handle_ms) as max_handle_ms
    from genesys.queue_interval_sums as sums
    group by
        sums.interval_start,
        sums.queue_id,
        sums.media_type
),

final as (
    select
        summed.queue_id,

        queues.queue_name,
        summed.media_type,

        genesys.minute_of_day(summed.interval_start) as minute_of_day,
        genesys.utc_offset_minutes(summed.interval_start) as utc_offset_minutes,
        summed.offered_count,
        summed.answered_count,
        summed.abandoned_count,
        summed.short_abandoned_count,
        summed.flow_out_count,
        summed.handled_count,
        summed.transferred_count,
        summed.over_sla_count,
        summed.talk_count,
        summed.hold_count,
        summed.acw_count,
        summed.handle_ms * 0.001 as handle_seconds,
        summed.talk_ms * 0.001 as talk_seconds,
        summed.hold_ms * 0.001 as hold_seconds,
        summed.acw_ms * 0.001 as acw_seconds,
        summed.answer_ms * 0.001 as answer_seconds,
        summed.abandon_ms * 0.001 as abandon_seconds,
        summed.wait_ms * 0.001 as wait_seconds,
        summed.max_answer_ms * 0.001 as max_answer_seconds,
        summed.max_abandon_ms * 0.001 as max_abandon_seconds,
        summed.max_wait_ms * 0.001 as max_wait_seconds,
        summed.max_acd_ms * 0.001 as max_acd_seconds,
        summed.max_handle_ms * 0.001 as max_handle_seconds,
        summed.service_level_numerator,
        summed.service_level_denominator,
        genesys.average_seconds(summed.handle_ms, summed.handled_count) as average_handle_seconds,
        genesys.average_seconds(summed.talk_ms, summed.talk_count) as average_talk_seconds,
        genesys.average_seconds(summed.hold_ms, summed.hold_count) as average_hold_seconds,
        genesys.average_seconds(summed.acw_ms, summed.acw_count) as average_acw_seconds,
        genesys.average_seconds(summed.answer_ms, summed.answered_count) as average_answer_seconds,
        round(summed.answered_count::numeric / nullif(summed.offered_count, 0), 6) as answer_rate,
        round(summed.abandoned_count::numeric / nullif(summed.offered_count, 0), 6) as abandon_rate,
        round(
            (summed.abandoned_count - summed.short_abandoned_count)::numeric
            / nullif(summed.offered_count - summed.short_abandoned_count, 0),
            6
        ) as long_abandon_rate,
        round(summed.service_level_numerator::numeric / nullif(summed.service_level_denominator, 0), 6) as service_level_rate,
        round(summed.transferred_count::numeric / nullif(summed.handled_count, 0), 6) as transfer_rate,

        coalesce(
            summed.interval_start <@ (
                select ranges.ranges
                from genesys.int_complete_ranges as ranges
                where ranges.fact = 'queue_aggregates'
            ),
            false
        ) as is_complete,
        coalesce(
            tstzrange(summed.interval_start, summed.interval_end) <@ (
                select ranges.settled
                from genesys.int_pull_ranges as ranges
                where ranges.fact = 'queue_aggregates'
            ),
            false
        ) as is_settled,
        coalesce(
            tstzrange(summed.interval_start, summed.interval_end) <@ (
                select ranges.final
                from genesys.int_pull_ranges as ranges
                where ranges.fact = 'queue_aggregates'
            ),
            false
        ) as is_final,

        genesys.local_day(summed.interval_start) as day,
        summed.interval_start as interval_start_at,
        summed.interval_start at time zone {{time_zone}} as interval_start_local,
        summed.interval_end as interval_end_at,
        summed.interval_end at time zone {{time_zone}} as interval_end_local
    from summed
    left join genesys.int_queue_names as queues
        on queues.queue_id = summed.queue_id
        and queues.from_at <= summed.interval_start
        and queues.to_at > summed.interval_start
)

select * from final;

comment on view mart.fct_queue_intervals is 'One row per interval × queue × media type, directions summed. A metric counts in the interval in which it is complete, as on Genesys'' screens: a call that ends after the hour is handled in the next one. A figure without any metric is 0; there is no row where Genesys has none at all. By direction, with all metrics: fct_queue_direction_intervals. Source: conversation aggregates (genesys.queue_aggregates).';
comment on column mart.fct_queue_intervals.queue_id is 'Queue; null for what happened outside queues. With interval_start_at and media_type the key of this relation. See dim_queues.';
comment on column mart.fct_queue_intervals.queue_name is 'Name of the queue at the start of the interval, or the earliest known. Source: history of the directory.';
comment on column mart.fct_queue_intervals.media_type is 'voice, callback, message, email, chat, …; unknown where Genesys reports none. Aggregates mediaType.';
comment on column mart.fct_queue_intervals.minute_of_day is 'Minutes from midnight to interval_start_local on the clock, in steps of a quarter of an hour: 0, 15, … 1425. See dim_intervals.';
comment on column mart.fct_queue_intervals.utc_offset_minutes is 'Minutes by which the reporting time zone is ahead of UTC: it distinguishes the intervals that a clock shows twice.';
comment on column mart.fct_queue_intervals.offered_count is 'Offered to the queue. Count of nOffered.';
comment on column mart.fct_queue_intervals.answered_count is 'Answered by an agent, under the interval of the answer. Count of tAnswered.';
comment on column mart.fct_queue_intervals.abandoned_count is 'Abandoned by the customer, short ones included. Count of tAbandon.';
comment on column mart.fct_queue_intervals.short_abandoned_count is 'Abandoned under the threshold of the queue. Count of tShortAbandon.';
comment on column mart.fct_queue_intervals.flow_out_count is 'Left the queue by a flow, neither answered nor abandoned. Count of tFlowOut.';
comment on column mart.fct_queue_intervals.handled_count is 'Handlings by agents that were completed, after-call work included. Count of tHandle. A callback and the voice call that serves it are two handlings, one of each media type. A callback and the call that belongs to it count once each, under their media types: leave callback out where media are added up.';
comment on column mart.fct_queue_intervals.transferred_count is 'Transfers by agents, blind and consult. Count of nTransferred.';
comment on column mart.fct_queue_intervals.over_sla_count is 'Answered after the service-level target. Count of nOverSla.';
comment on column mart.fct_queue_intervals.talk_count is 'Handlings with talk: the divisor of average_talk_seconds. Count of tTalkComplete.';
comment on column mart.fct_queue_intervals.hold_count is 'Handlings with hold: the divisor of average_hold_seconds. Count of tHeldComplete.';
comment on column mart.fct_queue_intervals.acw_count is 'Handlings with after-call work: the divisor of average_acw_seconds. Count of tAcw.';
comment on column mart.fct_queue_intervals.handle_seconds is 'Handle time: talk, hold, after-call work, dialing and contacting, in seconds. Sum of tHandle.';
comment on column mart.fct_queue_intervals.talk_seconds is 'Talk time, when the handling is complete, in seconds. Sum of tTalkComplete.';
comment on column mart.fct_queue_intervals.hold_seconds is 'Hold time, when the handling is complete, in seconds. Sum of tHeldComplete.';
comment on column mart.fct_queue_intervals.acw_seconds is 'After-call work, in seconds. Sum of tAcw.';
comment on column mart.fct_queue_intervals.answer_seconds is 'Wait until the answer, in seconds. Sum of tAnswered.';
comment on column mart.fct_queue_intervals.abandon_seconds is 'Wait until the abandon, in seconds. Sum of tAbandon.';
comment on column mart.fct_queue_intervals.wait_seconds is 'Wait of customers in the queue, however it ended, in seconds. Sum of tWait.';
comment on column mart.fct_queue_intervals.max_answer_seconds is 'Longest wait until an answer, in seconds; null where there was none. Maximum of tAnswered. Not additive.';
comment on column mart.fct_queue_intervals.max_abandon_seconds is 'Longest wait until an abandon, in seconds; null where there was none. Maximum of tAbandon. Not additive.';
comment on column mart.fct_queue_intervals.max_wait_seconds is 'Longest wait in the queue, however it ended, in seconds; null where there was none. Maximum of tWait. Not additive.';
comment on column mart.fct_queue_intervals.max_acd_seconds is 'Longest stay in the queue, in seconds; null where there was none. Maximum of tAcd. Not additive.';
comment on column mart.fct_queue_intervals.max_handle_seconds is 'Longest handling, in seconds; null where there was none. Maximum of tHandle. Not additive.';
comment on column mart.fct_queue_intervals.service_level_numerator is 'What counts as answered within the target by the organisation''s own formula. Numerator of oServiceLevel.';
comment on column mart.fct_queue_intervals.service_level_denominator is 'What counts into the service level by the organisation''s own formula. Denominator of oServiceLevel.';
comment on column mart.fct_queue_intervals.average_handle_seconds is 'handle_seconds / handled_count; null where nothing was handled.';
comment on column mart.fct_queue_intervals.average_talk_seconds is 'talk_seconds / talk_count: only handlings with talk; null without.';
comment on column mart.fct_queue_intervals.average_hold_seconds is 'hold_seconds / hold_count: only handlings with hold; null without.';
comment on column mart.fct_queue_intervals.average_acw_seconds is 'acw_seconds / acw_count: only handlings with after-call work; null without.';
comment on column mart.fct_queue_intervals.average_answer_seconds is 'Average speed of answer: answer_seconds / answered_count; null where nothing was answered. Compare within one media type: an e-mail waits hours, a call seconds.';
comment on column mart.fct_queue_intervals.answer_rate is 'answered_count / offered_count; above 1 where more was answered than offered in the time (a backlog is worked off). Null where nothing was offered.';
comment on column mart.fct_queue_intervals.abandon_rate is 'abandoned_count / offered_count, short abandons included; above 1 where what was offered earlier is abandoned. Null where nothing was offered.';
comment on column mart.fct_queue_intervals.long_abandon_rate is 'Abandon rate without short abandons: (abandoned_count - short_abandoned_count) / (offered_count - short_abandoned_count). Null where nothing else was offered.';
comment on column mart.fct_queue_intervals.service_level_rate is 'service_level_numerator / service_level_denominator, as Genesys computes it by the organisation''s settings. Sum both to roll up, never average. Null where nothing counts into it.';
comment on column mart.fct_queue_intervals.transfer_rate is 'transferred_count / handled_count; above 1 where one handling was transferred more than once. Null where nothing was handled.';
comment on column mart.fct_queue_intervals.is_complete is 'True where everything of the day has been pulled at least once. Source: the ledger of slices.';
comment on column mart.fct_queue_intervals.is_settled is 'True where the queue aggregates were pulled three days after the interval or later: Genesys has reprocessed it by then, and figures hardly change any more. Source: the ledger of slices.';
comment on column mart.fct_queue_intervals.is_final is 'True where no further pull of the queue aggregates is pending for the interval: its figures do not change any more. Source: the ledger of slices.';
comment on column mart.fct_queue_intervals.day is 'Day in the reporting time zone in which the interval starts. Filters on it use an index. See dim_dates.';
comment on column mart.fct_queue_intervals.interval_start_at is 'Start of the interval, instant, shown in the zone of your session. Filters on it use an index.';
comment on column mart.fct_queue_intervals.interval_start_local is 'interval_start_at in the reporting time zone. When clocks go back, two intervals have the same: group by interval_start_at, or add utc_offset_minutes.';
comment on column mart.fct_queue_intervals.interval_end_at is 'End of the interval, exclusive, instant, shown in the zone of your session.';
comment on column mart.fct_queue_intervals.interval_end_local is 'interval_end_at in the reporting time zone.';
