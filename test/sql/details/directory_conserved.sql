-- Relations of the directory whose rows in mart are not as many as the entities that are stored, or whose histories do not join without holes.
with
counts (relation, stored_count, mart_count) as (
    values
    ('dim_teams', (select count(distinct team_id) from genesys.teams), (select count(*) from mart.dim_teams)),
    ('dim_skills', (select count(distinct skill_id) from genesys.skills), (select count(*) from mart.dim_skills)),
    ('dim_languages', (select count(distinct language_id) from genesys.languages), (select count(*) from mart.dim_languages)),
    ('dim_groups', (select count(distinct group_id) from genesys.groups), (select count(*) from mart.dim_groups)),
    ('dim_locations', (select count(distinct location_id) from genesys.locations), (select count(*) from mart.dim_locations)),
    ('dim_flows', (select count(distinct flow_id) from genesys.flows), (select count(*) from mart.dim_flows)),
    (
        'dim_flow_outcomes',
        (select count(distinct flow_outcome_id) from genesys.flow_outcome_definitions),
        (select count(*) from mart.dim_flow_outcomes)
    ),
    ('dim_campaigns', (select count(distinct campaign_id) from genesys.campaigns), (select count(*) from mart.dim_campaigns)),
    (
        'dim_contact_lists',
        (select count(distinct contact_list_id) from genesys.contact_lists),
        (select count(*) from mart.dim_contact_lists)
    ),
    (
        'dim_forms',
        (select count(distinct evaluation_form_id) from genesys.evaluation_forms)
        + (select count(distinct survey_form_id) from genesys.survey_forms),
        (select count(*) from mart.dim_forms)
    ),
    ('dim_queues', (select count(distinct queue_id) from genesys.queues), (select count(*) from mart.dim_queues)),
    ('dim_users', (select count(distinct user_id) from genesys.users), (select count(*) from mart.dim_users)),
    ('dim_queues_history', (select count(*) from genesys.queues), (select count(*) from mart.dim_queues_history)),
    ('dim_users_history', (select count(*) from genesys.users), (select count(*) from mart.dim_users_history)),
    (
        'bridge_user_skills',
        (select sum(jsonb_array_length(extra -> 'skills')) from genesys.users where valid_to is null),
        (select count(*) from mart.bridge_user_skills)
    ),
    (
        'bridge_user_languages',
        (select sum(jsonb_array_length(extra -> 'languages')) from genesys.users where valid_to is null),
        (select count(*) from mart.bridge_user_languages)
    ),
    (
        'bridge_queue_members',
        (select count(*) from genesys.queue_members where deleted_at is null and valid_to is null),
        (select count(*) from mart.bridge_queue_members)
    ),
    (
        'bridge_queue_wrapup_codes',
        (select count(*) from genesys.queue_wrapup_codes where deleted_at is null and valid_to is null),
        (select count(*) from mart.bridge_queue_wrapup_codes)
    )
),

queue_holes as (
    select queues.queue_id
    from (
        select
            history.queue_id,
            history.valid_to_at,
            lead(history.valid_from_at) over (partition by history.queue_id order by history.version_no) as next_from_at
        from mart.dim_queues_history as history
    ) as queues
    where queues.next_from_at is distinct from queues.valid_to_at and queues.next_from_at is not null
)

select
    counts.relation,
    counts.stored_count,
    counts.mart_count
from counts
where counts.stored_count <> counts.mart_count

union all

select
    'dim_queues_history',
    count(*),
    0
from queue_holes
having count(*) > 0
