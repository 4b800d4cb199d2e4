-- One row per stored metric of the agent and user aggregates, its figures in the columns of their meaning.
create view genesys.int_agent_metrics as
with
-- Two sources one below the other, not joined: so a filter on time or user reaches both.
final as (
    select
        handlings.interval_start,
        handlings.interval_end,
        handlings.user_id,
        handlings.answered_count,
        handlings.answer_ms,
        handlings.abandoned_count,
        handlings.alert_count,
        handlings.alert_ms,
        handlings.not_responding_count,
        handlings.handled_count,
        handlings.handle_ms,
        handlings.talk_count,
        handlings.talk_ms,
        handlings.hold_count,
        handlings.hold_ms,
        handlings.acw_count,
        handlings.acw_ms,
        handlings.over_sla_count,
        handlings.transferred_count,
        handlings.outbound_count,
        null::bigint as presence_ms,
        null::bigint as routing_ms,
        null::bigint as logged_in_ms,
        null::bigint as on_queue_ms,
        null::bigint as available_ms,
        null::bigint as busy_ms,
        null::bigint as away_ms,
        null::bigint as break_ms,
        null::bigint as meal_ms,
        null::bigint as meeting_ms,
        null::bigint as training_ms,
        null::bigint as inactive_ms,
        null::bigint as offline_ms,
        null::bigint as interacting_ms,
        null::bigint as communicating_ms,
        null::bigint as idle_ms,
        null::bigint as not_responding_ms,
        null::bigint as off_queue_ms
    from genesys.int_agent_handling_metrics as handlings

    union all

    select
        statuses.interval_start,
        statuses.interval_end,
        statuses.user_id,
        null::bigint as answered_count,
        null::bigint as answer_ms,
        null::bigint as abandoned_count,
        null::bigint as alert_count,
        null::bigint as alert_ms,
        null::bigint as not_responding_count,
        null::bigint as handled_count,
        null::bigint as handle_ms,
        null::bigint as talk_count,
        null::bigint as talk_ms,
        null::bigint as hold_count,
        null::bigint as hold_ms,
        null::bigint as acw_count,
        null::bigint as acw_ms,
        null::bigint as over_sla_count,
        null::bigint as transferred_count,
        null::bigint as outbound_count,
        statuses.presence_ms,
        statuses.routing_ms,
        statuses.logged_in_ms,
        statuses.on_queue_ms,
        statuses.available_ms,
        statuses.busy_ms,
        statuses.away_ms,
        statuses.break_ms,
        statuses.meal_ms,
        statuses.meeting_ms,
        statuses.training_ms,
        statuses.inactive_ms,
        statuses.offline_ms,
        statuses.interacting_ms,
        statuses.communicating_ms,
        statuses.idle_ms,
        statuses.not_responding_ms,
        statuses.off_queue_ms
    from genesys.int_agent_status_metrics as statuses
)

select * from final;

comment on view genesys.int_agent_metrics is 'One row per stored metric of the agent and user aggregates that the marts show, its figures in the columns of their meaning. Used by fct_agent_intervals.';
