-- One row per interval × user: handlings and time in each status, queues and media types summed.
create view mart.fct_agent_intervals as
with
summed as (
    select
        metrics.interval_start,
        max(metrics.interval_end) as interval_end,
        metrics.user_id,
        coalesce(sum(metrics.answered_count), 0)::bigint as answered_count,
        coalesce(sum(metrics.abandoned_count), 0)::bigint as abandoned_count,
        coalesce(sum(metrics.alert_count), 0)::bigint as alert_count,
        coalesce(sum(metrics.not_responding_count), 0)::bigint as not_responding_count,
        coalesce(sum(metrics.handled_count), 0)::bigint as handled_count,
        coalesce(sum(metrics.transferred_count), 0)::bigint as transferred_count,
        coalesce(sum(metrics.over_sla_count), 0)::bigint as over_sla_count,
        coalesce(sum(metrics.outbound_count), 0)::bigint as outbound_count,
        coalesce(sum(metrics.talk_count), 0)::bigint as talk_count,
        coalesce(sum(metrics.hold_count), 0)::bigint as hold_count,
        coalesce(sum(metrics.acw_count), 0)::bigint as acw_count,
        coalesce(sum(metrics.handle_ms), 0) * 0.001 as handle_seconds,
        coalesce(sum(metrics.talk_ms), 0) * 0.001 as talk_seconds,
        coalesce(sum(metrics.hold_ms), 0) * 0.001 as hold_seconds,
        coalesce(sum(metrics.acw_ms), 0) * 0.001 as acw_seconds,
        coalesce(sum(metrics.answer_ms), 0) * 0.001 as answer_seconds,
        coalesce(sum(metrics.alert_ms), 0) * 0.001 as alert_seconds,
        -- Where any status is known, the time in the others is 0; where none is, it is null.
        coalesce(sum(metrics.on_queue_ms), sum(metrics.presence_ms) * 0) * 0.001 as on_queue_seconds,
        coalesce(sum(metrics.available_ms), sum(metrics.presence_ms) * 0) * 0.001 as available_seconds,
        coalesce(sum(metrics.busy_ms), sum(metrics.presence_ms) * 0) * 0.001 as busy_seconds,
        coalesce(sum(metrics.away_ms), sum(metrics.presence_ms) * 0) * 0.001 as away_seconds,
        coalesce(sum(metrics.break_ms), sum(metrics.presence_ms) * 0) * 0.001 as break_seconds,
        coalesce(sum(metrics.meal_ms), sum(metrics.presence_ms) * 0) * 0.001 as meal_seconds,
        coalesce(sum(metrics.meeting_ms), sum(metrics.presence_ms) * 0) * 0.001 as meeting_seconds,
        coalesce(sum(metrics.training_ms), sum(metrics.presence_ms) * 0) * 0.001 as training_seconds,
        coalesce(sum(metrics.inactive_ms), sum(metrics.presence_ms) * 0) * 0.001 as inactive_seconds,
        coalesce(sum(metrics.offline_ms), sum(metrics.presence_ms) * 0) * 0.001 as offline_seconds,
        coalesce(sum(metrics.logged_in_ms), sum(metrics.presence_ms) * 0) * 0.001 as logged_in_seconds,
        coalesce(sum(metrics.interacting_ms), sum(metrics.routing_ms) * 0) * 0.001 as interacting_seconds,
        coalesce(sum(metrics.communicating_ms), sum(metrics.routing_ms) * 0) * 0.001 as communicating_seconds,
        coalesce(sum(metrics.idle_ms), sum(metrics.routing_ms) * 0) * 0.001 as idle_seconds,
        coalesce(sum(metrics.not_responding_ms), sum(metrics.routing_ms) * 0) * 0.001 as not_responding_seconds,
        coalesce(sum(metrics.off_queue_ms), sum(metrics.routing_ms) * 0) * 0.001 as off_queue_seconds
    from genesys.int_agent_metrics as metrics
    group by
        metrics.interval_start,
        metrics.user_id
),

final as (
    select
        summed.user_id,

        users.user_name,

        (
            extract(hour from summed.interval_start at time zone {{time_zone}}) * 60
            + extract(minute from summed.interval_start at time zone {{time_zone}})
        )::integer as minute_of_day,
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
        summed.handle_seconds,
        summed.talk_seconds,
        summed.hold_seconds,
        summed.acw_seconds,
        summed.answer_seconds,
        summed.alert_seconds,
        summed.on_queue_seconds,
        summed.available_seconds,
        summed.busy_seconds,
        summed.away_seconds,
        summed.break_seconds,
        summed.meal_seconds,
        summed.meeting_seconds,
        summed.training_seconds,
        summed.inactive_seconds,
        summed.offline_seconds,
        summed.logged_in_seconds,
        summed.interacting_seconds,
        summed.communicating_seconds,
        summed.idle_seconds,
        summed.not_responding_seconds,
        summed.off_queue_seconds,
        round(summed.handle_seconds / nullif(summed.handled_count, 0), 3) as average_handle_seconds,
        round(summed.talk_seconds / nullif(summed.talk_count, 0), 3) as average_talk_seconds,
        round(summed.hold_seconds / nullif(summed.hold_count, 0), 3) as average_hold_seconds,
        round(summed.acw_seconds / nullif(summed.acw_count, 0), 3) as average_acw_seconds,
        round(summed.answer_seconds / nullif(summed.answered_count, 0), 3) as average_answer_seconds,
        round(summed.answered_count::numeric / nullif(summed.alert_count, 0), 6) as answer_rate,
        round(summed.abandoned_count::numeric / nullif(summed.alert_count, 0), 6) as abandon_rate,
        round(
            (summed.answered_count - summed.over_sla_count)::numeric
            / nullif(summed.answered_count, 0),
            6
        ) as service_level_rate,
        round(summed.transferred_count::numeric / nullif(summed.handled_count, 0), 6) as transfer_rate,
        round(
            summed.interacting_seconds
            / nullif(summed.interacting_seconds + summed.communicating_seconds + summed.idle_seconds, 0),
            6
        ) as occupancy_rate,

        handling_finals.from_at is not null and status_finals.from_at is not null as is_final,

        (summed.interval_start at time zone {{time_zone}})::date as day,
        summed.interval_start as interval_start_at,
        summed.interval_start at time zone {{time_zone}} as interval_start_local,
        summed.interval_end as interval_end_at,
        summed.interval_end at time zone {{time_zone}} as interval_end_local
    from summed
    left join genesys.int_user_names as users
        on users.user_id = summed.user_id
        and users.from_at <= summed.interval_start
        and users.to_at > summed.interval_start
    left join genesys.int_final_ranges as handling_finals
        on handling_finals.stream = 'agent_aggregates'
        and handling_finals.from_at <= summed.interval_start
        and handling_finals.to_at >= summed.interval_end
    left join genesys.int_final_ranges as status_finals
        on status_finals.stream = 'user_aggregates'
        and status_finals.from_at <= summed.interval_start
        and status_finals.to_at >= summed.interval_end
)

select * from final;

comment on view mart.fct_agent_intervals is 'One row per interval × user, queues and media types summed: handlings count in the interval in which they are complete, statuses for the time they lasted in it. Source: conversation aggregates by user (genesys.agent_aggregates) and user aggregates (genesys.user_aggregates).';
comment on column mart.fct_agent_intervals.user_id is 'Agent. With interval_start_at the key of this relation. See dim_users.';
comment on column mart.fct_agent_intervals.user_name is 'Name of the user at the start of the interval, or the earliest known. Source: history of the directory.';
comment on column mart.fct_agent_intervals.minute_of_day is 'Minutes from midnight to interval_start_local on the clock, 0 to 1439. See dim_intervals.';
comment on column mart.fct_agent_intervals.answered_count is 'Answered by the agent; of several agents of one interaction only the first counts. Count of tAnswered.';
comment on column mart.fct_agent_intervals.abandoned_count is 'Abandoned at the agent; Genesys files abandons under the queue, so this is mostly 0. Count of tAbandon.';
comment on column mart.fct_agent_intervals.alert_count is 'Alerts to the agent, answered or not. Count of tAlert.';
comment on column mart.fct_agent_intervals.not_responding_count is 'Alerts that the agent did not answer. Count of tNotResponding.';
comment on column mart.fct_agent_intervals.handled_count is 'Handlings that were completed, after-call work included. Count of tHandle.';
comment on column mart.fct_agent_intervals.transferred_count is 'Transfers by the agent, blind and consult. Count of nTransferred.';
comment on column mart.fct_agent_intervals.over_sla_count is 'Answered by the agent after the service-level target. Count of nOverSla.';
comment on column mart.fct_agent_intervals.outbound_count is 'Outbound handlings. Count of nOutbound.';
comment on column mart.fct_agent_intervals.talk_count is 'Handlings with talk: the divisor of average_talk_seconds. Count of tTalkComplete.';
comment on column mart.fct_agent_intervals.hold_count is 'Handlings with hold: the divisor of average_hold_seconds. Count of tHeldComplete.';
comment on column mart.fct_agent_intervals.acw_count is 'Handlings with after-call work: the divisor of average_acw_seconds. Count of tAcw.';
comment on column mart.fct_agent_intervals.handle_seconds is 'Handle time in seconds: talk, hold, after-call work, dialing and contacting. Sum of tHandle.';
comment on column mart.fct_agent_intervals.talk_seconds is 'Talk time in seconds. Sum of tTalkComplete.';
comment on column mart.fct_agent_intervals.hold_seconds is 'Hold time in seconds. Sum of tHeldComplete.';
comment on column mart.fct_agent_intervals.acw_seconds is 'After-call work in seconds. Sum of tAcw.';
comment on column mart.fct_agent_intervals.answer_seconds is 'Wait of the customers until the agent answered, in seconds. Sum of tAnswered.';
comment on column mart.fct_agent_intervals.alert_seconds is 'Time of alerts in seconds. Sum of tAlert.';
comment on column mart.fct_agent_intervals.on_queue_seconds is 'Time on queue in seconds: system presence ON_QUEUE, not the routing statuses, which can lag behind it; null where no status of the user is known. Sum of tSystemPresence with this qualifier.';
comment on column mart.fct_agent_intervals.available_seconds is 'Time in system presence AVAILABLE in seconds; null where no status of the user is known. Sum of tSystemPresence with this qualifier.';
comment on column mart.fct_agent_intervals.busy_seconds is 'Time in system presence BUSY in seconds; null where no status of the user is known. Sum of tSystemPresence with this qualifier.';
comment on column mart.fct_agent_intervals.away_seconds is 'Time in system presence AWAY in seconds; null where no status of the user is known. Sum of tSystemPresence with this qualifier.';
comment on column mart.fct_agent_intervals.break_seconds is 'Time in system presence BREAK in seconds; null where no status of the user is known. Sum of tSystemPresence with this qualifier.';
comment on column mart.fct_agent_intervals.meal_seconds is 'Time in system presence MEAL in seconds; null where no status of the user is known. Sum of tSystemPresence with this qualifier.';
comment on column mart.fct_agent_intervals.meeting_seconds is 'Time in system presence MEETING in seconds; null where no status of the user is known. Sum of tSystemPresence with this qualifier.';
comment on column mart.fct_agent_intervals.training_seconds is 'Time in system presence TRAINING in seconds; null where no status of the user is known. Sum of tSystemPresence with this qualifier.';
comment on column mart.fct_agent_intervals.inactive_seconds is 'Time in system presence IDLE in seconds, which an inactive client sets by itself; not to be confused with idle_seconds; null where no status of the user is known. Sum of tSystemPresence with this qualifier.';
comment on column mart.fct_agent_intervals.offline_seconds is 'Time in system presence OFFLINE in seconds; null where no status of the user is known. Sum of tSystemPresence with this qualifier.';
comment on column mart.fct_agent_intervals.logged_in_seconds is 'Time in any system presence but OFFLINE, in seconds; null where no status of the user is known. Sum of tSystemPresence.';
comment on column mart.fct_agent_intervals.interacting_seconds is 'Time in routing status INTERACTING in seconds: occupied with ACD work; null where no status of the user is known. Sum of tAgentRoutingStatus with this qualifier.';
comment on column mart.fct_agent_intervals.communicating_seconds is 'Time in routing status COMMUNICATING in seconds: on queue, in a conversation that is not ACD work; null where no status of the user is known. Sum of tAgentRoutingStatus with this qualifier.';
comment on column mart.fct_agent_intervals.idle_seconds is 'Time in routing status IDLE in seconds: on queue and waiting for work; null where no status of the user is known. Sum of tAgentRoutingStatus with this qualifier.';
comment on column mart.fct_agent_intervals.not_responding_seconds is 'Time in routing status NOT_RESPONDING in seconds: on queue, set aside after an alert that was not answered; null where no status of the user is known. Sum of tAgentRoutingStatus with this qualifier.';
comment on column mart.fct_agent_intervals.off_queue_seconds is 'Time in routing status OFF_QUEUE in seconds; null where no status of the user is known. Sum of tAgentRoutingStatus with this qualifier.';
comment on column mart.fct_agent_intervals.average_handle_seconds is 'handle_seconds / handled_count; null where nothing was handled.';
comment on column mart.fct_agent_intervals.average_talk_seconds is 'talk_seconds / talk_count: only handlings with talk; null without.';
comment on column mart.fct_agent_intervals.average_hold_seconds is 'hold_seconds / hold_count: only handlings with hold; null without.';
comment on column mart.fct_agent_intervals.average_acw_seconds is 'acw_seconds / acw_count: only handlings with after-call work; null without.';
comment on column mart.fct_agent_intervals.average_answer_seconds is 'Average speed of answer: answer_seconds / answered_count; null where nothing was answered.';
comment on column mart.fct_agent_intervals.answer_rate is 'answered_count / alert_count. Null where the agent was not alerted.';
comment on column mart.fct_agent_intervals.abandon_rate is 'abandoned_count / alert_count; mostly 0, because Genesys files abandons under the queue. Null where the agent was not alerted.';
comment on column mart.fct_agent_intervals.service_level_rate is '(answered_count - over_sla_count) / answered_count: of what the agent answered, the fraction within the queue''s target. Genesys has no service level of its own for agents. Null where nothing was answered.';
comment on column mart.fct_agent_intervals.transfer_rate is 'transferred_count / handled_count; above 1 where one handling was transferred more than once. Null where nothing was handled.';
comment on column mart.fct_agent_intervals.occupancy_rate is 'Occupancy: interacting_seconds / (interacting_seconds + communicating_seconds + idle_seconds), of routing status. Null where the agent was in none of them.';
comment on column mart.fct_agent_intervals.is_final is 'True where no further pull of the agent and of the user aggregates is owed for the interval. Source: the ledger of slices.';
comment on column mart.fct_agent_intervals.day is 'Day in the reporting time zone in which the interval starts. A filter on it reads everything: filter large ranges on interval_start_at.';
comment on column mart.fct_agent_intervals.interval_start_at is 'Start of the interval, UTC instant. Filters on it reach an index.';
comment on column mart.fct_agent_intervals.interval_start_local is 'interval_start_at in the reporting time zone. When clocks go back, two intervals have the same.';
comment on column mart.fct_agent_intervals.interval_end_at is 'End of the interval, exclusive, UTC instant.';
comment on column mart.fct_agent_intervals.interval_end_local is 'interval_end_at in the reporting time zone.';
