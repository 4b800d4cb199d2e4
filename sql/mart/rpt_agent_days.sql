-- One row per local day × user: handlings, time in each status, averages and rates.
create view mart.rpt_agent_days as
with
-- Users of whom statuses are known, and those with handlings alone: a filter on day or user uses an index of both tables, as it would
-- not in a full join.
keys as (
    select
        statuses.day,
        statuses.user_id
    from genesys.agent_status_day_sums as statuses

    union all

    select
        handlings.day,
        handlings.user_id
    from genesys.agent_handling_day_sums as handlings
    where
        not exists (
            select from genesys.agent_status_day_sums as statuses
            where
                statuses.day = handlings.day
                and statuses.user_id = handlings.user_id
        )
),

summed as (
    select
        keys.day,
        keys.day::timestamp at time zone {{time_zone}} as interval_start,
        greatest((keys.day + 1)::timestamp at time zone {{time_zone}}, statuses.last_interval_end, handlings.last_interval_end) as interval_end,
        keys.user_id,
        coalesce(handlings.answered_count, 0) as answered_count,
        coalesce(handlings.abandoned_count, 0) as abandoned_count,
        coalesce(handlings.alert_count, 0) as alert_count,
        coalesce(handlings.not_responding_count, 0) as not_responding_count,
        coalesce(handlings.handled_count, 0) as handled_count,
        coalesce(handlings.transferred_count, 0) as transferred_count,
        coalesce(handlings.over_sla_count, 0) as over_sla_count,
        coalesce(handlings.outbound_count, 0) as outbound_count,
        coalesce(handlings.talk_count, 0) as talk_count,
        coalesce(handlings.hold_count, 0) as hold_count,
        coalesce(handlings.acw_count, 0) as acw_count,
        coalesce(handlings.handle_ms, 0) as handle_ms,
        coalesce(handlings.talk_ms, 0) as talk_ms,
        coalesce(handlings.hold_ms, 0) as hold_ms,
        coalesce(handlings.acw_ms, 0) as acw_ms,
        coalesce(handlings.answer_ms, 0) as answer_ms,
        coalesce(handlings.alert_ms, 0) as alert_ms,
        -- Where any status is known, the time in the others is 0; where none is, it is null.
        coalesce(statuses.on_queue_ms, statuses.presence_ms * 0) as on_queue_ms,
        coalesce(statuses.available_ms, statuses.presence_ms * 0) as available_ms,
        coalesce(statuses.busy_ms, statuses.presence_ms * 0) as busy_ms,
        coalesce(statuses.away_ms, statuses.presence_ms * 0) as away_ms,
        coalesce(statuses.break_ms, statuses.presence_ms * 0) as break_ms,
        coalesce(statuses.meal_ms, statuses.presence_ms * 0) as meal_ms,
        coalesce(statuses.meeting_ms, statuses.presence_ms * 0) as meeting_ms,
        coalesce(statuses.training_ms, statuses.presence_ms * 0) as training_ms,
        coalesce(statuses.inactive_ms, statuses.presence_ms * 0) as inactive_ms,
        coalesce(statuses.offline_ms, statuses.presence_ms * 0) as offline_ms,
        coalesce(statuses.logged_in_ms, statuses.presence_ms * 0) as logged_in_ms,
        coalesce(statuses.interacting_ms, statuses.routing_ms * 0) as interacting_ms,
        coalesce(statuses.communicating_ms, statuses.routing_ms * 0) as communicating_ms,
        coalesce(statuses.idle_ms, statuses.routing_ms * 0) as idle_ms,
        coalesce(statuses.not_responding_ms, statuses.routing_ms * 0) as not_responding_ms,
        coalesce(statuses.off_queue_ms, statuses.routing_ms * 0) as off_queue_ms
    from keys
    left join genesys.agent_status_day_sums as statuses
        on statuses.day = keys.day
        and statuses.user_id = keys.user_id
    left join genesys.agent_handling_day_sums as handlings
        on handlings.day = keys.day
        and handlings.user_id = keys.user_id
),

final as (
    select
        summed.day,
        summed.user_id,

        users.user_name,

        summed.answered_count,
        summed.abandoned_count,
        summed.alert_count,
        summed.not_responding_count,
        summed.handled_count,
        summed.transferred_count,
        summed.over_sla_count,
        summed.outbound_count,
        summed.talk_count,
        summed.hold_count,
        summed.acw_count,
        summed.handle_ms * 0.001 as handle_seconds,
        summed.talk_ms * 0.001 as talk_seconds,
        summed.hold_ms * 0.001 as hold_seconds,
        summed.acw_ms * 0.001 as acw_seconds,
        summed.answer_ms * 0.001 as answer_seconds,
        summed.alert_ms * 0.001 as alert_seconds,
        summed.on_queue_ms * 0.001 as on_queue_seconds,
        summed.available_ms * 0.001 as available_seconds,
        summed.busy_ms * 0.001 as busy_seconds,
        summed.away_ms * 0.001 as away_seconds,
        summed.break_ms * 0.001 as break_seconds,
        summed.meal_ms * 0.001 as meal_seconds,
        summed.meeting_ms * 0.001 as meeting_seconds,
        summed.training_ms * 0.001 as training_seconds,
        summed.inactive_ms * 0.001 as inactive_seconds,
        summed.offline_ms * 0.001 as offline_seconds,
        summed.logged_in_ms * 0.001 as logged_in_seconds,
        summed.interacting_ms * 0.001 as interacting_seconds,
        summed.communicating_ms * 0.001 as communicating_seconds,
        summed.idle_ms * 0.001 as idle_seconds,
        summed.not_responding_ms * 0.001 as not_responding_seconds,
        summed.off_queue_ms * 0.001 as off_queue_seconds,
        genesys.average_seconds(summed.handle_ms, summed.handled_count) as average_handle_seconds,
        genesys.average_seconds(summed.talk_ms, summed.talk_count) as average_talk_seconds,
        genesys.average_seconds(summed.hold_ms, summed.hold_count) as average_hold_seconds,
        genesys.average_seconds(summed.acw_ms, summed.acw_count) as average_acw_seconds,
        genesys.average_seconds(summed.answer_ms, summed.answered_count) as average_answer_seconds,
        round(summed.answered_count::numeric / nullif(summed.alert_count, 0), 6) as answer_rate,
        round(summed.abandoned_count::numeric / nullif(summed.alert_count, 0), 6) as abandon_rate,
        round(
            (summed.answered_count - summed.over_sla_count)::numeric
            / nullif(summed.answered_count, 0),
            6
        ) as service_level_rate,
        round(summed.transferred_count::numeric / nullif(summed.handled_count, 0), 6) as transfer_rate,
        round(
            summed.interacting_ms::numeric
            / nullif(summed.interacting_ms + summed.communicating_ms + summed.idle_ms, 0),
            6
        ) as occupancy_rate,

        coalesce(
            summed.interval_start <@ (
                select ranges.ranges
                from genesys.int_complete_ranges as ranges
                where ranges.fact = 'agents'
            ),
            false
        ) as is_complete,
        coalesce(
            tstzrange(summed.interval_start, summed.interval_end) <@ (
                select ranges.settled
                from genesys.int_pull_ranges as ranges
                where ranges.fact = 'agents'
            ),
            false
        ) as is_settled,
        coalesce(
            tstzrange(summed.interval_start, summed.interval_end) <@ (
                select ranges.final
                from genesys.int_pull_ranges as ranges
                where ranges.fact = 'agents'
            ),
            false
        ) as is_final
    from summed
    left join genesys.int_user_names as users
        on users.user_id = summed.user_id
        and users.from_at <= summed.interval_start
        and users.to_at > summed.interval_start
)

select * from final;

comment on view mart.rpt_agent_days is 'One row per local day × user: sums of the intervals that start in the day, rates as sum over sum. Source: conversation aggregates by user (genesys.agent_aggregates) and user aggregates (genesys.user_aggregates).';
comment on column mart.rpt_agent_days.day is 'Day in the reporting time zone; an interval belongs to the day in which it starts. Filters on it use an index.';
comment on column mart.rpt_agent_days.user_id is 'Agent. With day the key of this relation. See dim_users.';
comment on column mart.rpt_agent_days.user_name is 'Name of the user at the start of the day, or the earliest known. Source: history of the directory.';
comment on column mart.rpt_agent_days.answered_count is 'Answered by the agent; of several agents of one interaction only the first counts. Count of tAnswered.';
comment on column mart.rpt_agent_days.abandoned_count is 'Abandoned at the agent; Genesys files abandons under the queue, so this is mostly 0. Count of tAbandon.';
comment on column mart.rpt_agent_days.alert_count is 'Alerts to the agent, answered or not. Count of tAlert.';
comment on column mart.rpt_agent_days.not_responding_count is 'Alerts that the agent did not answer. Count of tNotResponding.';
comment on column mart.rpt_agent_days.handled_count is 'Handlings that were completed, after-call work included. Count of tHandle. A callback and the call that belongs to it count once each, under their media types: leave callback out where media are added up.';
comment on column mart.rpt_agent_days.transferred_count is 'Transfers by the agent, blind and consult. Count of nTransferred.';
comment on column mart.rpt_agent_days.over_sla_count is 'Answered by the agent after the service-level target. Count of nOverSla.';
comment on column mart.rpt_agent_days.outbound_count is 'Outbound handlings. Count of nOutbound.';
comment on column mart.rpt_agent_days.talk_count is 'Handlings with talk: the divisor of average_talk_seconds. Count of tTalkComplete.';
comment on column mart.rpt_agent_days.hold_count is 'Handlings with hold: the divisor of average_hold_seconds. Count of tHeldComplete.';
comment on column mart.rpt_agent_days.acw_count is 'Handlings with after-call work: the divisor of average_acw_seconds. Count of tAcw.';
comment on column mart.rpt_agent_days.handle_seconds is 'Handle time in seconds: talk, hold, after-call work, dialing and contacting. Sum of tHandle.';
comment on column mart.rpt_agent_days.talk_seconds is 'Talk time in seconds. Sum of tTalkComplete.';
comment on column mart.rpt_agent_days.hold_seconds is 'Hold time in seconds. Sum of tHeldComplete.';
comment on column mart.rpt_agent_days.acw_seconds is 'After-call work in seconds. Sum of tAcw.';
comment on column mart.rpt_agent_days.answer_seconds is 'Wait of the customers until the agent answered, in seconds. Sum of tAnswered.';
comment on column mart.rpt_agent_days.alert_seconds is 'Time of alerts in seconds. Sum of tAlert.';
comment on column mart.rpt_agent_days.on_queue_seconds is 'Time on queue in seconds: system presence ON_QUEUE, not the routing statuses, which can lag behind it; null where no status of the user is known. Sum of tSystemPresence with this qualifier.';
comment on column mart.rpt_agent_days.available_seconds is 'Time in system presence AVAILABLE in seconds; null where no status of the user is known. Sum of tSystemPresence with this qualifier.';
comment on column mart.rpt_agent_days.busy_seconds is 'Time in system presence BUSY in seconds; null where no status of the user is known. Sum of tSystemPresence with this qualifier.';
comment on column mart.rpt_agent_days.away_seconds is 'Time in system presence AWAY in seconds; null where no status of the user is known. Sum of tSystemPresence with this qualifier.';
comment on column mart.rpt_agent_days.break_seconds is 'Time in system presence BREAK in seconds; null where no status of the user is known. Sum of tSystemPresence with this qualifier.';
comment on column mart.rpt_agent_days.meal_seconds is 'Time in system presence MEAL in seconds; null where no status of the user is known. Sum of tSystemPresence with this qualifier.';
comment on column mart.rpt_agent_days.meeting_seconds is 'Time in system presence MEETING in seconds; null where no status of the user is known. Sum of tSystemPresence with this qualifier.';
comment on column mart.rpt_agent_days.training_seconds is 'Time in system presence TRAINING in seconds; null where no status of the user is known. Sum of tSystemPresence with this qualifier.';
comment on column mart.rpt_agent_days.inactive_seconds is 'Time in system presence IDLE in seconds, which an inactive client sets automatically; not to be confused with idle_seconds; null where no status of the user is known. Sum of tSystemPresence with this qualifier.';
comment on column mart.rpt_agent_days.offline_seconds is 'Time in system presence OFFLINE in seconds; null where no status of the user is known. Sum of tSystemPresence with this qualifier.';
comment on column mart.rpt_agent_days.logged_in_seconds is 'Time in any system presence but OFFLINE, in seconds; null where no status of the user is known. Sum of tSystemPresence.';
comment on column mart.rpt_agent_days.interacting_seconds is 'Time in routing status INTERACTING in seconds: occupied with ACD work; null where no status of the user is known. Sum of tAgentRoutingStatus with this qualifier.';
comment on column mart.rpt_agent_days.communicating_seconds is 'Time in routing status COMMUNICATING in seconds: on queue, in a conversation that is not ACD work; null where no status of the user is known. Sum of tAgentRoutingStatus with this qualifier.';
comment on column mart.rpt_agent_days.idle_seconds is 'Time in routing status IDLE in seconds: on queue and waiting for work; null where no status of the user is known. Sum of tAgentRoutingStatus with this qualifier.';
comment on column mart.rpt_agent_days.not_responding_seconds is 'Time in routing status NOT_RESPONDING in seconds: on queue, set aside after an alert that was not answered; null where no status of the user is known. Sum of tAgentRoutingStatus with this qualifier.';
comment on column mart.rpt_agent_days.off_queue_seconds is 'Time in routing status OFF_QUEUE in seconds; null where no status of the user is known. Sum of tAgentRoutingStatus with this qualifier.';
comment on column mart.rpt_agent_days.average_handle_seconds is 'handle_seconds / handled_count; null where nothing was handled.';
comment on column mart.rpt_agent_days.average_talk_seconds is 'talk_seconds / talk_count: only handlings with talk; null without.';
comment on column mart.rpt_agent_days.average_hold_seconds is 'hold_seconds / hold_count: only handlings with hold; null without.';
comment on column mart.rpt_agent_days.average_acw_seconds is 'acw_seconds / acw_count: only handlings with after-call work; null without.';
comment on column mart.rpt_agent_days.average_answer_seconds is 'Average speed of answer: answer_seconds / answered_count; null where nothing was answered. Over all media types, although an e-mail waits hours and a call seconds: rpt_agent_queue_days has each.';
comment on column mart.rpt_agent_days.answer_rate is 'answered_count / alert_count. Null where the agent was not alerted.';
comment on column mart.rpt_agent_days.abandon_rate is 'abandoned_count / alert_count; mostly 0, because Genesys files abandons under the queue. Null where the agent was not alerted.';
comment on column mart.rpt_agent_days.service_level_rate is '(answered_count - over_sla_count) / answered_count: of what the agent answered, the fraction within the queue''s target. Genesys has no service level of its own for agents. Null where nothing was answered.';
comment on column mart.rpt_agent_days.transfer_rate is 'transferred_count / handled_count; above 1 where one handling was transferred more than once. Null where nothing was handled.';
comment on column mart.rpt_agent_days.occupancy_rate is 'Occupancy: interacting_seconds / (interacting_seconds + communicating_seconds + idle_seconds), of routing status. Null where the agent was in none of them.';
comment on column mart.rpt_agent_days.is_complete is 'True where everything of the day has been pulled at least once. Source: the ledger of slices.';
comment on column mart.rpt_agent_days.is_settled is 'True where the agent and the user aggregates were pulled three days after the day or later: Genesys has reprocessed it by then, and figures hardly change any more. Source: the ledger of slices.';
comment on column mart.rpt_agent_days.is_final is 'True where no further pull of the agent and of the user aggregates is pending for any part of the day. Source: the ledger of slices.';
