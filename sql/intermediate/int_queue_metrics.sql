-- One row per stored metric of the queue aggregates, its figures in the columns of their meaning.
create view genesys.int_queue_metrics as
with
-- What has a queue and what has none are read apart, because a filter on the queue reaches the unique index only where the queue is
-- written as the index has it; without that, a day of one queue would read the day of all queues.
sources as (
    select
        metrics.interval_start,
        metrics.interval_end,
        coalesce(metrics.queue_id, '00000000-0000-0000-0000-000000000000'::uuid) as queue_id,
        metrics.media_type,
        metrics.metric,
        metrics.count,
        metrics.sum,
        metrics.numerator,
        metrics.denominator
    from genesys.queue_aggregates as metrics
    where metrics.queue_id is not null

    union all

    select
        metrics.interval_start,
        metrics.interval_end,
        null::uuid as queue_id,
        metrics.media_type,
        metrics.metric,
        metrics.count,
        metrics.sum,
        metrics.numerator,
        metrics.denominator
    from genesys.queue_aggregates as metrics
    where coalesce(metrics.queue_id, '00000000-0000-0000-0000-000000000000'::uuid) = '00000000-0000-0000-0000-000000000000'::uuid
),

-- The one place that says which metric is which figure; intervals and days only sum. `count` is how often, `sum` milliseconds.
final as (
    select
        metrics.interval_start,
        metrics.interval_end,
        metrics.queue_id,
        coalesce(metrics.media_type, 'unknown') as media_type,
        case when metrics.metric = 'nOffered' then metrics.count end as offered_count,
        case when metrics.metric = 'tAnswered' then metrics.count end as answered_count,
        case when metrics.metric = 'tAnswered' then metrics.sum end as answer_ms,
        case when metrics.metric = 'tAbandon' then metrics.count end as abandoned_count,
        case when metrics.metric = 'tAbandon' then metrics.sum end as abandon_ms,
        case when metrics.metric = 'tShortAbandon' then metrics.count end as short_abandoned_count,
        case when metrics.metric = 'tFlowOut' then metrics.count end as flow_out_count,
        case when metrics.metric = 'tHandle' then metrics.count end as handled_count,
        case when metrics.metric = 'tHandle' then metrics.sum end as handle_ms,
        case when metrics.metric = 'tTalkComplete' then metrics.count end as talk_count,
        case when metrics.metric = 'tTalkComplete' then metrics.sum end as talk_ms,
        case when metrics.metric = 'tHeldComplete' then metrics.count end as hold_count,
        case when metrics.metric = 'tHeldComplete' then metrics.sum end as hold_ms,
        case when metrics.metric = 'tAcw' then metrics.count end as acw_count,
        case when metrics.metric = 'tAcw' then metrics.sum end as acw_ms,
        case when metrics.metric = 'tWait' then metrics.sum end as wait_ms,
        case when metrics.metric = 'nOverSla' then metrics.count end as over_sla_count,
        case when metrics.metric = 'nTransferred' then metrics.count end as transferred_count,
        case when metrics.metric = 'oServiceLevel' then metrics.numerator end as service_level_numerator,
        case when metrics.metric = 'oServiceLevel' then metrics.denominator end as service_level_denominator
    from sources as metrics
    where
        metrics.metric in (
            'nOffered', 'tAnswered', 'tAbandon', 'tShortAbandon', 'tFlowOut', 'tHandle', 'tTalkComplete',
            'tHeldComplete', 'tAcw', 'tWait', 'nOverSla', 'nTransferred', 'oServiceLevel'
        )
)

select * from final;

comment on view genesys.int_queue_metrics is 'One row per stored metric of the queue aggregates that the marts show, its figures in the columns of their meaning. Shared by fct_queue_intervals and rpt_queue_days.';
