-- One row per local day × queue × media type: figures and rates of Genesys' own aggregates.
create view mart.rpt_queue_days as
with
summed as (
    select
        sums.day,
        sums.day::timestamp at time zone {{time_zone}} as interval_start,
        greatest((sums.day + 1)::timestamp at time zone {{time_zone}}, sums.last_interval_end) as interval_end,
        sums.queue_id,
        sums.media_type,
        coalesce(sums.offered_count, 0) as offered_count,
        coalesce(sums.answered_count, 0) as answered_count,
        coalesce(sums.abandoned_count, 0) as abandoned_count,
        coalesce(sums.short_abandoned_count, 0) as short_abandoned_count,
        coalesce(sums.flow_out_count, 0) as flow_out_count,
        coalesce(sums.handled_count, 0) as handled_count,
        coalesce(sums.transferred_count, 0) as transferred_count,
        coalesce(sums.over_sla_count, 0) as over_sla_count,
        coalesce(sums.talk_count, 0) as talk_count,
        coalesce(sums.hold_count, 0) as hold_count,
        coalesce(sums.acw_count, 0) as acw_count,
        coalesce(sums.handle_ms, 0) as handle_ms,
        coalesce(sums.talk_ms, 0) as talk_ms,
        coalesce(sums.hold_ms, 0) as hold_ms,
        coalesce(sums.acw_ms, 0) as acw_ms,
        coalesce(sums.answer_ms, 0) as answer_ms,
        coalesce(sums.abandon_ms, 0) as abandon_ms,
        coalesce(sums.wait_ms, 0) as wait_ms,
        coalesce(sums.service_level_numerator, 0) as service_level_numerator,
        coalesce(sums.service_level_denominator, 0) as service_level_denominator
    from genesys.queue_day_sums as sums
),

final as (
    select
        summed.day,
        summed.queue_id,

        queues.queue_name,
        summed.media_type,

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
        ) as is_final
    from summed
    left join genesys.int_queue_names as queues
        on queues.queue_id = summed.queue_id
        and queues.from_at <= summed.interval_start
        and queues.to_at > summed.interval_start
)

select * from final;

comment on view mart.rpt_queue_days is 'One row per local day × queue × media type: sums of the intervals that start in the day, rates as sum over sum. To roll up further, sum seconds and counts and divide; never average averages. Source: conversation aggregates (genesys.queue_aggregates).';
comment on column mart.rpt_queue_days.day is 'Day in the reporting time zone; an interval belongs to the day in which it starts. Filters on it use an index.';
comment on column mart.rpt_queue_days.queue_id is 'Queue; null for what happened outside queues. With day and media_type the key of this relation. See dim_queues.';
comment on column mart.rpt_queue_days.queue_name is 'Name of the queue at the start of the day, or the earliest known. Source: history of the directory.';
comment on column mart.rpt_queue_days.media_type is 'voice, callback, message, email, chat, …; unknown where Genesys reports none. Aggregates mediaType.';
comment on column mart.rpt_queue_days.offered_count is 'Offered to the queue. Count of nOffered.';
comment on column mart.rpt_queue_days.answered_count is 'Answered by an agent, under the interval of the answer. Count of tAnswered.';
comment on column mart.rpt_queue_days.abandoned_count is 'Abandoned by the customer, short ones included. Count of tAbandon.';
comment on column mart.rpt_queue_days.short_abandoned_count is 'Of these, abandoned under the queue''s threshold. Count of tShortAbandon.';
comment on column mart.rpt_queue_days.flow_out_count is 'Left the queue by a flow, neither answered nor abandoned. Count of tFlowOut.';
comment on column mart.rpt_queue_days.handled_count is 'Handlings by agents that were completed, after-call work included. Count of tHandle. A callback and the call that belongs to it count once each, under their media types: leave callback out where media are added up.';
comment on column mart.rpt_queue_days.transferred_count is 'Transfers by agents, blind and consult. Count of nTransferred.';
comment on column mart.rpt_queue_days.over_sla_count is 'Answered after the service-level target. Count of nOverSla.';
comment on column mart.rpt_queue_days.talk_count is 'Handlings with talk: the divisor of average_talk_seconds. Count of tTalkComplete.';
comment on column mart.rpt_queue_days.hold_count is 'Handlings with hold: the divisor of average_hold_seconds. Count of tHeldComplete.';
comment on column mart.rpt_queue_days.acw_count is 'Handlings with after-call work: the divisor of average_acw_seconds. Count of tAcw.';
comment on column mart.rpt_queue_days.handle_seconds is 'Handle time in seconds: talk, hold, after-call work, dialing and contacting. Sum of tHandle.';
comment on column mart.rpt_queue_days.talk_seconds is 'Talk time in seconds. Sum of tTalkComplete.';
comment on column mart.rpt_queue_days.hold_seconds is 'Hold time in seconds. Sum of tHeldComplete.';
comment on column mart.rpt_queue_days.acw_seconds is 'After-call work in seconds. Sum of tAcw.';
comment on column mart.rpt_queue_days.answer_seconds is 'Wait until the answer in seconds. Sum of tAnswered.';
comment on column mart.rpt_queue_days.abandon_seconds is 'Wait until the abandon in seconds, short ones included. Sum of tAbandon.';
comment on column mart.rpt_queue_days.wait_seconds is 'Wait of customers in the queue in seconds, however it ended. Sum of tWait.';
comment on column mart.rpt_queue_days.service_level_numerator is 'What counts as answered within the target by the organisation''s own formula. Numerator of oServiceLevel.';
comment on column mart.rpt_queue_days.service_level_denominator is 'What counts into the service level by the organisation''s own formula. Denominator of oServiceLevel.';
comment on column mart.rpt_queue_days.average_handle_seconds is 'handle_seconds / handled_count; null where nothing was handled.';
comment on column mart.rpt_queue_days.average_talk_seconds is 'talk_seconds / talk_count: only handlings with talk; null without.';
comment on column mart.rpt_queue_days.average_hold_seconds is 'hold_seconds / hold_count: only handlings with hold; null without.';
comment on column mart.rpt_queue_days.average_acw_seconds is 'acw_seconds / acw_count: only handlings with after-call work; null without.';
comment on column mart.rpt_queue_days.average_answer_seconds is 'Average speed of answer: answer_seconds / answered_count; null where nothing was answered. Compare within one media type: an e-mail waits hours, a call seconds.';
comment on column mart.rpt_queue_days.answer_rate is 'answered_count / offered_count; above 1 where more was answered than offered in the time. Null where nothing was offered.';
comment on column mart.rpt_queue_days.abandon_rate is 'abandoned_count / offered_count, short abandons included. Null where nothing was offered.';
comment on column mart.rpt_queue_days.long_abandon_rate is 'Abandon rate without short abandons: (abandoned_count - short_abandoned_count) / (offered_count - short_abandoned_count). Null where nothing else was offered.';
comment on column mart.rpt_queue_days.service_level_rate is 'service_level_numerator / service_level_denominator, as Genesys computes it by the organisation''s settings. Sum both to roll up, never average. Null where nothing counts into it.';
comment on column mart.rpt_queue_days.transfer_rate is 'transferred_count / handled_count; above 1 where one handling was transferred more than once. Null where nothing was handled.';
comment on column mart.rpt_queue_days.is_complete is 'True where everything of the day has been pulled at least once. Source: the ledger of slices.';
comment on column mart.rpt_queue_days.is_settled is 'True where the queue aggregates were pulled three days after the day or later: Genesys has reprocessed it by then, and figures hardly change any more. Source: the ledger of slices.';
comment on column mart.rpt_queue_days.is_final is 'True where no further pull of the queue aggregates is pending for any part of the day. Source: the ledger of slices.';
