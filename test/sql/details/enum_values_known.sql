-- Values that facts have and dim_enums does not explain.
with
facts (enum_name, value) as (
    select distinct 'media_type', media_type from genesys.sessions
    union
    select distinct 'message_type', message_type from genesys.sessions
    union
    select distinct 'direction', direction from genesys.sessions
    union
    select distinct 'flow_out_type', flow_out_type from genesys.sessions
    union
    select distinct 'used_routing', used_routing from genesys.sessions
    union
    select distinct 'purpose', purpose from genesys.participants
    union
    select distinct 'segment_type', segment_type from genesys.segments
    union
    select distinct 'disconnect_type', disconnect_type from genesys.segments
    union
    select distinct 'leg_outcome', outcome from mart.fct_queue_legs
    union
    select distinct 'status_kind', status_kind from mart.fct_agent_statuses
    union
    select distinct case status_kind when 'presence' then 'presence_status' else status_kind end, status from mart.fct_agent_statuses
    union
    select distinct 'acw_wrapup_prompt', acw_wrapup_prompt from mart.dim_queues
    union
    select distinct 'survey_status', survey_status from genesys.surveys
    union
    select distinct 'survey_type', survey_type from genesys.surveys
    union
    select distinct 'evaluation_status', evaluation_status from genesys.evaluations
    union
    select distinct 'flow_type', flow_type from mart.dim_flows
    union
    select distinct 'flow_entry_type', entry_type from genesys.session_flows
    union
    select distinct 'flow_exit_reason', exit_reason from genesys.session_flows
    union
    select distinct 'dialing_mode', dialing_mode from mart.dim_campaigns
)

select facts.*
from facts
left join mart.dim_enums as enums on enums.enum_name = facts.enum_name and enums.value = facts.value
where facts.value is not null and enums.value is null
