-- One row per relation × interval × metric × qualifier × pull that found interval aggregates different long after the interval.
create view mart.ops_restated_intervals as
with
restatements as (
    select
        stored.*,
        stored.metric ~ '^t[A-Z]' as is_time
    from extract.interval_restatements as stored
),

final as (
    select
        restatements.relation,

        restatements.metric,
        restatements.qualifier,

        restatements.row_count,
        restatements.count_before,
        restatements.count_after,
        restatements.count_after - restatements.count_before as count_moved_by,
        case when restatements.is_time then restatements.sum_before * 0.001 else restatements.sum_before end as sum_before,
        case when restatements.is_time then restatements.sum_after * 0.001 else restatements.sum_after end as sum_after,
        (restatements.sum_after - restatements.sum_before) * case when restatements.is_time then 0.001 else 1 end as sum_moved_by,

        restatements.interval_start as interval_start_at,
        restatements.interval_start at time zone {{time_zone}} as interval_start_local,
        restatements.restated_at,
        restatements.restated_at at time zone {{time_zone}} as restated_local,
        restatements.previous_as_of as previous_as_of_at,
        restatements.as_of as as_of_at
    from restatements
)

select * from final;

comment on view mart.ops_restated_intervals is 'One row per relation × interval × metric × qualifier × pull that found figures different although their interval had been over for hours: by how much Genesys restated its own aggregates. Summed over the rows (queues, agents, codes …) that differ. Source: written when aggregates are stored.';
comment on column mart.ops_restated_intervals.relation is 'Which aggregates: queue_aggregates, agent_aggregates, wrapup_aggregates, user_aggregates …';
comment on column mart.ops_restated_intervals.metric is 'Genesys'' name of the metric, such as tHandle.';
comment on column mart.ops_restated_intervals.qualifier is 'Status or presence of user metrics; null elsewhere.';
comment on column mart.ops_restated_intervals.row_count is 'Rows (queues, agents, codes …) of the interval and metric that differ.';
comment on column mart.ops_restated_intervals.count_before is 'Sum of their counts before.';
comment on column mart.ops_restated_intervals.count_after is 'Sum of their counts since.';
comment on column mart.ops_restated_intervals.count_moved_by is 'count_after - count_before.';
comment on column mart.ops_restated_intervals.sum_before is 'Sum of their sums before: seconds for times (t…), else a number.';
comment on column mart.ops_restated_intervals.sum_after is 'Sum of their sums since: seconds for times (t…), else a number.';
comment on column mart.ops_restated_intervals.sum_moved_by is 'sum_after - sum_before.';
comment on column mart.ops_restated_intervals.interval_start_at is 'Begin of the interval, instant, shown in the zone of your session.';
comment on column mart.ops_restated_intervals.interval_start_local is 'interval_start_at in the reporting time zone.';
comment on column mart.ops_restated_intervals.restated_at is 'When the change was stored, instant, shown in the zone of your session.';
comment on column mart.ops_restated_intervals.restated_local is 'restated_at in the reporting time zone.';
comment on column mart.ops_restated_intervals.previous_as_of_at is 'As-of instant of the oldest replaced row, UTC.';
comment on column mart.ops_restated_intervals.as_of_at is 'As-of instant of the new answer, UTC.';
