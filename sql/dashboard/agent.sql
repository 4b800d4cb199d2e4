-- One row: one user as the directory has it today.
-- @parameters user: uuid
-- @definitions dim_users
select
    users.user_id,
    users.user_name,
    users.title,
    users.team_name,
    users.division_name,
    users.is_deleted
from mart.dim_users as users
where users.user_id = :user
