-- One row per division, deleted ones included, as it is now.
create view mart.dim_divisions as
with
divisions as (
    select * from genesys.divisions where valid_to is null
),

final as (
    select
        divisions.division_id,

        divisions.name as division_name,
        divisions.description,

        coalesce(divisions.is_home_division, false) as is_home_division,
        divisions.deleted_at is not null as is_deleted,

        divisions.deleted_at
    from divisions
)

select * from final;

comment on view mart.dim_divisions is 'One row per division, deleted ones included. Source: the directory, /api/v2/authorization/divisions.';
comment on column mart.dim_divisions.division_id is 'Division; the key of this relation.';
comment on column mart.dim_divisions.division_name is 'Current or last known name.';
comment on column mart.dim_divisions.description is 'Description in Genesys Cloud.';
comment on column mart.dim_divisions.is_home_division is 'True for the division that every organisation has.';
comment on column mart.dim_divisions.is_deleted is 'True where the directory no longer lists the division.';
comment on column mart.dim_divisions.deleted_at is 'When it was first missing from the directory, instant, shown in the zone of your session; null while it exists.';
