-- One row per presence definition of the organisation, deactivated and deleted ones included, as it is now.
create view mart.dim_presences as
with
presences as (
    select * from genesys.presences where valid_to is null
),

final as (
    select
        presences.presence_id as organization_presence_id,

        presences.name as organization_presence_name,
        -- Definitions write OnQueue what statuses and aggregates write ON_QUEUE.
        upper(regexp_replace(replace(presences.system_presence, ' ', '_'), '([a-z])([A-Z])', '\1_\2', 'g')) as status,
        presences.system_presence,

        coalesce(presences.is_deactivated, false) as is_deactivated,
        presences.deleted_at is not null as is_deleted,

        presences.deleted_at
    from presences
)

select * from final;

comment on view mart.dim_presences is 'One row per presence definition, deactivated and deleted ones included: what an agent can choose, and the system presence that it counts as. Source: the directory, /api/v2/presence/definitions.';
comment on column mart.dim_presences.organization_presence_id is 'Definition; the key of this relation.';
comment on column mart.dim_presences.organization_presence_name is 'Current or last known name.';
comment on column mart.dim_presences.status is 'System presence that the definition counts as, written as in fct_agent_statuses.status: AVAILABLE, BREAK, ON_QUEUE, …; null where the directory does not say.';
comment on column mart.dim_presences.system_presence is 'The same as the directory writes it: Available, Break, OnQueue, …';
comment on column mart.dim_presences.is_deactivated is 'True where it can no longer be chosen.';
comment on column mart.dim_presences.is_deleted is 'True where the directory no longer lists it.';
comment on column mart.dim_presences.deleted_at is 'When it was first missing from the directory, instant, shown in the zone of your session; null while it exists.';
