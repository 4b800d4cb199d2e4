-- One row per user and period in which name, division, team and state were valid.
create view mart.dim_users_history as
with
users as (
    select * from genesys.users
),

divisions as (
    select * from genesys.divisions where valid_to is null
),

teams as (
    select * from genesys.teams where valid_to is null
),

final as (
    select
        users.user_id,
        users.division_id,
        users.team_id,

        users.name as user_name,
        users.state,
        divisions.name as division_name,
        coalesce(teams.name, users.extra #>> '{team,name}') as team_name,

        row_number() over (partition by users.user_id order by users.valid_from)::integer as version_no,

        users.valid_to is null as is_current,
        coalesce(users.state = 'deleted', false) or users.deleted_at is not null as is_deleted,

        users.valid_from as valid_from_at,
        coalesce(users.valid_to, users.deleted_at) as valid_to_at
    from users
    left join divisions on divisions.division_id = users.division_id
    left join teams on teams.team_id = users.team_id
)

select * from final;

comment on view mart.dim_users_history is 'One row per user and period in which name, division, team and state were valid: what they were on a past day. Source: history of the directory, from the first time it was read; nothing is known of the time before.';
comment on column mart.dim_users_history.user_id is 'User; with valid_from_at the key of this relation. See dim_users.';
comment on column mart.dim_users_history.division_id is 'Division of the user at that time. See dim_divisions.';
comment on column mart.dim_users_history.team_id is 'Team of the user at that time. See dim_teams.';
comment on column mart.dim_users_history.user_name is 'Name at that time.';
comment on column mart.dim_users_history.state is 'active, inactive or deleted at that time. Directory state.';
comment on column mart.dim_users_history.division_name is 'Current name of that division.';
comment on column mart.dim_users_history.team_name is 'Current name of that team; null without one.';
comment on column mart.dim_users_history.version_no is '1 for the earliest known, then ascending.';
comment on column mart.dim_users_history.is_current is 'True for the latest, which dim_users shows.';
comment on column mart.dim_users_history.is_deleted is 'True where the user is in state deleted or no longer listed.';
comment on column mart.dim_users_history.valid_from_at is 'First reading of the directory that showed this, instant, shown in the zone of your session.';
comment on column mart.dim_users_history.valid_to_at is 'First reading that showed something else, or the user no more, instant, shown in the zone of your session, exclusive; null while it is current.';
