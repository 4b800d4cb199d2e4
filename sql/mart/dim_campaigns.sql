-- One row per outbound campaign, deleted ones included, as it is now.
create view mart.dim_campaigns as
with
campaigns as (
    select * from genesys.campaigns where valid_to is null
),

contact_lists as (
    select * from genesys.contact_lists where valid_to is null
),

queues as (
    select * from genesys.queues where valid_to is null
),

divisions as (
    select * from genesys.divisions where valid_to is null
),

final as (
    select
        campaigns.campaign_id,
        campaigns.contact_list_id,
        campaigns.queue_id,
        campaigns.division_id,

        campaigns.name as campaign_name,
        campaigns.dialing_mode,
        campaigns.campaign_status,
        contact_lists.name as contact_list_name,
        queues.name as queue_name,
        divisions.name as division_name,

        campaigns.deleted_at is not null as is_deleted,

        campaigns.date_created as created_at,
        campaigns.date_modified as modified_at,
        campaigns.deleted_at
    from campaigns
    left join contact_lists on contact_lists.contact_list_id = campaigns.contact_list_id
    left join queues on queues.queue_id = campaigns.queue_id
    left join divisions on divisions.division_id = campaigns.division_id
)

select * from final;

comment on view mart.dim_campaigns is 'One row per outbound campaign, deleted ones included. Source: the directory, /api/v2/outbound/campaigns.';
comment on column mart.dim_campaigns.campaign_id is 'Campaign; the key of this relation.';
comment on column mart.dim_campaigns.contact_list_id is 'Contact list that it dials now. See dim_contact_lists.';
comment on column mart.dim_campaigns.queue_id is 'Queue whose agents it serves now. See dim_queues.';
comment on column mart.dim_campaigns.division_id is 'Division of the campaign. See dim_divisions.';
comment on column mart.dim_campaigns.campaign_name is 'Current or last known name.';
comment on column mart.dim_campaigns.dialing_mode is 'agentless, preview, power, predictive, progressive or external. Directory dialingMode.';
comment on column mart.dim_campaigns.campaign_status is 'on, stopping, off, complete or invalid, when the directory was last read. Directory campaignStatus.';
comment on column mart.dim_campaigns.contact_list_name is 'Current name of the contact list.';
comment on column mart.dim_campaigns.queue_name is 'Current name of the queue.';
comment on column mart.dim_campaigns.division_name is 'Current name of the division.';
comment on column mart.dim_campaigns.is_deleted is 'True where the directory no longer lists the campaign.';
comment on column mart.dim_campaigns.created_at is 'Creation in Genesys Cloud, instant, shown in the zone of your session.';
comment on column mart.dim_campaigns.modified_at is 'Last change in Genesys Cloud, instant, shown in the zone of your session.';
comment on column mart.dim_campaigns.deleted_at is 'When it was first missing from the directory, instant, shown in the zone of your session; null while it exists.';
