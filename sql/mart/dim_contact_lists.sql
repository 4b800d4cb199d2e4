-- One row per contact list, deleted ones included, as it is now.
create view mart.dim_contact_lists as
with
contact_lists as (
    select * from genesys.contact_lists where valid_to is null
),

divisions as (
    select * from genesys.divisions where valid_to is null
),

final as (
    select
        contact_lists.contact_list_id,
        contact_lists.division_id,

        contact_lists.name as contact_list_name,
        divisions.name as division_name,

        contact_lists.size as contact_count,

        contact_lists.deleted_at is not null as is_deleted,

        contact_lists.date_created as created_at,
        contact_lists.date_modified as modified_at,
        contact_lists.deleted_at
    from contact_lists
    left join divisions on divisions.division_id = contact_lists.division_id
)

select * from final;

comment on view mart.dim_contact_lists is 'One row per contact list of outbound campaigns, deleted ones included. Source: the directory, /api/v2/outbound/contactlists.';
comment on column mart.dim_contact_lists.contact_list_id is 'Contact list; the key of this relation.';
comment on column mart.dim_contact_lists.division_id is 'Division of the list. See dim_divisions.';
comment on column mart.dim_contact_lists.contact_list_name is 'Current or last known name.';
comment on column mart.dim_contact_lists.division_name is 'Current name of the division.';
comment on column mart.dim_contact_lists.contact_count is 'Contacts in it when the directory was last read. Directory size.';
comment on column mart.dim_contact_lists.is_deleted is 'True where the directory no longer lists the contact list.';
comment on column mart.dim_contact_lists.created_at is 'Creation in Genesys Cloud, instant, shown in the zone of your session.';
comment on column mart.dim_contact_lists.modified_at is 'Last change in Genesys Cloud, instant, shown in the zone of your session.';
comment on column mart.dim_contact_lists.deleted_at is 'When it was first missing from the directory, instant, shown in the zone of your session; null while it exists.';
