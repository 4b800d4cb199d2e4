-- One row per local day × user × queue × media type: the handlings of an agent, averages and rates.
create view mart.rpt_agent_queue_days as
with
summed as (
    select
        genesys.local_day(sums.interval_start) as day,
        sums.user_id,
        sums.queue_id,
        sums.media_type,
        min(sums.interval_start) as interval_start,
        max(sums.interval_end) as interval_end,
        coalesce(genesys.sum_bigint(sums.answered_count), 0) as answered_count,
        coalesce(genesys.sum_bigint(sums.abandoned_count), 0) as abandoned_count,
        coalesce(genesys.sum_bigint(sums.alert_count), 0) as alert_count,
        coalesce(genesys.sum_bigint(sums.not_responding_count), 0) as not_responding_count,
        coalesce(genesys.sum_bigint(sums.handled_count), 0) as handled_count,
        coalesce(genesys.sum_bigint(sums.talk_count), 0) as talk_count,
        coalesce(genesys.sum_bigint(sums.hold_count), 0) as hold_count,
        coalesce(genesys.sum_bigint(sums.acw_count), 0) as acw_count,
        coalesce(genesys.sum_bigint(sums.dialing_count), 0) as dialing_count,
        coalesce(genesys.sum_bigint(sums.contacting_count), 0) as contacting_count,
        coalesce(genesys.sum_bigint(sums.agent_response_count), 0) as agent_response_count,
        coalesce(genesys.sum_bigint(sums.connected_count), 0) as connected_count,
        coalesce(genesys.sum_bigint(sums.outbound_count), 0) as outbound_count,
        coalesce(genesys.sum_bigint(sums.transferred_count), 0) as transferred_count,
        coalesce(genesys.sum_bigint(sums.blind_transferred_count), 0) as blind_transferred_count,
        coalesce(genesys.sum_bigint(sums.consult_transferred_count), 0) as consult_transferred_count,
        coalesce(genesys.sum_bigint(sums.consult_count), 0) as consult_count,
        coalesce(genesys.sum_bigint(sums.over_sla_count), 0) as over_sla_count,
        coalesce(genesys.sum_bigint(sums.error_count), 0) as error_count,
        coalesce(genesys.sum_bigint(sums.answer_ms), 0) as answer_ms,
        coalesce(genesys.sum_bigint(sums.alert_ms), 0) as alert_ms,
        coalesce(genesys.sum_bigint(sums.not_responding_ms), 0) as not_responding_ms,
        coalesce(genesys.sum_bigint(sums.handle_ms), 0) as handle_ms,
        coalesce(genesys.sum_bigint(sums.talk_ms), 0) as talk_ms,
        coalesce(genesys.sum_bigint(sums.hold_ms), 0) as hold_ms,
        coalesce(genesys.sum_bigint(sums.acw_ms), 0) as acw_ms,
        coalesce(genesys.sum_bigint(sums.dialing_ms), 0) as dialing_ms,
        coalesce(genesys.sum_bigint(sums.contacting_ms), 0) as contacting_ms,
        coalesce(genesys.sum_bigint(sums.agent_response_ms), 0) as agent_response_ms
    from genesys.agent_queue_interval_sums as sums
    group by
        genesys.local_day(sums.interval_start),
        sums.user_id,
        sums.queue_id,
        sums.media_type
),

final as (
    select
        summed.day,
        summed.user_id,
        summed.queue_id,

        users.user_name,
        queues.queue_name,
        summed.media_type,

        summed.answered_count,
        summed.abandoned_count,
        summed.alert_count,
        summed.not_responding_count,
        summed.handled_count,
        summed.talk_count,
        summed.hold_count,
        summed.acw_count,
        summed.dialing_count,
        summed.contacting_count,
        summed.agent_response_count,
        summed.connected_count,
        summed.outbound_count,
        summed.transferred_count,
        summed.blind_transferred_count,
        summed.consult_transferred_count,
        summed.consult_count,
        summed.over_sla_count,
        summed.error_count,
        summed.answer_ms * 0.001 as answer_seconds,
        summed.alert_ms * 0.001 as alert_seconds,
        summed.not_responding_ms * 0.001 as not_responding_seconds,
        summed.handle_ms * 0.001 as handle_seconds,
        summed.talk_ms * 0.001 as talk_seconds,
        summed.hold_ms * 0.001 as hold_seconds,
        summed.acw_ms * 0.001 as acw_seconds,
        summed.dialing_ms * 0.001 as dialing_seconds,
        summed.contacting_ms * 0.001 as contacting_seconds,
        summed.agent_response_ms * 0.001 as agent_response_seconds,
        genesys.average_seconds(summed.handle_ms, summed.handled_count) as average_handle_seconds,
        genesys.average_seconds(summed.talk_ms, summed.talk_count) as average_talk_seconds,
        genesys.average_seconds(summed.hold_ms, summed.hold_count) as average_hold_seconds,
        genesys.average_seconds(summed.acw_ms, summed.acw_count) as average_acw_seconds,
        genesys.average_seconds(summed.answer_ms, summed.answered_count) as average_answer_seconds,
        round(summed.answered_count::numeric / nullif(summed.alert_count, 0), 6) as answer_rate,
        round(
            (summed.answered_count - summed.over_sla_count)::numeric
            / nullif(summed.answered_count, 0),
            6
        ) as service_level_rate,
        round(summed.transferred_count::numeric / nullif(summed.handled_count, 0), 6) as transfer_rate,

        coalesce(
            summed.day::timestamp at time zone {{time_zone}} <@ (
                select ranges.ranges
                from genesys.int_complete_ranges as ranges
                where ranges.fact = 'agent_aggregates'
            ),
            false
        ) as is_complete,
        coalesce(
            tstzrange(
                summed.day::timestamp at time zone {{time_zone}},
                greatest((summed.day + 1)::timestamp at time zone {{time_zone}}, summed.interval_end)
            ) <@ (
                select ranges.settled
                from genesys.int_pull_ranges as ranges
                where ranges.fact = 'agent_aggregates'
            ),
            false
        ) as is_settled,
        coalesce(
            tstzrange(
                summed.day::timestamp at time zone {{time_zone}},
                greatest((summed.day + 1)::timestamp at time zone {{time_zone}}, summed.interval_end)
            ) <@ (
                select ranges.final
                from genesys.int_pull_ranges as ranges
                where ranges.fact = 'agent_aggregates'
            ),
            false
        ) as is_final
    from summed
    left join genesys.int_user_names as users
        on users.user_id = summed.user_id
        and users.from_at <= summed.interval_start
        and users.to_at > summed.interval_start
    left join genesys.int_queue_names as queues
        on queues.queue_id = summed.queue_id
        and queues.from_at <= summed.interval_start
        and queues.to_at > summed.interval_start
)

select * from final;

comment on view mart.rpt_agent_queue_days is 'One row per local day × user × queue × media type: sums of the intervals that start in the day, rates as sum over sum. Source: conversation aggregates by user (genesys.agent_aggregates).';
comment on column mart.rpt_agent_queue_days.day is 'Day in the reporting time zone; an interval belongs to the day in which it starts. Filters on it use an index. See dim_dates.';
comment on column mart.rpt_agent_queue_days.user_id is 'Agent. See dim_users.';
comment on column mart.rpt_agent_queue_days.queue_id is 'Queue; null for handlings outside queues. With day, user_id and media_type the key of this relation. See dim_queues.';
comment on column mart.rpt_agent_queue_days.user_name is 'Name of the user in the first interval of the day, or the earliest known. Source: history of the directory.';
comment on column mart.rpt_agent_queue_days.queue_name is 'Name of the queue in the first interval of the day, or the earliest known. Source: history of the directory.';
comment on column mart.rpt_agent_queue_days.media_type is 'voice, callback, message, email, chat, …; unknown where Genesys reports none. Aggregates mediaType.';
comment on column mart.rpt_agent_queue_days.answered_count is 'Answered by the agent; of several agents of one interaction only the first counts. Count of tAnswered.';
comment on column mart.rpt_agent_queue_days.abandoned_count is 'Abandoned at the agent; Genesys files abandons under the queue, so this is mostly 0. Count of tAbandon.';
comment on column mart.rpt_agent_queue_days.alert_count is 'Alerts to the agent, answered or not. Count of tAlert.';
comment on column mart.rpt_agent_queue_days.not_responding_count is 'Alerts that the agent did not answer. Count of tNotResponding.';
comment on column mart.rpt_agent_queue_days.handled_count is 'Handlings that were completed, after-call work included. Count of tHandle. A callback and the voice call that serves it are two handlings, one of each media type.';
comment on column mart.rpt_agent_queue_days.talk_count is 'Handlings with talk: the divisor of average_talk_seconds. Count of tTalkComplete.';
comment on column mart.rpt_agent_queue_days.hold_count is 'Handlings with hold: the divisor of average_hold_seconds. Count of tHeldComplete.';
comment on column mart.rpt_agent_queue_days.acw_count is 'Handlings with after-call work: the divisor of average_acw_seconds. Count of tAcw.';
comment on column mart.rpt_agent_queue_days.dialing_count is 'Handlings with dialing. Count of tDialing.';
comment on column mart.rpt_agent_queue_days.contacting_count is 'Handlings with contacting. Count of tContacting.';
comment on column mart.rpt_agent_queue_days.agent_response_count is 'Responses of the agent, turn by turn. Count of tAgentResponseTime.';
comment on column mart.rpt_agent_queue_days.connected_count is 'Connections of the agent. Count of nConnected.';
comment on column mart.rpt_agent_queue_days.outbound_count is 'Outbound handlings. Count of nOutbound.';
comment on column mart.rpt_agent_queue_days.transferred_count is 'Transfers by the agent, blind and consult. Count of nTransferred.';
comment on column mart.rpt_agent_queue_days.blind_transferred_count is 'Blind transfers by the agent. Count of nBlindTransferred.';
comment on column mart.rpt_agent_queue_days.consult_transferred_count is 'Consult transfers by the agent. Count of nConsultTransferred.';
comment on column mart.rpt_agent_queue_days.consult_count is 'Consultations by the agent. Count of nConsult.';
comment on column mart.rpt_agent_queue_days.over_sla_count is 'Answered by the agent after the service-level target. Count of nOverSla.';
comment on column mart.rpt_agent_queue_days.error_count is 'Errors, mostly alerts without answer. Count of nError.';
comment on column mart.rpt_agent_queue_days.answer_seconds is 'Wait of the customers until the agent answered, in seconds. Sum of tAnswered.';
comment on column mart.rpt_agent_queue_days.alert_seconds is 'Time of alerts, in seconds. Sum of tAlert.';
comment on column mart.rpt_agent_queue_days.not_responding_seconds is 'Time of alerts that the agent did not answer, in seconds. Sum of tNotResponding.';
comment on column mart.rpt_agent_queue_days.handle_seconds is 'Handle time: talk, hold, after-call work, dialing and contacting, in seconds. Sum of tHandle.';
comment on column mart.rpt_agent_queue_days.talk_seconds is 'Talk time, when the handling is complete, in seconds. Sum of tTalkComplete.';
comment on column mart.rpt_agent_queue_days.hold_seconds is 'Hold time, when the handling is complete, in seconds. Sum of tHeldComplete.';
comment on column mart.rpt_agent_queue_days.acw_seconds is 'After-call work, in seconds. Sum of tAcw.';
comment on column mart.rpt_agent_queue_days.dialing_seconds is 'Dialing by agents, in seconds. Sum of tDialing.';
comment on column mart.rpt_agent_queue_days.contacting_seconds is 'Contacting by agents, in seconds. Sum of tContacting.';
comment on column mart.rpt_agent_queue_days.agent_response_seconds is 'Time the agent took to respond, turn by turn, in seconds. Sum of tAgentResponseTime.';
comment on column mart.rpt_agent_queue_days.average_handle_seconds is 'handle_seconds / handled_count; null where nothing was handled.';
comment on column mart.rpt_agent_queue_days.average_talk_seconds is 'talk_seconds / talk_count: only handlings with talk; null without.';
comment on column mart.rpt_agent_queue_days.average_hold_seconds is 'hold_seconds / hold_count: only handlings with hold; null without.';
comment on column mart.rpt_agent_queue_days.average_acw_seconds is 'acw_seconds / acw_count: only handlings with after-call work; null without.';
comment on column mart.rpt_agent_queue_days.average_answer_seconds is 'Average speed of answer: answer_seconds / answered_count; null where nothing was answered. Compare within one media type: an e-mail waits hours, a call seconds.';
comment on column mart.rpt_agent_queue_days.answer_rate is 'answered_count / alert_count. Null where the agent was not alerted.';
comment on column mart.rpt_agent_queue_days.service_level_rate is '(answered_count - over_sla_count) / answered_count: of what the agent answered, the fraction within the queue''s target. Genesys has no service level of its own for agents. Null where nothing was answered.';
comment on column mart.rpt_agent_queue_days.transfer_rate is 'transferred_count / handled_count; above 1 where one handling was transferred more than once. Null where nothing was handled.';
comment on column mart.rpt_agent_queue_days.is_complete is 'True where everything of the day has been pulled at least once. Source: the ledger of slices.';
comment on column mart.rpt_agent_queue_days.is_settled is 'True where the agent aggregates were pulled three days after the day or later: Genesys has reprocessed it by then, and figures hardly change any more. Source: the ledger of slices.';
comment on column mart.rpt_agent_queue_days.is_final is 'True where no further pull of the agent aggregates is pending for the day: its figures do not change any more. Source: the ledger of slices.';
