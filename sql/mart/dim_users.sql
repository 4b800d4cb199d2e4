-- One row per user in any state, deleted ones included, as it is now.
create view mart.dim_users as
with
users as (
    select * from genesys.users where valid_to is null
),

divisions as (
    select * from genesys.divisions where valid_to is null
),

teams as (
    select * from genesys.teams where valid_to is null
),

-- A user may be placed at several sites; reports group by the first one.
placements as (
    select
        users.user_id,
        coalesce(
            genesys.json_uuid(users.extra #> '{locations,0,locationDefinition,id}'),
            genesys.json_uuid(users.extra #> '{locations,0,id}')
        ) as location_id,
        users.extra #>> '{locations,0,locationDefinition,name}' as location_name
    from users
),

locations as (
    select * from genesys.locations where valid_to is null
),

final as (
    select
        users.user_id,
        users.division_id,
        users.team_id,
        users.manager_id,
        placements.location_id,

        users.name as user_name,
        users.email,
        users.username,
        users.title,
        users.department,
        users.state,
        divisions.name as division_name,
        coalesce(teams.name, users.extra #>> '{team,name}') as team_name,
        managers.name as manager_name,
        coalesce(locations.name, placements.location_name) as location_name,

        coalesce(users.state = 'active', false) and users.deleted_at is null as is_active,
        coalesce(users.state = 'deleted', false) or users.deleted_at is not null as is_deleted,

        users.deleted_at
    from users
    left join divisions on divisions.division_id = users.division_id
    left join teams on teams.team_id = users.team_id
    left join users as managers on managers.user_id = users.manager_id
    left join placements on placements.user_id = users.user_id
    left join locations on locations.location_id = placements.location_id
)

select * from final;

comment on view mart.dim_users is 'One row per user in any state, deleted ones included. Source: the directory, /api/v2/users.';
comment on column mart.dim_users.user_id is 'User; the key of this relation.';
comment on column mart.dim_users.division_id is 'Division of the user. See dim_divisions.';
comment on column mart.dim_users.team_id is 'Team of the user now. See dim_teams.';
comment on column mart.dim_users.manager_id is 'User who manages this one.';
comment on column mart.dim_users.location_id is 'Location of the user now, the first where there are several; null where none is set. See dim_locations. Directory locations.';
comment on column mart.dim_users.user_name is 'Current or last known name.';
comment on column mart.dim_users.email is 'E-mail address.';
comment on column mart.dim_users.username is 'Log-in name.';
comment on column mart.dim_users.title is 'Job title.';
comment on column mart.dim_users.department is 'Department.';
comment on column mart.dim_users.state is 'active, inactive or deleted. Directory state.';
comment on column mart.dim_users.division_name is 'Current name of the division.';
comment on column mart.dim_users.team_name is 'Current name of the team; null without one.';
comment on column mart.dim_users.manager_name is 'Current name of the manager.';
comment on column mart.dim_users.location_name is 'Current name of the location; null where none is set.';
comment on column mart.dim_users.is_active is 'True where the user is active and listed.';
comment on column mart.dim_users.is_deleted is 'True where the user is in state deleted or no longer listed.';
comment on column mart.dim_users.deleted_at is 'When the user was first seen as deleted or missing, instant, shown in the zone of your session; null before.';
