-- One row per queue, deleted ones included, as it is now.
create view mart.dim_queues as
with
queues as (
    select * from genesys.queues where valid_to is null
),

divisions as (
    select * from genesys.divisions where valid_to is null
),

final as (
    select
        queues.queue_id,
        queues.division_id,

        queues.name as queue_name,
        queues.description,
        divisions.name as division_name,
        queues.acw_wrapup_prompt,

        queues.acw_timeout_ms * 0.001 as acw_timeout_seconds,
        queues.member_count,

        queues.deleted_at is not null as is_deleted,

        queues.date_created as created_at,
        queues.date_modified as modified_at,
        queues.deleted_at
    from queues
    left join divisions on divisions.division_id = queues.division_id
)

select * from final;

comment on view mart.dim_queues is 'One row per queue, deleted ones included, with its current settings. Source: the directory, /api/v2/routing/queues.';
comment on column mart.dim_queues.queue_id is 'Queue; the key of this relation.';
comment on column mart.dim_queues.division_id is 'Division of the queue. See dim_divisions.';
comment on column mart.dim_queues.queue_name is 'Current or last known name.';
comment on column mart.dim_queues.description is 'Description in Genesys Cloud.';
comment on column mart.dim_queues.division_name is 'Current name of the division.';
comment on column mart.dim_queues.acw_wrapup_prompt is 'How agents are asked for a code: OPTIONAL, MANDATORY, MANDATORY_TIMEOUT, MANDATORY_FORCED_TIMEOUT or AGENT_REQUESTED. Directory acwSettings.wrapupPrompt.';
comment on column mart.dim_queues.acw_timeout_seconds is 'Time limit of after-call work in seconds; null without. Directory acwSettings.timeoutMs.';
comment on column mart.dim_queues.member_count is 'Members now. Directory memberCount.';
comment on column mart.dim_queues.is_deleted is 'True where the directory no longer lists the queue.';
comment on column mart.dim_queues.created_at is 'Creation in Genesys Cloud, UTC instant.';
comment on column mart.dim_queues.modified_at is 'Last change in Genesys Cloud, UTC instant.';
comment on column mart.dim_queues.deleted_at is 'When it was first missing from the directory, UTC instant; null while it exists.';
