-- Keys that occur more than once in an interval mart.
select
    'fct_queue_intervals' as relation,
    facts.interval_start_at::text as at,
    concat_ws(' ', facts.queue_id, facts.media_type) as dimensions
from mart.fct_queue_intervals as facts
group by 1, 2, 3
having count(*) > 1

union all

select
    'rpt_queue_days',
    facts.day::text,
    concat_ws(' ', facts.queue_id, facts.media_type)
from mart.rpt_queue_days as facts
group by 1, 2, 3
having count(*) > 1

union all

select
    'fct_agent_intervals',
    facts.interval_start_at::text,
    facts.user_id::text
from mart.fct_agent_intervals as facts
group by 1, 2, 3
having count(*) > 1

union all

select
    'rpt_agent_days',
    facts.day::text,
    facts.user_id::text
from mart.rpt_agent_days as facts
group by 1, 2, 3
having count(*) > 1

union all

select
    'fct_wrapup_intervals',
    facts.interval_start_at::text,
    concat_ws('|', facts.wrapup_code, facts.queue_id, facts.user_id, facts.media_type)
from mart.fct_wrapup_intervals as facts
group by 1, 2, 3
having count(*) > 1

union all

select
    'fct_flow_outcomes',
    facts.interval_start_at::text,
    concat_ws('|', facts.flow_id, facts.flow_outcome_id, facts.flow_outcome_value, facts.media_type)
from mart.fct_flow_outcomes as facts
group by 1, 2, 3
having count(*) > 1

union all

select
    'fct_agent_statuses',
    facts.started_at::text,
    concat_ws('|', facts.user_id, facts.status_kind, facts.status, facts.organization_presence_id)
from mart.fct_agent_statuses as facts
group by 1, 2, 3
having count(*) > 1

union all

select
    'fct_queue_direction_intervals',
    facts.interval_start_at::text,
    concat_ws('|', facts.queue_id, facts.media_type, facts.direction)
from mart.fct_queue_direction_intervals as facts
group by 1, 2, 3
having count(*) > 1

union all

select
    'fct_agent_queue_intervals',
    facts.interval_start_at::text,
    concat_ws('|', facts.user_id, facts.queue_id, facts.media_type)
from mart.fct_agent_queue_intervals as facts
group by 1, 2, 3
having count(*) > 1

union all

select
    'rpt_agent_queue_days',
    facts.day::text,
    concat_ws('|', facts.user_id, facts.queue_id, facts.media_type)
from mart.rpt_agent_queue_days as facts
group by 1, 2, 3
having count(*) > 1

union all

select
    'fct_presence_intervals',
    facts.interval_start_at::text,
    concat_ws('|', facts.user_id, facts.organization_presence_id)
from mart.fct_presence_intervals as facts
group by 1, 2, 3
having count(*) > 1

union all

select
    'rpt_presence_days',
    facts.day::text,
    concat_ws('|', facts.user_id, facts.organization_presence_id)
from mart.rpt_presence_days as facts
group by 1, 2, 3
having count(*) > 1
