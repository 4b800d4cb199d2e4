-- Sums that differ between the stored aggregates and the interval relations of presences, flows, surveys and evaluations.
with
stored as (
    select 'presences' as relation, coalesce(sum(sum), 0) * 0.001 as amount
    from genesys.user_aggregates
    where metric = 'tOrganizationPresence'
    union all
    select 'flows', coalesce(sum(sum) filter (where metric = 'tFlow'), 0) * 0.001
        + coalesce(sum(count) filter (where metric in ('nFlow', 'tFlowDisconnect', 'tFlowExit', 'nFlowOutcome')), 0)
    from genesys.flow_aggregates
    union all
    select 'surveys', (coalesce(sum(sum) filter (where metric = 'oSurveyTotalScore'), 0))::numeric
        + coalesce(sum(count) filter (where metric in ('nSurveysSent', 'nSurveyResponses', 'nSurveyNpsPromoters', 'nSurveyNpsDetractors')), 0)
    from genesys.survey_aggregates
    union all
    select 'evaluations', (coalesce(sum(sum) filter (where metric = 'oTotalScore'), 0))::numeric
        + coalesce(sum(count) filter (where metric in ('nEvaluations', 'oTotalCriticalScore')), 0)
    from genesys.evaluation_aggregates
),

shown as (
    select 'presences' as relation, coalesce(sum(presence_seconds), 0) as amount
    from mart.fct_presence_intervals
    union all
    select 'flows', coalesce(sum(flow_seconds + flow_count + disconnect_count + exit_count + outcome_count), 0)
    from mart.fct_flow_intervals
    union all
    select 'surveys', coalesce(sum(score_sum + sent_count + response_count + promoter_count + detractor_count), 0)
    from mart.fct_survey_intervals
    union all
    select 'evaluations', coalesce(sum(score_sum + evaluation_count + critical_scored_count), 0)
    from mart.fct_evaluation_intervals
)

select
    stored.relation,
    stored.amount as stored,
    shown.amount as shown
from stored
inner join shown on shown.relation = stored.relation
where abs(stored.amount - shown.amount) > 0.01
