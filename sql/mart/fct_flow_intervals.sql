-- One row per interval × flow × flow type × media type: what flows did.
create view mart.fct_flow_intervals as
with
summed as (
    select
        metrics.interval_start,
        max(metrics.interval_end) as interval_end,
        metrics.flow_id,
        coalesce(metrics.flow_type, 'unknown') as flow_type,
        coalesce(metrics.media_type, 'unknown') as media_type,
        coalesce(sum(metrics.count) filter (where metrics.metric = 'nFlow'), 0)::bigint as flow_count,
        coalesce(sum(metrics.count) filter (where metrics.metric = 'tFlow'), 0)::bigint as ended_count,
        coalesce(sum(metrics.count) filter (where metrics.metric = 'tFlowDisconnect'), 0)::bigint as disconnect_count,
        coalesce(sum(metrics.count) filter (where metrics.metric = 'tFlowExit'), 0)::bigint as exit_count,
        coalesce(sum(metrics.count) filter (where metrics.metric = 'nFlowOutcome'), 0)::bigint as outcome_count,
        coalesce(sum(metrics.count) filter (where metrics.metric = 'nFlowOutcomeFailed'), 0)::bigint as failed_outcome_count,
        coalesce(sum(metrics.count) filter (where metrics.metric = 'nFlowMilestone'), 0)::bigint as milestone_count,
        coalesce(sum(metrics.sum) filter (where metrics.metric = 'tFlow'), 0) * 0.001 as flow_seconds,
        coalesce(sum(metrics.sum) filter (where metrics.metric = 'tFlowDisconnect'), 0) * 0.001 as disconnect_seconds,
        coalesce(sum(metrics.sum) filter (where metrics.metric = 'tFlowExit'), 0) * 0.001 as exit_seconds
    from genesys.flow_aggregates as metrics
    group by
        metrics.interval_start,
        metrics.flow_id,
        coalesce(metrics.flow_type, 'unknown'),
        coalesce(metrics.media_type, 'unknown')
),

final as (
    select
        summed.flow_id,

        flows.flow_name,
        summed.flow_type,
        summed.media_type,

        (
            extract(hour from summed.interval_start at time zone {{time_zone}}) * 60
            + extract(minute from summed.interval_start at time zone {{time_zone}})
        )::integer as minute_of_day,
        summed.flow_count,
        summed.ended_count,
        summed.disconnect_count,
        summed.exit_count,
        summed.outcome_count,
        summed.failed_outcome_count,
        summed.milestone_count,
        summed.flow_seconds,
        summed.disconnect_seconds,
        summed.exit_seconds,
        round(summed.flow_seconds / nullif(summed.ended_count, 0), 3) as average_flow_seconds,
        round(summed.disconnect_count::numeric / nullif(summed.ended_count, 0), 6) as disconnect_rate,

        coalesce(
            summed.interval_start <@ (
                select ranges.ranges
                from genesys.int_complete_ranges as ranges
                where ranges.fact = 'flow_aggregates'
            ),
            false
        ) as is_complete,
        coalesce(
            tstzrange(summed.interval_start, summed.interval_end) <@ (
                select ranges.settled
                from genesys.int_pull_ranges as ranges
                where ranges.fact = 'flow_aggregates'
            ),
            false
        ) as is_settled,
        coalesce(
            tstzrange(summed.interval_start, summed.interval_end) <@ (
                select ranges.final
                from genesys.int_pull_ranges as ranges
                where ranges.fact = 'flow_aggregates'
            ),
            false
        ) as is_final,

        genesys.local_day(summed.interval_start) as day,
        summed.interval_start as interval_start_at,
        summed.interval_start at time zone {{time_zone}} as interval_start_local,
        summed.interval_end as interval_end_at,
        summed.interval_end at time zone {{time_zone}} as interval_end_local
    from summed
    left join genesys.int_flow_names as flows
        on flows.flow_id = summed.flow_id
        and flows.from_at <= summed.interval_start
        and flows.to_at > summed.interval_start
)

select * from final;

comment on view mart.fct_flow_intervals is 'One row per interval × flow × flow type × media type. A flow counts in the interval in which its metric is complete. Source: flow aggregates (genesys.flow_aggregates).';
comment on column mart.fct_flow_intervals.flow_id is 'Flow; null where Genesys gives none. With interval_start_at, flow_type and media_type the key of this relation. See dim_flows.';
comment on column mart.fct_flow_intervals.flow_name is 'Name of the flow at the start of the interval, or the earliest known. Source: history of the directory.';
comment on column mart.fct_flow_intervals.flow_type is 'inboundcall, bot, workflow, …; unknown where Genesys gives none. Aggregates flowType.';
comment on column mart.fct_flow_intervals.media_type is 'voice, callback, message, email, chat, …; unknown where Genesys gives none. Aggregates mediaType.';
comment on column mart.fct_flow_intervals.minute_of_day is 'Minutes from midnight to interval_start_local on the clock, 0 to 1439. See dim_intervals.';
comment on column mart.fct_flow_intervals.flow_count is 'Flows that began. Count of nFlow.';
comment on column mart.fct_flow_intervals.ended_count is 'Flows that ended: the divisor of average_flow_seconds. Count of tFlow.';
comment on column mart.fct_flow_intervals.disconnect_count is 'Flows that ended because somebody hung up or left. Count of tFlowDisconnect.';
comment on column mart.fct_flow_intervals.exit_count is 'Flows that ended by moving the conversation on, e.g. to a queue. Count of tFlowExit.';
comment on column mart.fct_flow_intervals.outcome_count is 'Outcomes that flows reached; a flow can reach several. Count of nFlowOutcome. By outcome: fct_flow_outcomes.';
comment on column mart.fct_flow_intervals.failed_outcome_count is 'Of these, outcomes with value failure. Count of nFlowOutcomeFailed.';
comment on column mart.fct_flow_intervals.milestone_count is 'Milestones passed. Count of nFlowMilestone.';
comment on column mart.fct_flow_intervals.flow_seconds is 'Time in flows in seconds. Sum of tFlow.';
comment on column mart.fct_flow_intervals.disconnect_seconds is 'Time in flows that ended by a disconnect, in seconds. Sum of tFlowDisconnect.';
comment on column mart.fct_flow_intervals.exit_seconds is 'Time in flows that ended by an exit, in seconds. Sum of tFlowExit.';
comment on column mart.fct_flow_intervals.average_flow_seconds is 'flow_seconds / ended_count; null where none ended.';
comment on column mart.fct_flow_intervals.disconnect_rate is 'disconnect_count / ended_count, as a fraction; null where none ended.';
comment on column mart.fct_flow_intervals.is_complete is 'True where everything of the day has been pulled at least once. Source: the ledger of slices.';
comment on column mart.fct_flow_intervals.is_settled is 'True where the flow aggregates were pulled three days after the interval or later: Genesys has reprocessed it by then, and figures hardly change any more. Source: the ledger of slices.';
comment on column mart.fct_flow_intervals.is_final is 'True where no pass of the stream flow_aggregates is pending for the interval: its figures no longer change. Source: the ledger of slices.';
comment on column mart.fct_flow_intervals.day is 'Day in the reporting time zone in which the interval starts. Filter large ranges on interval_start_at. See dim_dates.';
comment on column mart.fct_flow_intervals.interval_start_at is 'Start of the interval, instant, shown in the zone of your session. Filters on it use an index.';
comment on column mart.fct_flow_intervals.interval_start_local is 'interval_start_at in the reporting time zone. When clocks go back, two intervals have the same: group by interval_start_at.';
comment on column mart.fct_flow_intervals.interval_end_at is 'End of the interval, exclusive, instant, shown in the zone of your session.';
comment on column mart.fct_flow_intervals.interval_end_local is 'interval_end_at in the reporting time zone.';
