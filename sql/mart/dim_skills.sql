-- One row per routing skill, deleted ones included, as it is now.
create view mart.dim_skills as
with
skills as (
    select * from genesys.skills where valid_to is null
),

final as (
    select
        skills.skill_id,

        skills.name as skill_name,
        skills.state,

        coalesce(skills.state = 'active', false) and skills.deleted_at is null as is_active,
        coalesce(skills.state = 'deleted', false) or skills.deleted_at is not null as is_deleted,

        skills.date_modified as modified_at,
        skills.deleted_at
    from skills
)

select * from final;

comment on view mart.dim_skills is 'One row per routing skill (ACD skill), deleted ones included. Source: the directory, /api/v2/routing/skills.';
comment on column mart.dim_skills.skill_id is 'Skill; the key of this relation.';
comment on column mart.dim_skills.skill_name is 'Current or last known name.';
comment on column mart.dim_skills.state is 'active, inactive or deleted. Directory state.';
comment on column mart.dim_skills.is_active is 'True where the skill is active and listed.';
comment on column mart.dim_skills.is_deleted is 'True where the skill is in state deleted or no longer listed.';
comment on column mart.dim_skills.modified_at is 'Last change in Genesys Cloud, instant, shown in the zone of your session.';
comment on column mart.dim_skills.deleted_at is 'When it was first missing from the directory, instant, shown in the zone of your session; null while it exists.';
