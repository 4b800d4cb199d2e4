-- One row per flow, deleted ones included, as it is now.
create view mart.dim_flows as
with
flows as (
    select * from genesys.flows where valid_to is null
),

divisions as (
    select * from genesys.divisions where valid_to is null
),

final as (
    select
        flows.flow_id,
        flows.division_id,

        flows.name as flow_name,
        flows.description,
        flows.type as flow_type,
        flows.published_version,
        divisions.name as division_name,

        coalesce(flows.is_active, false) as is_active,
        coalesce(flows.is_system, false) as is_system,
        flows.deleted_at is not null as is_deleted,

        flows.deleted_at
    from flows
    left join divisions on divisions.division_id = flows.division_id
)

select * from final;

comment on view mart.dim_flows is 'One row per Architect flow (IVR, bot, in-queue, survey and others), deleted ones included. Source: the directory, /api/v2/flows.';
comment on column mart.dim_flows.flow_id is 'Flow; the key of this relation.';
comment on column mart.dim_flows.division_id is 'Division of the flow. See dim_divisions.';
comment on column mart.dim_flows.flow_name is 'Current or last known name.';
comment on column mart.dim_flows.description is 'Description in Genesys Cloud.';
comment on column mart.dim_flows.flow_type is 'Kind as the directory writes it, without spaces: INBOUNDCALL, BOT, INQUEUECALL, … Directory type. See dim_enums.';
comment on column mart.dim_flows.published_version is 'Version that is in use; null where none was published. Directory publishedVersion.id.';
comment on column mart.dim_flows.division_name is 'Current name of the division.';
comment on column mart.dim_flows.is_active is 'True where the flow is active. Directory active.';
comment on column mart.dim_flows.is_system is 'True for flows that Genesys brings. Directory system.';
comment on column mart.dim_flows.is_deleted is 'True where the directory marks the flow as deleted or no longer lists it.';
comment on column mart.dim_flows.deleted_at is 'When it was first seen as deleted or missing, instant, shown in the zone of your session; null while it exists.';
