-- One row per queue and period in which its name, division and after-call-work setting were valid.
create view mart.dim_queues_history as
with
queues as (
    select * from genesys.queues
),

divisions as (
    select * from genesys.divisions where valid_to is null
),

final as (
    select
        queues.queue_id,
        queues.division_id,

        queues.name as queue_name,
        divisions.name as division_name,
        queues.acw_wrapup_prompt,

        row_number() over (partition by queues.queue_id order by queues.valid_from)::integer as version_no,
        queues.acw_timeout_ms * 0.001 as acw_timeout_seconds,

        queues.valid_to is null as is_current,
        queues.deleted_at is not null as is_deleted,

        queues.valid_from as valid_from_at,
        coalesce(queues.valid_to, queues.deleted_at) as valid_to_at
    from queues
    left join divisions on divisions.division_id = queues.division_id
)

select * from final;

comment on view mart.dim_queues_history is 'One row per queue and period in which its name, division and after-call-work setting were valid: what they were on a past day. Source: history of the directory, from the first time it was read; nothing is known of the time before.';
comment on column mart.dim_queues_history.queue_id is 'Queue; with valid_from_at the key of this relation. See dim_queues.';
comment on column mart.dim_queues_history.division_id is 'Division of the queue at that time. See dim_divisions.';
comment on column mart.dim_queues_history.queue_name is 'Name at that time.';
comment on column mart.dim_queues_history.division_name is 'Current name of that division.';
comment on column mart.dim_queues_history.acw_wrapup_prompt is 'How agents were asked for a code at that time: OPTIONAL, MANDATORY, MANDATORY_TIMEOUT, MANDATORY_FORCED_TIMEOUT or AGENT_REQUESTED. Directory acwSettings.wrapupPrompt.';
comment on column mart.dim_queues_history.version_no is '1 for the earliest known, then counted up.';
comment on column mart.dim_queues_history.acw_timeout_seconds is 'Time limit of after-call work at that time in seconds; null without. Directory acwSettings.timeoutMs.';
comment on column mart.dim_queues_history.is_current is 'True for the latest, which dim_queues shows.';
comment on column mart.dim_queues_history.is_deleted is 'True where the directory no longer lists the queue.';
comment on column mart.dim_queues_history.valid_from_at is 'First reading of the directory that showed this, UTC instant.';
comment on column mart.dim_queues_history.valid_to_at is 'First reading that showed something else, or the queue no more, UTC instant, exclusive; null while it is current.';
