-- One row per stored metric of the agent aggregates, its figures in the columns of their meaning.
create view genesys.int_agent_handling_metrics as
with
-- The user is written as the unique index has it, so that a filter on users need not read what is not theirs.
handlings as (
    select
        metrics.interval_start,
        metrics.interval_end,
        coalesce(metrics.user_id, '00000000-0000-0000-0000-000000000000'::uuid) as user_id,
        metrics.metric,
        metrics.count,
        metrics.sum
    from genesys.agent_aggregates as metrics
    where
        metrics.user_id is not null
        and metrics.metric in (
            'tAnswered', 'tAbandon', 'tAlert', 'tNotResponding', 'tHandle', 'tTalkComplete', 'tHeldComplete', 'tAcw',
            'nOverSla', 'nTransferred', 'nOutbound'
        )
),

-- `count` is how often, `sum` milliseconds.
final as (
    select
        handlings.interval_start,
        handlings.interval_end,
        handlings.user_id,
        case when handlings.metric = 'tAnswered' then handlings.count end as answered_count,
        case when handlings.metric = 'tAnswered' then handlings.sum end as answer_ms,
        case when handlings.metric = 'tAbandon' then handlings.count end as abandoned_count,
        case when handlings.metric = 'tAlert' then handlings.count end as alert_count,
        case when handlings.metric = 'tAlert' then handlings.sum end as alert_ms,
        case when handlings.metric = 'tNotResponding' then handlings.count end as not_responding_count,
        case when handlings.metric = 'tHandle' then handlings.count end as handled_count,
        case when handlings.metric = 'tHandle' then handlings.sum end as handle_ms,
        case when handlings.metric = 'tTalkComplete' then handlings.count end as talk_count,
        case when handlings.metric = 'tTalkComplete' then handlings.sum end as talk_ms,
        case when handlings.metric = 'tHeldComplete' then handlings.count end as hold_count,
        case when handlings.metric = 'tHeldComplete' then handlings.sum end as hold_ms,
        case when handlings.metric = 'tAcw' then handlings.count end as acw_count,
        case when handlings.metric = 'tAcw' then handlings.sum end as acw_ms,
        case when handlings.metric = 'nOverSla' then handlings.count end as over_sla_count,
        case when handlings.metric = 'nTransferred' then handlings.count end as transferred_count,
        case when handlings.metric = 'nOutbound' then handlings.count end as outbound_count
    from handlings
)

select * from final;

comment on view genesys.int_agent_handling_metrics is 'One row per stored metric of the agent aggregates that the marts show, its figures in the columns of their meaning. Shared by fct_agent_intervals and the sums by day.';
