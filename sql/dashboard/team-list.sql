-- One row per team, for choosing.
-- @definitions dim_teams
select
    teams.team_id,
    teams.team_name,
    teams.member_count
from mart.dim_teams as teams
where not teams.is_deleted
order by lower(teams.team_name), teams.team_id
