-- Keys that occur more than once in the interval relations of presences, flows, surveys, evaluations, observations and waits.
with
keys as (
    select 'fct_presence_intervals' as relation, concat_ws(' ', interval_start_at, user_id, organization_presence_id) as key
    from mart.fct_presence_intervals
    union all
    select 'rpt_presence_days', concat_ws(' ', day, user_id, organization_presence_id)
    from mart.rpt_presence_days
    union all
    select 'fct_flow_intervals', concat_ws(' ', interval_start_at, flow_id, flow_type, media_type)
    from mart.fct_flow_intervals
    union all
    select 'fct_survey_intervals', concat_ws('|', interval_start_at, queue_id, user_id, survey_form_id, media_type)
    from mart.fct_survey_intervals
    union all
    select 'fct_evaluation_intervals', concat_ws('|', interval_start_at, queue_id, user_id, evaluator_id, form_id, media_type)
    from mart.fct_evaluation_intervals
    union all
    select 'fct_queue_observations', concat_ws(' ', sample_start_at, queue_id, media_type)
    from mart.fct_queue_observations
    union all
    select 'rpt_wait_times', concat_ws('|', day, queue_id, media_type)
    from mart.rpt_wait_times
    union all
    select 'rpt_queue_now', concat_ws(' ', queue_id, media_type)
    from mart.rpt_queue_now
    union all
    select 'rpt_campaign_days', concat_ws('|', day, campaign_id, media_type)
    from mart.rpt_campaign_days
    union all
    select 'rpt_agents_now', user_id::text
    from mart.rpt_agents_now
)
select
    keys.relation,
    keys.key,
    count(*) as row_count
from keys
group by
    keys.relation,
    keys.key
having count(*) > 1
