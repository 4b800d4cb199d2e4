-- One row per location, deleted ones included, as it is now.
create view mart.dim_locations as
with
locations as (
    select * from genesys.locations where valid_to is null
),

final as (
    select
        locations.location_id,

        locations.name as location_name,
        locations.state,
        locations.address ->> 'city' as city,
        locations.address ->> 'state' as region,
        locations.address ->> 'country' as country,

        coalesce(locations.state = 'deleted', false) or locations.deleted_at is not null as is_deleted,

        locations.deleted_at
    from locations
)

select * from final;

comment on view mart.dim_locations is 'One row per location (site), deleted ones included. Source: the directory, /api/v2/locations.';
comment on column mart.dim_locations.location_id is 'Location; the key of this relation.';
comment on column mart.dim_locations.location_name is 'Current or last known name.';
comment on column mart.dim_locations.state is 'active or deleted. Directory state.';
comment on column mart.dim_locations.city is 'City of the address; null where none is kept. Directory address.city.';
comment on column mart.dim_locations.region is 'State or province of the address. Directory address.state.';
comment on column mart.dim_locations.country is 'Country of the address, as the directory has it: a code such as DE. Directory address.country.';
comment on column mart.dim_locations.is_deleted is 'True where the location is in state deleted or no longer listed.';
comment on column mart.dim_locations.deleted_at is 'When it was first missing from the directory, instant, shown in the zone of your session; null while it exists.';
