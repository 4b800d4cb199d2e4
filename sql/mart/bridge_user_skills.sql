-- One row per user × routing skill that the user has now.
create view mart.bridge_user_skills as
with
users as (
    select * from genesys.users where valid_to is null
),

skills as (
    select
        users.user_id,
        users.deleted_at,
        genesys.json_uuid(skill.value -> 'id') as skill_id,
        skill.value ->> 'state' as state,
        genesys.json_number(skill.value -> 'proficiency') as proficiency,
        row_number() over (partition by users.user_id, skill.value ->> 'id' order by skill.position) as duplicate_no
    from users
    cross join jsonb_array_elements(
        case when jsonb_typeof(users.extra -> 'skills') = 'array' then users.extra -> 'skills' end
    ) with ordinality as skill (value, position)
),

final as (
    select
        skills.user_id,
        skills.skill_id,

        skills.proficiency,

        coalesce(skills.state = 'active', true) and skills.deleted_at is null as is_active
    from skills
    where skills.skill_id is not null and skills.duplicate_no = 1
)

select * from final;

comment on view mart.bridge_user_skills is 'One row per user and routing skill of the user now: links dim_users and dim_skills, which are many to many. Source: the directory, /api/v2/users, expanded by skills.';
comment on column mart.bridge_user_skills.user_id is 'User; with skill_id the key of this relation. See dim_users.';
comment on column mart.bridge_user_skills.skill_id is 'Skill. See dim_skills.';
comment on column mart.bridge_user_skills.proficiency is 'How good the user is at it, 0 to 5. Directory skills.proficiency.';
comment on column mart.bridge_user_skills.is_active is 'True where the skill is active and the user is listed. Directory skills.state.';
