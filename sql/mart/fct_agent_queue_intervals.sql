-- One row per interval × user × queue × media type: the handlings of an agent.
create view mart.fct_agent_queue_intervals as
with
summed as (
    select
        sums.interval_start,
        sums.interval_end,
        sums.user_id,
        sums.queue_id,
        sums.media_type,
        coalesce(sums.answered_count, 0) as answered_count,
        coalesce(sums.abandoned_count, 0) as abandoned_count,
        coalesce(sums.alert_count, 0) as alert_count,
        coalesce(sums.not_responding_count, 0) as not_responding_count,
        coalesce(sums.handled_count, 0) as handled_count,
        coalesce(sums.talk_count, 0) as talk_count,
        coalesce(sums.hold_count, 0) as hold_count,
        coalesce(sums.acw_count, 0) as acw_count,
        coalesce(sums.dialing_count, 0) as dialing_count,
        coalesce(sums.contacting_count, 0) as contacting_count,
        coalesce(sums.agent_response_count, 0) as agent_response_count,
        coalesce(sums.connected_count, 0) as connected_count,
        coalesce(sums.outbound_count, 0) as outbound_count,
        coalesce(sums.transferred_count, 0) as transferred_count,
        coalesce(sums.blind_transferred_count, 0) as blind_transferred_count,
        coalesce(sums.consult_transferred_count, 0) as consult_transferred_count,
        coalesce(sums.consult_count, 0) as consult_count,
        coalesce(sums.over_sla_count, 0) as over_sla_count,
        coalesce(sums.error_count, 0) as error_count,
        coalesce(sums.answer_ms, 0) as answer_ms,
        coalesce(sums.alert_ms, 0) as alert_ms,
        coalesce(sums.not_responding_ms, 0) as not_responding_ms,
        coalesce(sums.handle_ms, 0) as handle_ms,
        coalesce(sums.talk_ms, 0) as talk_ms,
        coalesce(sums.hold_ms, 0) as hold_ms,
        coalesce(sums.acw_ms, 0) as acw_ms,
        coalesce(sums.dialing_ms, 0) as dialing_ms,
        coalesce(sums.contacting_ms, 0) as contacting_ms,
        coalesce(sums.agent_response_ms, 0) as agent_response_ms
    from genesys.agent_queue_interval_sums as sums
),

final as (
    select
        summed.user_id,
        summed.queue_id,

        users.user_name,
        queues.queue_name,
        summed.media_type,

        genesys.minute_of_day(summed.interval_start) as minute_of_day,
        genesys.utc_offset_minutes(summed.interval_start) as utc_offset_minutes,
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
            summed.interval_start <@ (
                select ranges.ranges
                from genesys.int_complete_ranges as ranges
                where ranges.fact = 'agent_aggregates'
            ),
            false
        ) as is_complete,
        coalesce(
            tstzrange(summed.interval_start, summed.interval_end) <@ (
                select ranges.settled
                from genesys.int_pull_ranges as ranges
                where ranges.fact = 'agent_aggregates'
            ),
            false
        ) as is_settled,
        coalesce(
            tstzrange(summed.interval_start, summed.interval_end) <@ (
                select ranges.final
                from genesys.int_pull_ranges as ranges
                where ranges.fact = 'agent_aggregates'
            ),
            false
        ) as is_final,

        genesys.local_day(summed.interval_start) as day,
        summed.interval_start as interval_start_at,
        summed.interval_start at time zone {{time_zone}} as interval_start_local,
        summed.interval_end as interval_end_at,
        summed.interval_end at time zone {{time_zone}} as interval_end_local
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

comment on view mart.fct_agent_queue_intervals is 'One row per interval × user × queue × media type: handlings count in the interval in which they are complete. Time in statuses belongs to no queue: see fct_agent_intervals. Source: conversation aggregates by user (genesys.agent_aggregates).';
comment on column mart.fct_agent_queue_intervals.user_id is 'Agent. See dim_users.';
comment on column mart.fct_agent_queue_intervals.queue_id is 'Queue; null for handlings outside queues. With interval_start_at, user_id and media_type the key of this relation. See dim_queues.';
comment on column mart.fct_agent_queue_intervals.user_name is 'Name of the user at the start of the interval, or the earliest known. Source: history of the directory.';
comment on column mart.fct_agent_queue_intervals.queue_name is 'Name of the queue at the start of the interval, or the earliest known. Source: history of the directory.';
comment on column mart.fct_agent_queue_intervals.media_type is 'voice, callback, message, email, chat, …; unknown where Genesys reports none. Aggregates mediaType.';
comment on column mart.fct_agent_queue_intervals.minute_of_day is 'Minutes from midnight to interval_start_local on the clock, in steps of a quarter of an hour: 0, 15, … 1425. See dim_intervals.';
comment on column mart.fct_agent_queue_intervals.utc_offset_minutes is 'Minutes by which the reporting time zone is ahead of UTC: it distinguishes the intervals that a clock shows twice.';
comment on column mart.fct_agent_queue_intervals.answered_count is 'Answered by the agent; of several agents of one interaction only the first counts. Count of tAnswered.';
comment on column mart.fct_agent_queue_intervals.abandoned_count is 'Abandoned at the agent; Genesys files abandons under the queue, so this is mostly 0. Count of tAbandon.';
comment on column mart.fct_agent_queue_intervals.alert_count is 'Alerts to the agent, answered or not. Count of tAlert.';
comment on column mart.fct_agent_queue_intervals.not_responding_count is 'Alerts that the agent did not answer. Count of tNotResponding.';
comment on column mart.fct_agent_queue_intervals.handled_count is 'Handlings that were completed, after-call work included. Count of tHandle. A callback and the voice call that serves it are two handlings, one of each media type.';
comment on column mart.fct_agent_queue_intervals.talk_count is 'Handlings with talk: the divisor of average_talk_seconds. Count of tTalkComplete.';
comment on column mart.fct_agent_queue_intervals.hold_count is 'Handlings with hold: the divisor of average_hold_seconds. Count of tHeldComplete.';
comment on column mart.fct_agent_queue_intervals.acw_count is 'Handlings with after-call work: the divisor of average_acw_seconds. Count of tAcw.';
comment on column mart.fct_agent_queue_intervals.dialing_count is 'Handlings with dialing. Count of tDialing.';
comment on column mart.fct_agent_queue_intervals.contacting_count is 'Handlings with contacting. Count of tContacting.';
comment on column mart.fct_agent_queue_intervals.agent_response_count is 'Responses of the agent, turn by turn. Count of tAgentResponseTime.';
comment on column mart.fct_agent_queue_intervals.connected_count is 'Connections of the agent. Count of nConnected.';
comment on column mart.fct_agent_queue_intervals.outbound_count is 'Outbound handlings. Count of nOutbound.';
comment on column mart.fct_agent_queue_intervals.transferred_count is 'Transfers by the agent, blind and consult. Count of nTransferred.';
comment on column mart.fct_agent_queue_intervals.blind_transferred_count is 'Blind transfers by the agent. Count of nBlindTransferred.';
comment on column mart.fct_agent_queue_intervals.consult_transferred_count is 'Consult transfers by the agent. Count of nConsultTransferred.';
comment on column mart.fct_agent_queue_intervals.consult_count is 'Consultations by the agent. Count of nConsult.';
comment on column mart.fct_agent_queue_intervals.over_sla_count is 'Answered by the agent after the service-level target. Count of nOverSla.';
comment on column mart.fct_agent_queue_intervals.error_count is 'Errors, mostly alerts without answer. Count of nError.';
comment on column mart.fct_agent_queue_intervals.answer_seconds is 'Wait of the customers until the agent answered, in seconds. Sum of tAnswered.';
comment on column mart.fct_agent_queue_intervals.alert_seconds is 'Time of alerts, in seconds. Sum of tAlert.';
comment on column mart.fct_agent_queue_intervals.not_responding_seconds is 'Time of alerts that the agent did not answer, in seconds. Sum of tNotResponding.';
comment on column mart.fct_agent_queue_intervals.handle_seconds is 'Handle time: talk, hold, after-call work, dialing and contacting, in seconds. Sum of tHandle.';
comment on column mart.fct_agent_queue_intervals.talk_seconds is 'Talk time, when the handling is complete, in seconds. Sum of tTalkComplete.';
comment on column mart.fct_agent_queue_intervals.hold_seconds is 'Hold time, when the handling is complete, in seconds. Sum of tHeldComplete.';
comment on column mart.fct_agent_queue_intervals.acw_seconds is 'After-call work, in seconds. Sum of tAcw.';
comment on column mart.fct_agent_queue_intervals.dialing_seconds is 'Dialing by agents, in seconds. Sum of tDialing.';
comment on column mart.fct_agent_queue_intervals.contacting_seconds is 'Contacting by agents, in seconds. Sum of tContacting.';
comment on column mart.fct_agent_queue_intervals.agent_response_seconds is 'Time the agent took to respond, turn by turn, in seconds. Sum of tAgentResponseTime.';
comment on column mart.fct_agent_queue_intervals.average_handle_seconds is 'handle_seconds / handled_count; null where nothing was handled.';
comment on column mart.fct_agent_queue_intervals.average_talk_seconds is 'talk_seconds / talk_count: only handlings with talk; null without.';
comment on column mart.fct_agent_queue_intervals.average_hold_seconds is 'hold_seconds / hold_count: only handlings with hold; null without.';
comment on column mart.fct_agent_queue_intervals.average_acw_seconds is 'acw_seconds / acw_count: only handlings with after-call work; null without.';
comment on column mart.fct_agent_queue_intervals.average_answer_seconds is 'Average speed of answer: answer_seconds / answered_count; null where nothing was answered. Compare within one media type: an e-mail waits hours, a call seconds.';
comment on column mart.fct_agent_queue_intervals.answer_rate is 'answered_count / alert_count. Null where the agent was not alerted.';
comment on column mart.fct_agent_queue_intervals.service_level_rate is '(answered_count - over_sla_count) / answered_count: of what the agent answered, the fraction within the queue''s target. Genesys has no service level of its own for agents. Null where nothing was answered.';
comment on column mart.fct_agent_queue_intervals.transfer_rate is 'transferred_count / handled_count; above 1 where one handling was transferred more than once. Null where nothing was handled.';
comment on column mart.fct_agent_queue_intervals.is_complete is 'True where everything of the day has been pulled at least once. Source: the ledger of slices.';
comment on column mart.fct_agent_queue_intervals.is_settled is 'True where the agent aggregates were pulled three days after the interval or later: Genesys has reprocessed it by then, and figures hardly change any more. Source: the ledger of slices.';
comment on column mart.fct_agent_queue_intervals.is_final is 'True where no further pull of the agent aggregates is pending for the interval: its figures do not change any more. Source: the ledger of slices.';
comment on column mart.fct_agent_queue_intervals.day is 'Day in the reporting time zone in which the interval starts. Filters on it use an index. See dim_dates.';
comment on column mart.fct_agent_queue_intervals.interval_start_at is 'Start of the interval, instant, shown in the zone of your session. Filters on it use an index.';
comment on column mart.fct_agent_queue_intervals.interval_start_local is 'interval_start_at in the reporting time zone. When clocks go back, two intervals have the same: group by interval_start_at, or add utc_offset_minutes.';
comment on column mart.fct_agent_queue_intervals.interval_end_at is 'End of the interval, exclusive, instant, shown in the zone of your session.';
comment on column mart.fct_agent_queue_intervals.interval_end_local is 'interval_end_at in the reporting time zone.';
