-- One row per user, for choosing.
-- @definitions dim_users
select
    users.user_id,
    users.user_name,
    users.division_id,
    users.division_name,
    users.title,
    users.is_deleted
from mart.dim_users as users
order by users.is_deleted, lower(users.user_name), users.user_id
