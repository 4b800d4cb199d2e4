-- One row per interval × flow × outcome × value × media type: how often flows reached an outcome.
create view mart.fct_flow_outcomes as
with
summed as (
    select
        metrics.interval_start,
        max(metrics.interval_end) as interval_end,
        metrics.flow_id,
        metrics.flow_outcome_id,
        metrics.flow_outcome_value,
        coalesce(metrics.media_type, 'unknown') as media_type,
        coalesce(sum(metrics.count) filter (where metrics.metric = 'nFlowOutcome'), 0)::bigint as outcome_count,
        coalesce(sum(metrics.count) filter (where metrics.metric = 'nFlowOutcomeFailed'), 0)::bigint as failed_count,
        coalesce(sum(metrics.count) filter (where metrics.metric = 'tFlowOutcome'), 0)::bigint as timed_count,
        coalesce(sum(metrics.sum) filter (where metrics.metric = 'tFlowOutcome'), 0) * 0.001 as outcome_seconds
    from genesys.flow_outcome_aggregates as metrics
    where metrics.flow_outcome_id is not null
    group by
        metrics.interval_start,
        metrics.flow_id,
        metrics.flow_outcome_id,
        metrics.flow_outcome_value,
        coalesce(metrics.media_type, 'unknown')
),

final as (
    select
        summed.flow_id,
        summed.flow_outcome_id,

        flows.flow_name,
        outcomes.flow_outcome_name,
        summed.flow_outcome_value,
        summed.media_type,

        (
            extract(hour from summed.interval_start at time zone {{time_zone}}) * 60
            + extract(minute from summed.interval_start at time zone {{time_zone}})
        )::integer as minute_of_day,
        summed.outcome_count,
        summed.failed_count,
        summed.timed_count,
        summed.outcome_seconds,
        round(summed.outcome_seconds / nullif(summed.timed_count, 0), 3) as average_outcome_seconds,

        coalesce(
            summed.interval_start <@ (
                select ranges.ranges
                from genesys.int_complete_ranges as ranges
                where ranges.fact = 'flow_outcome_aggregates'
            ),
            false
        ) as is_complete,
        coalesce(
            tstzrange(summed.interval_start, summed.interval_end) <@ (
                select ranges.settled
                from genesys.int_pull_ranges as ranges
                where ranges.fact = 'flow_outcome_aggregates'
            ),
            false
        ) as is_settled,
        coalesce(
            tstzrange(summed.interval_start, summed.interval_end) <@ (
                select ranges.final
                from genesys.int_pull_ranges as ranges
                where ranges.fact = 'flow_outcome_aggregates'
            ),
            false
        ) as is_final,

        (summed.interval_start at time zone {{time_zone}})::date as day,
        summed.interval_start as interval_start_at,
        summed.interval_start at time zone {{time_zone}} as interval_start_local,
        summed.interval_end as interval_end_at,
        summed.interval_end at time zone {{time_zone}} as interval_end_local
    from summed
    left join genesys.int_flow_names as flows
        on flows.flow_id = summed.flow_id
        and flows.from_at <= summed.interval_start
        and flows.to_at > summed.interval_start
    left join genesys.int_flow_outcome_names as outcomes
        on outcomes.flow_outcome_id = summed.flow_outcome_id
        and outcomes.from_at <= summed.interval_start
        and outcomes.to_at > summed.interval_start
)

select * from final;

comment on view mart.fct_flow_outcomes is 'One row per interval × flow × outcome × value × media type: how often a flow (IVR, bot, workflow) reached an outcome. A flow may reach several, so these do not add up to flows. Source: flow aggregates by outcome (genesys.flow_outcome_aggregates).';
comment on column mart.fct_flow_outcomes.flow_id is 'Architect flow.';
comment on column mart.fct_flow_outcomes.flow_outcome_id is 'Outcome. With interval, flow, value and media type the key of this relation.';
comment on column mart.fct_flow_outcomes.flow_name is 'Name of the flow at the start of the interval, or the earliest known. Source: history of the directory.';
comment on column mart.fct_flow_outcomes.flow_outcome_name is 'Name of the outcome at the start of the interval, or the earliest known. Source: history of the directory.';
comment on column mart.fct_flow_outcomes.flow_outcome_value is 'SUCCESS, FAILURE, …: what the outcome came to. Aggregates flowOutcomeValue.';
comment on column mart.fct_flow_outcomes.media_type is 'voice, callback, message, email, chat, …; unknown where Genesys reports none. Aggregates mediaType.';
comment on column mart.fct_flow_outcomes.minute_of_day is 'Minutes from midnight to interval_start_local on the clock, 0 to 1439. See dim_intervals.';
comment on column mart.fct_flow_outcomes.outcome_count is 'How often it was reached. Count of nFlowOutcome.';
comment on column mart.fct_flow_outcomes.failed_count is 'How often it was reached with failure. Count of nFlowOutcomeFailed.';
comment on column mart.fct_flow_outcomes.timed_count is 'How often its time was taken: the divisor of average_outcome_seconds. Count of tFlowOutcome.';
comment on column mart.fct_flow_outcomes.outcome_seconds is 'Time from beginning to end of the outcome in seconds. Sum of tFlowOutcome.';
comment on column mart.fct_flow_outcomes.average_outcome_seconds is 'outcome_seconds / timed_count; null where no time was taken.';
comment on column mart.fct_flow_outcomes.is_complete is 'True where everything of the day has been pulled at least once. Source: the ledger of slices.';
comment on column mart.fct_flow_outcomes.is_settled is 'True where the flow outcome aggregates were pulled three days after the interval or later: Genesys has reprocessed it by then, and figures hardly change any more. Source: the ledger of slices.';
comment on column mart.fct_flow_outcomes.is_final is 'True where no further pull of the flow outcome aggregates is pending for the interval. Source: the ledger of slices.';
comment on column mart.fct_flow_outcomes.day is 'Day in the reporting time zone in which the interval starts. A filter on it reads everything: filter large ranges on interval_start_at.';
comment on column mart.fct_flow_outcomes.interval_start_at is 'Start of the interval, instant, shown in the zone of your session. Filters on it use an index.';
comment on column mart.fct_flow_outcomes.interval_start_local is 'interval_start_at in the reporting time zone. When clocks go back, two intervals have the same: group by interval_start_at.';
comment on column mart.fct_flow_outcomes.interval_end_at is 'End of the interval, exclusive, instant, shown in the zone of your session.';
comment on column mart.fct_flow_outcomes.interval_end_local is 'interval_end_at in the reporting time zone.';
