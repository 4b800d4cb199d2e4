-- One row per interval × queue × media type: what Genesys' own aggregates say, directions summed.
create view mart.fct_queue_intervals as
with
summed as (
    select
        metrics.interval_start,
        max(metrics.interval_end) as interval_end,
        metrics.queue_id,
        metrics.media_type,
        coalesce(sum(metrics.offered_count), 0)::bigint as offered_count,
        coalesce(sum(metrics.answered_count), 0)::bigint as answered_count,
        coalesce(sum(metrics.abandoned_count), 0)::bigint as abandoned_count,
        coalesce(sum(metrics.short_abandoned_count), 0)::bigint as short_abandoned_count,
        coalesce(sum(metrics.flow_out_count), 0)::bigint as flow_out_count,
        coalesce(sum(metrics.handled_count), 0)::bigint as handled_count,
        coalesce(sum(metrics.transferred_count), 0)::bigint as transferred_count,
        coalesce(sum(metrics.over_sla_count), 0)::bigint as over_sla_count,
        coalesce(sum(metrics.talk_count), 0)::bigint as talk_count,
        coalesce(sum(metrics.hold_count), 0)::bigint as hold_count,
        coalesce(sum(metrics.acw_count), 0)::bigint as acw_count,
        coalesce(sum(metrics.handle_ms), 0) * 0.001 as handle_seconds,
        coalesce(sum(metrics.talk_ms), 0) * 0.001 as talk_seconds,
        coalesce(sum(metrics.hold_ms), 0) * 0.001 as hold_seconds,
        coalesce(sum(metrics.acw_ms), 0) * 0.001 as acw_seconds,
        coalesce(sum(metrics.answer_ms), 0) * 0.001 as answer_seconds,
        coalesce(sum(metrics.abandon_ms), 0) * 0.001 as abandon_seconds,
        coalesce(sum(metrics.wait_ms), 0) * 0.001 as wait_seconds,
        coalesce(sum(metrics.service_level_numerator), 0)::bigint as service_level_numerator,
        coalesce(sum(metrics.service_level_denominator), 0)::bigint as service_level_denominator
    from genesys.int_queue_metrics as metrics
    group by
        metrics.interval_start,
        metrics.queue_id,
        metrics.media_type
),

final as (
    select
        summed.queue_id,

        queues.queue_name,
        summed.media_type,

        (
            extract(hour from summed.interval_start at time zone {{time_zone}}) * 60
            + extract(minute from summed.interval_start at time zone {{time_zone}})
        )::integer as minute_of_day,
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
        summed.handle_seconds,
        summed.talk_seconds,
        summed.hold_seconds,
        summed.acw_seconds,
        summed.answer_seconds,
        summed.abandon_seconds,
        summed.wait_seconds,
        summed.service_level_numerator,
        summed.service_level_denominator,
        round(summed.handle_seconds / nullif(summed.handled_count, 0), 3) as average_handle_seconds,
        round(summed.talk_seconds / nullif(summed.talk_count, 0), 3) as average_talk_seconds,
        round(summed.hold_seconds / nullif(summed.hold_count, 0), 3) as average_hold_seconds,
        round(summed.acw_seconds / nullif(summed.acw_count, 0), 3) as average_acw_seconds,
        round(summed.answer_seconds / nullif(summed.answered_count, 0), 3) as average_answer_seconds,
        round(summed.answered_count::numeric / nullif(summed.offered_count, 0), 6) as answer_rate,
        round(summed.abandoned_count::numeric / nullif(summed.offered_count, 0), 6) as abandon_rate,
        round(
            (summed.abandoned_count - summed.short_abandoned_count)::numeric
            / nullif(summed.offered_count - summed.short_abandoned_count, 0),
            6
        ) as long_abandon_rate,
        round(summed.service_level_numerator::numeric / nullif(summed.service_level_denominator, 0), 6) as service_level_rate,
        round(summed.transferred_count::numeric / nullif(summed.handled_count, 0), 6) as transfer_rate,

        finals.from_at is not null as is_final,

        (summed.interval_start at time zone {{time_zone}})::date as day,
        summed.interval_start as interval_start_at,
        summed.interval_start at time zone {{time_zone}} as interval_start_local,
        summed.interval_end as interval_end_at,
        summed.interval_end at time zone {{time_zone}} as interval_end_local
    from summed
    left join genesys.int_queue_names as queues
        on queues.queue_id = summed.queue_id
        and queues.from_at <= summed.interval_start
        and queues.to_at > summed.interval_start
    left join genesys.int_final_ranges as finals
        on finals.stream = 'queue_aggregates'
        and finals.from_at <= summed.interval_start
        and finals.to_at >= summed.interval_end
)

select * from final;

comment on view mart.fct_queue_intervals is 'One row per interval × queue × media type, directions summed. A metric counts in the interval in which it is complete, as on Genesys'' screens: a call that ends after the hour is handled in the next one. A figure without any metric is 0; there is no row where Genesys has none at all. Source: conversation aggregates (genesys.queue_aggregates).';
comment on column mart.fct_queue_intervals.queue_id is 'Queue; null for what happened outside queues. With interval_start_at and media_type the key of this relation. See dim_queues.';
comment on column mart.fct_queue_intervals.queue_name is 'Name of the queue at the start of the interval, or the earliest known. Source: history of the directory.';
comment on column mart.fct_queue_intervals.media_type is 'voice, callback, message, email, chat, …; unknown where Genesys tells none. Aggregates mediaType.';
comment on column mart.fct_queue_intervals.minute_of_day is 'Minutes from midnight to interval_start_local on the clock, 0 to 1439. See dim_intervals.';
comment on column mart.fct_queue_intervals.offered_count is 'Offered to the queue. Count of nOffered.';
comment on column mart.fct_queue_intervals.answered_count is 'Answered by an agent, under the interval of the answer. Count of tAnswered.';
comment on column mart.fct_queue_intervals.abandoned_count is 'Abandoned by the customer, short ones included. Count of tAbandon.';
comment on column mart.fct_queue_intervals.short_abandoned_count is 'Of these, abandoned under the queue''s threshold. Count of tShortAbandon.';
comment on column mart.fct_queue_intervals.flow_out_count is 'Left the queue by a flow, neither answered nor abandoned. Count of tFlowOut.';
comment on column mart.fct_queue_intervals.handled_count is 'Handlings by agents that were completed, after-call work included. Count of tHandle.';
comment on column mart.fct_queue_intervals.transferred_count is 'Transfers by agents, blind and consult. Count of nTransferred.';
comment on column mart.fct_queue_intervals.over_sla_count is 'Answered after the service-level target. Count of nOverSla.';
comment on column mart.fct_queue_intervals.talk_count is 'Handlings with talk: the divisor of average_talk_seconds. Count of tTalkComplete.';
comment on column mart.fct_queue_intervals.hold_count is 'Handlings with hold: the divisor of average_hold_seconds. Count of tHeldComplete.';
comment on column mart.fct_queue_intervals.acw_count is 'Handlings with after-call work: the divisor of average_acw_seconds. Count of tAcw.';
comment on column mart.fct_queue_intervals.handle_seconds is 'Handle time in seconds: talk, hold, after-call work, dialing and contacting. Sum of tHandle.';
comment on column mart.fct_queue_intervals.talk_seconds is 'Talk time in seconds. Sum of tTalkComplete.';
comment on column mart.fct_queue_intervals.hold_seconds is 'Hold time in seconds. Sum of tHeldComplete.';
comment on column mart.fct_queue_intervals.acw_seconds is 'After-call work in seconds. Sum of tAcw.';
comment on column mart.fct_queue_intervals.answer_seconds is 'Wait until the answer in seconds. Sum of tAnswered.';
comment on column mart.fct_queue_intervals.abandon_seconds is 'Wait until the abandon in seconds, short ones included. Sum of tAbandon.';
comment on column mart.fct_queue_intervals.wait_seconds is 'Wait of customers in the queue in seconds, however it ended. Sum of tWait.';
comment on column mart.fct_queue_intervals.service_level_numerator is 'What counts as answered within the target by the organisation''s own formula. Numerator of oServiceLevel.';
comment on column mart.fct_queue_intervals.service_level_denominator is 'What counts into the service level by the organisation''s own formula. Denominator of oServiceLevel.';
comment on column mart.fct_queue_intervals.average_handle_seconds is 'handle_seconds / handled_count; null where nothing was handled.';
comment on column mart.fct_queue_intervals.average_talk_seconds is 'talk_seconds / talk_count: only handlings with talk; null without.';
comment on column mart.fct_queue_intervals.average_hold_seconds is 'hold_seconds / hold_count: only handlings with hold; null without.';
comment on column mart.fct_queue_intervals.average_acw_seconds is 'acw_seconds / acw_count: only handlings with after-call work; null without.';
comment on column mart.fct_queue_intervals.average_answer_seconds is 'Average speed of answer: answer_seconds / answered_count; null where nothing was answered.';
comment on column mart.fct_queue_intervals.answer_rate is 'answered_count / offered_count; above 1 where more was answered than offered in the time. Null where nothing was offered.';
comment on column mart.fct_queue_intervals.abandon_rate is 'abandoned_count / offered_count, short abandons included. Null where nothing was offered.';
comment on column mart.fct_queue_intervals.long_abandon_rate is 'Abandon rate without short abandons: (abandoned_count - short_abandoned_count) / (offered_count - short_abandoned_count). Null where nothing else was offered.';
comment on column mart.fct_queue_intervals.service_level_rate is 'service_level_numerator / service_level_denominator, as Genesys computes it by the organisation''s settings. Sum both to roll up, never average. Null where nothing counts into it.';
comment on column mart.fct_queue_intervals.transfer_rate is 'transferred_count / handled_count; above 1 where one handling was transferred more than once. Null where nothing was handled.';
comment on column mart.fct_queue_intervals.is_final is 'True where no further pull of the queue aggregates is owed for the interval: its figures do not change any more. Source: the ledger of slices.';
comment on column mart.fct_queue_intervals.day is 'Day in the reporting time zone in which the interval starts. A filter on it reads everything: filter large ranges on interval_start_at.';
comment on column mart.fct_queue_intervals.interval_start_at is 'Start of the interval, UTC instant. Filters on it reach an index.';
comment on column mart.fct_queue_intervals.interval_start_local is 'interval_start_at in the reporting time zone. When clocks go back, two intervals have the same.';
comment on column mart.fct_queue_intervals.interval_end_at is 'End of the interval, exclusive, UTC instant.';
comment on column mart.fct_queue_intervals.interval_end_local is 'interval_end_at in the reporting time zone.';
