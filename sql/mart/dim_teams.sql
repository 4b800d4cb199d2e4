-- One row per team, deleted ones included, as it is now.
create view mart.dim_teams as
with
teams as (
    select * from genesys.teams where valid_to is null
),

divisions as (
    select * from genesys.divisions where valid_to is null
),

final as (
    select
        teams.team_id,
        teams.division_id,

        teams.name as team_name,
        teams.description,
        divisions.name as division_name,

        teams.member_count,

        teams.deleted_at is not null as is_deleted,

        teams.date_created as created_at,
        teams.date_modified as modified_at,
        teams.deleted_at
    from teams
    left join divisions on divisions.division_id = teams.division_id
)

select * from final;

comment on view mart.dim_teams is 'One row per team, deleted ones included, as it is now. Source: the directory, /api/v2/teams.';
comment on column mart.dim_teams.team_id is 'Team; the key of this relation.';
comment on column mart.dim_teams.division_id is 'Division of the team. See dim_divisions.';
comment on column mart.dim_teams.team_name is 'Current or last known name.';
comment on column mart.dim_teams.description is 'Description in Genesys Cloud.';
comment on column mart.dim_teams.division_name is 'Current name of the division.';
comment on column mart.dim_teams.member_count is 'Members now. Directory memberCount.';
comment on column mart.dim_teams.is_deleted is 'True where the directory no longer lists the team.';
comment on column mart.dim_teams.created_at is 'Creation in Genesys Cloud, instant, shown in the zone of your session.';
comment on column mart.dim_teams.modified_at is 'Last change in Genesys Cloud, instant, shown in the zone of your session.';
comment on column mart.dim_teams.deleted_at is 'When it was first missing from the directory, instant, shown in the zone of your session; null while it exists.';
