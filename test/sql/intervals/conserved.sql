-- Sums that differ between what is stored, the facts by interval and the reports by day.
with
stored as (
    select
        'queues' as relation,
        coalesce(sum(metrics.sum) filter (where metrics.metric = 'tHandle'), 0) * 0.001 as seconds,
        coalesce(sum(metrics.count) filter (where metrics.metric in ('nOffered', 'tAnswered', 'tAbandon')), 0) as counted
    from genesys.queue_aggregates as metrics

    union all

    select
        'agents',
        coalesce(sum(metrics.sum) filter (where metrics.metric = 'tHandle'), 0) * 0.001,
        coalesce(sum(metrics.count) filter (where metrics.metric in ('tHandle', 'tAnswered', 'tAlert')), 0)
    from genesys.agent_aggregates as metrics
    where metrics.user_id is not null

    union all

    select
        'statuses',
        coalesce(sum(metrics.sum) filter (where metrics.metric in ('tSystemPresence', 'tAgentRoutingStatus')), 0) * 0.001,
        0
    from genesys.user_aggregates as metrics

    union all

    select
        'presences',
        coalesce(sum(metrics.sum), 0) * 0.001,
        0
    from genesys.user_aggregates as metrics
    where metrics.metric = 'tOrganizationPresence'

    union all

    select
        'wrap-up codes',
        coalesce(sum(metrics.sum) filter (where metrics.metric = 'tHandle'), 0) * 0.001,
        coalesce(sum(metrics.count) filter (where metrics.metric in ('tHandle', 'tAcw')), 0)
    from genesys.wrapup_aggregates as metrics

    union all

    select
        'flow outcomes',
        coalesce(sum(metrics.sum) filter (where metrics.metric = 'tFlowOutcome'), 0) * 0.001,
        coalesce(sum(metrics.count) filter (where metrics.metric = 'nFlowOutcome'), 0)
    from genesys.flow_outcome_aggregates as metrics
    where metrics.flow_outcome_id is not null
),

shown as (
    select
        'queues' as relation,
        sum(facts.handle_seconds) as seconds,
        sum(facts.offered_count + facts.answered_count + facts.abandoned_count) as counted
    from mart.fct_queue_intervals as facts

    union all

    select
        'queues',
        sum(reports.handle_seconds),
        sum(reports.offered_count + reports.answered_count + reports.abandoned_count)
    from mart.rpt_queue_days as reports

    union all

    select
        'agents',
        sum(facts.handle_seconds),
        sum(facts.handled_count + facts.answered_count + facts.alert_count)
    from mart.fct_agent_intervals as facts

    union all

    select
        'agents',
        sum(reports.handle_seconds),
        sum(reports.handled_count + reports.answered_count + reports.alert_count)
    from mart.rpt_agent_days as reports

    union all

    select
        'queues',
        sum(facts.handle_seconds),
        sum(facts.offered_count + facts.answered_count + facts.abandoned_count)
    from mart.fct_queue_direction_intervals as facts

    union all

    select
        'agents',
        sum(facts.handle_seconds),
        sum(facts.handled_count + facts.answered_count + facts.alert_count)
    from mart.fct_agent_queue_intervals as facts

    union all

    select
        'agents',
        sum(reports.handle_seconds),
        sum(reports.handled_count + reports.answered_count + reports.alert_count)
    from mart.rpt_agent_queue_days as reports

    union all

    select
        'presences',
        sum(facts.presence_seconds),
        0
    from mart.fct_presence_intervals as facts

    union all

    select
        'presences',
        sum(reports.presence_seconds),
        0
    from mart.rpt_presence_days as reports

    union all

    select
        'statuses',
        sum(
            facts.logged_in_seconds + facts.offline_seconds + facts.interacting_seconds + facts.communicating_seconds
            + facts.idle_seconds + facts.not_responding_seconds + facts.off_queue_seconds
        ),
        0
    from mart.fct_agent_intervals as facts

    union all

    select
        'statuses',
        sum(
            reports.logged_in_seconds + reports.offline_seconds + reports.interacting_seconds + reports.communicating_seconds
            + reports.idle_seconds + reports.not_responding_seconds + reports.off_queue_seconds
        ),
        0
    from mart.rpt_agent_days as reports

    union all

    select
        'wrap-up codes',
        sum(facts.handle_seconds),
        sum(facts.handled_count + facts.acw_count)
    from mart.fct_wrapup_intervals as facts

    union all

    select
        'flow outcomes',
        sum(facts.outcome_seconds),
        sum(facts.outcome_count)
    from mart.fct_flow_outcomes as facts
)

select
    stored.relation,
    stored.seconds as stored_seconds,
    shown.seconds as shown_seconds,
    stored.counted as stored_count,
    shown.counted as shown_count
from stored
inner join shown on shown.relation = stored.relation
where
    stored.seconds is distinct from coalesce(shown.seconds, 0)
    or stored.counted is distinct from coalesce(shown.counted, 0)
