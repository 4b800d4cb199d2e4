-- One row per group, deleted ones included, as it is now.
create view mart.dim_groups as
with
groups as (
    select * from genesys.groups where valid_to is null
),

final as (
    select
        groups.group_id,

        groups.name as group_name,
        groups.description,
        groups.state,
        groups.type as group_type,
        groups.visibility,

        groups.member_count,

        coalesce(groups.state = 'active', false) and groups.deleted_at is null as is_active,
        coalesce(groups.state = 'deleted', false) or groups.deleted_at is not null as is_deleted,

        groups.date_modified as modified_at,
        groups.deleted_at
    from groups
)

select * from final;

comment on view mart.dim_groups is 'One row per group, deleted ones included. Source: the directory, /api/v2/groups.';
comment on column mart.dim_groups.group_id is 'Group; the key of this relation.';
comment on column mart.dim_groups.group_name is 'Current or last known name.';
comment on column mart.dim_groups.description is 'Description in Genesys Cloud.';
comment on column mart.dim_groups.state is 'active, inactive or deleted. Directory state.';
comment on column mart.dim_groups.group_type is 'official or social. Directory type.';
comment on column mart.dim_groups.visibility is 'public, owners or members: who sees it in Genesys Cloud. Directory visibility.';
comment on column mart.dim_groups.member_count is 'Members now. Directory memberCount.';
comment on column mart.dim_groups.is_active is 'True where the group is active and listed.';
comment on column mart.dim_groups.is_deleted is 'True where the group is in state deleted or no longer listed.';
comment on column mart.dim_groups.modified_at is 'Last change in Genesys Cloud, instant, shown in the zone of your session.';
comment on column mart.dim_groups.deleted_at is 'When it was first missing from the directory, instant, shown in the zone of your session; null while it exists.';
