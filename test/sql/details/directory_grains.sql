-- Keys that occur more than once in a relation of the directory.
select
    'dim_teams' as relation,
    teams.team_id::text as key
from mart.dim_teams as teams
group by teams.team_id
having count(*) > 1

union all

select 'dim_skills', skills.skill_id::text
from mart.dim_skills as skills
group by skills.skill_id
having count(*) > 1

union all

select 'dim_languages', languages.language_id::text
from mart.dim_languages as languages
group by languages.language_id
having count(*) > 1

union all

select 'dim_groups', groups.group_id::text
from mart.dim_groups as groups
group by groups.group_id
having count(*) > 1

union all

select 'dim_locations', locations.location_id::text
from mart.dim_locations as locations
group by locations.location_id
having count(*) > 1

union all

select 'dim_flows', flows.flow_id::text
from mart.dim_flows as flows
group by flows.flow_id
having count(*) > 1

union all

select 'dim_flow_outcomes', outcomes.flow_outcome_id::text
from mart.dim_flow_outcomes as outcomes
group by outcomes.flow_outcome_id
having count(*) > 1

union all

select 'dim_campaigns', campaigns.campaign_id::text
from mart.dim_campaigns as campaigns
group by campaigns.campaign_id
having count(*) > 1

union all

select 'dim_contact_lists', contact_lists.contact_list_id::text
from mart.dim_contact_lists as contact_lists
group by contact_lists.contact_list_id
having count(*) > 1

union all

select 'dim_forms', forms.form_id::text
from mart.dim_forms as forms
group by forms.form_id
having count(*) > 1

union all

select 'dim_enums', enums.enum_key
from mart.dim_enums as enums
group by enums.enum_key
having count(*) > 1

union all

select 'dim_queues_history', concat_ws(' ', queues.queue_id, queues.valid_from_at)
from mart.dim_queues_history as queues
group by queues.queue_id, queues.valid_from_at
having count(*) > 1

union all

select 'dim_users_history', concat_ws(' ', users.user_id, users.valid_from_at)
from mart.dim_users_history as users
group by users.user_id, users.valid_from_at
having count(*) > 1

union all

select 'bridge_queue_members', concat_ws(' ', members.queue_id, members.user_id)
from mart.bridge_queue_members as members
group by members.queue_id, members.user_id
having count(*) > 1

union all

select 'bridge_queue_wrapup_codes', concat_ws(' ', offered.queue_id, offered.wrapup_code)
from mart.bridge_queue_wrapup_codes as offered
group by offered.queue_id, offered.wrapup_code
having count(*) > 1

union all

select 'bridge_user_skills', concat_ws(' ', skills.user_id, skills.skill_id)
from mart.bridge_user_skills as skills
group by skills.user_id, skills.skill_id
having count(*) > 1

union all

select 'bridge_user_languages', concat_ws(' ', languages.user_id, languages.language_id)
from mart.bridge_user_languages as languages
group by languages.user_id, languages.language_id
having count(*) > 1
