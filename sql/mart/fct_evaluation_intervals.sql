-- One row per interval × queue × user × evaluator × form × media type: evaluations as Genesys counts them.
create view mart.fct_evaluation_intervals as
with
summed as (
    select
        metrics.interval_start,
        max(metrics.interval_end) as interval_end,
        metrics.queue_id,
        metrics.user_id,
        metrics.evaluator_id,
        metrics.form_id,
        coalesce(metrics.media_type, 'unknown') as media_type,
        coalesce(sum(metrics.count) filter (where metrics.metric = 'nEvaluations'), 0)::bigint as evaluation_count,
        coalesce(sum(metrics.count) filter (where metrics.metric = 'nEvaluationsRescored'), 0)::bigint as rescored_count,
        coalesce(sum(metrics.count) filter (where metrics.metric = 'nEvaluationsDeleted'), 0)::bigint as deleted_count,
        coalesce(sum(metrics.count) filter (where metrics.metric = 'oTotalScore'), 0)::bigint as scored_count,
        coalesce(sum(metrics.count) filter (where metrics.metric = 'oTotalCriticalScore'), 0)::bigint as critical_scored_count,
        (coalesce(sum(metrics.sum) filter (where metrics.metric = 'oTotalScore'), 0))::numeric as score_sum,
        (coalesce(sum(metrics.sum) filter (where metrics.metric = 'oTotalCriticalScore'), 0))::numeric as critical_score_sum
    from genesys.evaluation_aggregates as metrics
    group by
        metrics.interval_start,
        metrics.queue_id,
        metrics.user_id,
        metrics.evaluator_id,
        metrics.form_id,
        coalesce(metrics.media_type, 'unknown')
),

final as (
    select
        summed.queue_id,
        summed.user_id,
        summed.evaluator_id,
        summed.form_id,

        queues.queue_name,
        users.user_name,
        evaluators.user_name as evaluator_name,
        forms.name as form_name,
        summed.media_type,

        (
            extract(hour from summed.interval_start at time zone {{time_zone}}) * 60
            + extract(minute from summed.interval_start at time zone {{time_zone}})
        )::integer as minute_of_day,
        summed.evaluation_count,
        summed.rescored_count,
        summed.deleted_count,
        summed.scored_count,
        summed.critical_scored_count,
        summed.score_sum,
        summed.critical_score_sum,
        round(summed.score_sum / nullif(summed.scored_count, 0), 3) as average_score,
        round(summed.critical_score_sum / nullif(summed.critical_scored_count, 0), 3) as average_critical_score,

        coalesce(
            summed.interval_start <@ (
                select ranges.ranges
                from genesys.int_complete_ranges as ranges
                where ranges.fact = 'evaluation_aggregates'
            ),
            false
        ) as is_complete,
        coalesce(
            tstzrange(summed.interval_start, summed.interval_end) <@ (
                select ranges.settled
                from genesys.int_pull_ranges as ranges
                where ranges.fact = 'evaluation_aggregates'
            ),
            false
        ) as is_settled,
        coalesce(
            tstzrange(summed.interval_start, summed.interval_end) <@ (
                select ranges.final
                from genesys.int_pull_ranges as ranges
                where ranges.fact = 'evaluation_aggregates'
            ),
            false
        ) as is_final,

        genesys.local_day(summed.interval_start) as day,
        summed.interval_start as interval_start_at,
        summed.interval_start at time zone {{time_zone}} as interval_start_local,
        summed.interval_end as interval_end_at,
        summed.interval_end at time zone {{time_zone}} as interval_end_local
    from summed
    left join genesys.int_queue_names as queues
        on queues.queue_id = summed.queue_id
        and queues.from_at <= summed.interval_start
        and queues.to_at > summed.interval_start
    left join genesys.int_user_names as users
        on users.user_id = summed.user_id
        and users.from_at <= summed.interval_start
        and users.to_at > summed.interval_start
    left join genesys.int_user_names as evaluators
        on evaluators.user_id = summed.evaluator_id
        and evaluators.from_at <= summed.interval_start
        and evaluators.to_at > summed.interval_start
    left join genesys.evaluation_forms as forms
        on forms.evaluation_form_id = summed.form_id
        and forms.valid_to is null
)

select * from final;

comment on view mart.fct_evaluation_intervals is 'One row per interval × queue × evaluated user × evaluator × form × media type, whatever the age of the conversation. fct_evaluations has the single evaluations. Source: evaluation aggregates in the API''s default time dimension (genesys.evaluation_aggregates).';
comment on column mart.fct_evaluation_intervals.queue_id is 'Queue; null where none is concerned. See dim_queues.';
comment on column mart.fct_evaluation_intervals.user_id is 'Evaluated agent. See dim_users.';
comment on column mart.fct_evaluation_intervals.evaluator_id is 'User who evaluated. See dim_users.';
comment on column mart.fct_evaluation_intervals.form_id is 'Evaluation form. With interval_start_at, queue_id, user_id, evaluator_id and media_type the key of this relation. See dim_forms.';
comment on column mart.fct_evaluation_intervals.queue_name is 'Name of the queue at the start of the interval, or the earliest known. Source: history of the directory.';
comment on column mart.fct_evaluation_intervals.user_name is 'Name of the user at the start of the interval, or the earliest known. Source: history of the directory.';
comment on column mart.fct_evaluation_intervals.evaluator_name is 'Name of the evaluator at the start of the interval, or the earliest known. Source: history of the directory.';
comment on column mart.fct_evaluation_intervals.form_name is 'Current or last known name of the evaluation form. Source: the directory.';
comment on column mart.fct_evaluation_intervals.media_type is 'voice, callback, message, email, chat, …; unknown where Genesys gives none. Aggregates mediaType.';
comment on column mart.fct_evaluation_intervals.minute_of_day is 'Minutes from midnight to interval_start_local on the clock, 0 to 1439. See dim_intervals.';
comment on column mart.fct_evaluation_intervals.evaluation_count is 'Evaluations. Count of nEvaluations.';
comment on column mart.fct_evaluation_intervals.rescored_count is 'Evaluations scored again. Count of nEvaluationsRescored.';
comment on column mart.fct_evaluation_intervals.deleted_count is 'Evaluations deleted. Count of nEvaluationsDeleted.';
comment on column mart.fct_evaluation_intervals.scored_count is 'Evaluations with a total score: the divisor of average_score. Count of oTotalScore.';
comment on column mart.fct_evaluation_intervals.critical_scored_count is 'Evaluations with a critical score: the divisor of average_critical_score. Count of oTotalCriticalScore.';
comment on column mart.fct_evaluation_intervals.score_sum is 'Sum of total scores, 0 to 100 each. Sum of oTotalScore.';
comment on column mart.fct_evaluation_intervals.critical_score_sum is 'Sum of critical scores, 0 to 100 each. Sum of oTotalCriticalScore.';
comment on column mart.fct_evaluation_intervals.average_score is 'score_sum / scored_count; null without scores.';
comment on column mart.fct_evaluation_intervals.average_critical_score is 'critical_score_sum / critical_scored_count; null without scores.';
comment on column mart.fct_evaluation_intervals.is_complete is 'True where everything of the day has been pulled at least once. Source: the ledger of slices.';
comment on column mart.fct_evaluation_intervals.is_settled is 'True where the evaluation aggregates were pulled three days after the interval or later: Genesys has reprocessed it by then, and figures hardly change any more. Source: the ledger of slices.';
comment on column mart.fct_evaluation_intervals.is_final is 'True where no pass of the stream evaluation_aggregates is pending for the interval: its figures no longer change. Source: the ledger of slices.';
comment on column mart.fct_evaluation_intervals.day is 'Day in the reporting time zone in which the interval starts. Filter large ranges on interval_start_at. See dim_dates.';
comment on column mart.fct_evaluation_intervals.interval_start_at is 'Start of the interval, instant, shown in the zone of your session. Filters on it use an index.';
comment on column mart.fct_evaluation_intervals.interval_start_local is 'interval_start_at in the reporting time zone. When clocks go back, two intervals have the same: group by interval_start_at.';
comment on column mart.fct_evaluation_intervals.interval_end_at is 'End of the interval, exclusive, instant, shown in the zone of your session.';
comment on column mart.fct_evaluation_intervals.interval_end_local is 'interval_end_at in the reporting time zone.';
