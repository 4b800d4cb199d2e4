-- One row per division, for choosing.
-- @definitions dim_divisions
select
    divisions.division_id,
    divisions.division_name
from mart.dim_divisions as divisions
where not divisions.is_deleted
order by lower(divisions.division_name), divisions.division_id
