-- One row per stored metric of the wrap-up aggregates, with its figures in columns by their meaning.
create view genesys.int_wrapup_metrics as
with
-- `count` is how often, `sum` milliseconds.
final as (
    select
        metrics.interval_start,
        metrics.interval_end,
        metrics.wrap_up_code as wrapup_code,
        metrics.queue_id,
        metrics.user_id,
        coalesce(metrics.media_type, 'unknown') as media_type,
        case when metrics.metric = 'tHandle' then metrics.count end as handled_count,
        case when metrics.metric = 'nTransferred' then metrics.count end as transferred_count,
        case when metrics.metric = 'tTalkComplete' then metrics.count end as talk_count,
        case when metrics.metric = 'tHeldComplete' then metrics.count end as hold_count,
        case when metrics.metric = 'tAcw' then metrics.count end as acw_count,
        case when metrics.metric = 'tHandle' then metrics.sum end as handle_ms,
        case when metrics.metric = 'tTalkComplete' then metrics.sum end as talk_ms,
        case when metrics.metric = 'tHeldComplete' then metrics.sum end as hold_ms,
        case when metrics.metric = 'tAcw' then metrics.sum end as acw_ms
    from genesys.wrapup_aggregates as metrics
    where metrics.metric in ('tHandle', 'nTransferred', 'tTalkComplete', 'tHeldComplete', 'tAcw')
)

select * from final;

comment on view genesys.int_wrapup_metrics is 'One row per stored metric of the wrap-up aggregates that the marts show, with its figures in columns by their meaning. The definition of genesys.wrapup_interval_sums.';
