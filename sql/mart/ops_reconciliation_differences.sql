-- One row per figure (interval × queue × media type × metric) that differs between conversation details and Genesys' aggregates.
create view mart.ops_reconciliation_differences as
with
differences as (
    select * from extract.reconciliation_differences
),

queues as (
    select * from genesys.queues
    where valid_to is null
),

final as (
    select
        differences.queue_id,

        queues.name as queue_name,
        differences.media_type,
        differences.metric,
        case when differences.is_final then 'different' else 'not_final' end as state,

        differences.details_count,
        differences.aggregate_count,
        round(differences.details_sum / 1000.0, 3) as details_seconds,
        round(differences.aggregate_sum / 1000.0, 3) as aggregate_seconds,

        differences.is_final,

        differences.interval_start as interval_start_at,
        differences.interval_start at time zone {{time_zone}} as interval_start_local,
        differences.interval_end as interval_end_at,
        differences.interval_end at time zone {{time_zone}} as interval_end_local
    from differences
    left join queues on queues.queue_id = differences.queue_id
)

select * from final;

comment on view mart.ops_reconciliation_differences is 'One row per figure (interval × queue × media type × metric) that differs between conversation details and Genesys'' aggregates, as last compared. Source: written by reconcile and after each sync.';
comment on column mart.ops_reconciliation_differences.queue_id is 'Queue of the figure.';
comment on column mart.ops_reconciliation_differences.queue_name is 'Name of the queue, current or last known.';
comment on column mart.ops_reconciliation_differences.media_type is 'Media type of the figure.';
comment on column mart.ops_reconciliation_differences.metric is 'Genesys'' name of the metric, such as tHandle.';
comment on column mart.ops_reconciliation_differences.state is 'different: both sides are final; not_final: a pull is still pending, which may resolve it.';
comment on column mart.ops_reconciliation_differences.details_count is 'How often the metric occurs in the stored conversations.';
comment on column mart.ops_reconciliation_differences.aggregate_count is 'How often Genesys'' aggregate says that it occurred.';
comment on column mart.ops_reconciliation_differences.details_seconds is 'Seconds in the stored conversations; null for counts (n…).';
comment on column mart.ops_reconciliation_differences.aggregate_seconds is 'Seconds in Genesys'' aggregate; null for counts (n…).';
comment on column mart.ops_reconciliation_differences.is_final is 'True where no pull of the interval is pending on either side.';
comment on column mart.ops_reconciliation_differences.interval_start_at is 'Begin of the interval in which the metric was emitted, instant, shown in the zone of your session.';
comment on column mart.ops_reconciliation_differences.interval_start_local is 'interval_start_at in the reporting time zone.';
comment on column mart.ops_reconciliation_differences.interval_end_at is 'End of the interval, instant, shown in the zone of your session.';
comment on column mart.ops_reconciliation_differences.interval_end_local is 'interval_end_at in the reporting time zone.';
