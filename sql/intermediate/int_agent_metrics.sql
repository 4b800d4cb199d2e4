-- One row per stored metric of the agent and user aggregates, its figures in the columns of their meaning.
create view genesys.int_agent_metrics as
with
-- Two sources one below the other, not joined: so a filter on time or user reaches both. The user of a handling is written as the
-- unique index has it, so that a filter on users need not read what is not theirs.
sources as (
    select
        handlings.interval_start,
        handlings.interval_end,
        coalesce(handlings.user_id, '00000000-0000-0000-0000-000000000000'::uuid) as user_id,
        handlings.metric,
        null::text as status,
        handlings.count,
        handlings.sum
    from genesys.agent_aggregates as handlings
    where
        handlings.user_id is not null
        and handlings.metric in (
            'tAnswered', 'tAbandon', 'tAlert', 'tNotResponding', 'tHandle', 'tTalkComplete', 'tHeldComplete', 'tAcw',
            'nOverSla', 'nTransferred', 'nOutbound'
        )

    union all

    select
        statuses.interval_start,
        statuses.interval_end,
        statuses.user_id,
        statuses.metric,
        statuses.qualifier as status,
        null::bigint as count,
        statuses.sum
    from genesys.user_aggregates as statuses
    where statuses.metric in ('tAgentRoutingStatus', 'tSystemPresence')
),

-- IDLE is a presence as well as a routing status, so the metric tells as much as the status.
final as (
    select
        sources.interval_start,
        sources.interval_end,
        sources.user_id,
        case when sources.metric = 'tAnswered' then sources.count end as answered_count,
        case when sources.metric = 'tAnswered' then sources.sum end as answer_ms,
        case when sources.metric = 'tAbandon' then sources.count end as abandoned_count,
        case when sources.metric = 'tAlert' then sources.count end as alert_count,
        case when sources.metric = 'tAlert' then sources.sum end as alert_ms,
        case when sources.metric = 'tNotResponding' then sources.count end as not_responding_count,
        case when sources.metric = 'tHandle' then sources.count end as handled_count,
        case when sources.metric = 'tHandle' then sources.sum end as handle_ms,
        case when sources.metric = 'tTalkComplete' then sources.count end as talk_count,
        case when sources.metric = 'tTalkComplete' then sources.sum end as talk_ms,
        case when sources.metric = 'tHeldComplete' then sources.count end as hold_count,
        case when sources.metric = 'tHeldComplete' then sources.sum end as hold_ms,
        case when sources.metric = 'tAcw' then sources.count end as acw_count,
        case when sources.metric = 'tAcw' then sources.sum end as acw_ms,
        case when sources.metric = 'nOverSla' then sources.count end as over_sla_count,
        case when sources.metric = 'nTransferred' then sources.count end as transferred_count,
        case when sources.metric = 'nOutbound' then sources.count end as outbound_count,
        case when sources.metric = 'tSystemPresence' then sources.sum end as presence_ms,
        case when sources.metric = 'tAgentRoutingStatus' then sources.sum end as routing_ms,
        case when sources.metric = 'tSystemPresence' and sources.status <> 'OFFLINE' then sources.sum end as logged_in_ms,
        case when sources.metric = 'tSystemPresence' and sources.status = 'ON_QUEUE' then sources.sum end as on_queue_ms,
        case when sources.metric = 'tSystemPresence' and sources.status = 'AVAILABLE' then sources.sum end as available_ms,
        case when sources.metric = 'tSystemPresence' and sources.status = 'BUSY' then sources.sum end as busy_ms,
        case when sources.metric = 'tSystemPresence' and sources.status = 'AWAY' then sources.sum end as away_ms,
        case when sources.metric = 'tSystemPresence' and sources.status = 'BREAK' then sources.sum end as break_ms,
        case when sources.metric = 'tSystemPresence' and sources.status = 'MEAL' then sources.sum end as meal_ms,
        case when sources.metric = 'tSystemPresence' and sources.status = 'MEETING' then sources.sum end as meeting_ms,
        case when sources.metric = 'tSystemPresence' and sources.status = 'TRAINING' then sources.sum end as training_ms,
        case when sources.metric = 'tSystemPresence' and sources.status = 'IDLE' then sources.sum end as inactive_ms,
        case when sources.metric = 'tSystemPresence' and sources.status = 'OFFLINE' then sources.sum end as offline_ms,
        case when sources.metric = 'tAgentRoutingStatus' and sources.status = 'INTERACTING' then sources.sum end as interacting_ms,
        case when sources.metric = 'tAgentRoutingStatus' and sources.status = 'COMMUNICATING' then sources.sum end as communicating_ms,
        case when sources.metric = 'tAgentRoutingStatus' and sources.status = 'IDLE' then sources.sum end as idle_ms,
        case when sources.metric = 'tAgentRoutingStatus' and sources.status = 'NOT_RESPONDING' then sources.sum end as not_responding_ms,
        case when sources.metric = 'tAgentRoutingStatus' and sources.status = 'OFF_QUEUE' then sources.sum end as off_queue_ms
    from sources
)

select * from final;

comment on view genesys.int_agent_metrics is 'One row per stored metric of the agent and user aggregates that the marts show, its figures in the columns of their meaning. Shared by fct_agent_intervals and rpt_agent_days.';
