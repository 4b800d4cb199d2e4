-- One row per stored metric of the agent aggregates, with its figures in columns by their meaning.
create view genesys.int_agent_handling_metrics as
with
-- `count` is how often, `sum` milliseconds.
final as (
    select
        metrics.interval_start,
        metrics.interval_end,
        metrics.user_id,
        metrics.queue_id,
        coalesce(metrics.media_type, 'unknown') as media_type,
        case when metrics.metric = 'tAnswered' then metrics.count end as answered_count,
        case when metrics.metric = 'tAnswered' then metrics.sum end as answer_ms,
        case when metrics.metric = 'tAbandon' then metrics.count end as abandoned_count,
        case when metrics.metric = 'tAlert' then metrics.count end as alert_count,
        case when metrics.metric = 'tAlert' then metrics.sum end as alert_ms,
        case when metrics.metric = 'tNotResponding' then metrics.count end as not_responding_count,
        case when metrics.metric = 'tNotResponding' then metrics.sum end as not_responding_ms,
        case when metrics.metric = 'tHandle' then metrics.count end as handled_count,
        case when metrics.metric = 'tHandle' then metrics.sum end as handle_ms,
        case when metrics.metric = 'tTalkComplete' then metrics.count end as talk_count,
        case when metrics.metric = 'tTalkComplete' then metrics.sum end as talk_ms,
        case when metrics.metric = 'tHeldComplete' then metrics.count end as hold_count,
        case when metrics.metric = 'tHeldComplete' then metrics.sum end as hold_ms,
        case when metrics.metric = 'tAcw' then metrics.count end as acw_count,
        case when metrics.metric = 'tAcw' then metrics.sum end as acw_ms,
        case when metrics.metric = 'tDialing' then metrics.count end as dialing_count,
        case when metrics.metric = 'tDialing' then metrics.sum end as dialing_ms,
        case when metrics.metric = 'tContacting' then metrics.count end as contacting_count,
        case when metrics.metric = 'tContacting' then metrics.sum end as contacting_ms,
        case when metrics.metric = 'tAgentResponseTime' then metrics.count end as agent_response_count,
        case when metrics.metric = 'tAgentResponseTime' then metrics.sum end as agent_response_ms,
        case when metrics.metric = 'nConnected' then metrics.count end as connected_count,
        case when metrics.metric = 'nOutbound' then metrics.count end as outbound_count,
        case when metrics.metric = 'nTransferred' then metrics.count end as transferred_count,
        case when metrics.metric = 'nBlindTransferred' then metrics.count end as blind_transferred_count,
        case when metrics.metric = 'nConsultTransferred' then metrics.count end as consult_transferred_count,
        case when metrics.metric = 'nConsult' then metrics.count end as consult_count,
        case when metrics.metric = 'nOverSla' then metrics.count end as over_sla_count,
        case when metrics.metric = 'nError' then metrics.count end as error_count
    from genesys.agent_aggregates as metrics
    where
        metrics.user_id is not null
        and metrics.metric in (
            'tAnswered', 'tAbandon', 'tAlert', 'tNotResponding', 'tHandle', 'tTalkComplete', 'tHeldComplete',
            'tAcw', 'tDialing', 'tContacting', 'tAgentResponseTime', 'nConnected', 'nOutbound', 'nTransferred',
            'nBlindTransferred', 'nConsultTransferred', 'nConsult', 'nOverSla', 'nError'
        )
)

select * from final;

comment on view genesys.int_agent_handling_metrics is 'One row per stored metric of the agent aggregates that the marts show, with its figures in columns by their meaning. The definition of genesys.agent_queue_interval_sums.';
