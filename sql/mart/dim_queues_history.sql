-- One row per queue and period in which its name, division, after-call-work setting and service-level targets were valid.
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
        genesys.json_number(queues.media_settings #> '{call,serviceLevel,durationMs}') * 0.001 as voice_target_seconds,
        genesys.json_number(queues.media_settings #> '{call,serviceLevel,percentage}') as voice_target_rate,
        genesys.json_number(queues.media_settings #> '{callback,serviceLevel,durationMs}') * 0.001 as callback_target_seconds,
        genesys.json_number(queues.media_settings #> '{callback,serviceLevel,percentage}') as callback_target_rate,
        genesys.json_number(queues.media_settings #> '{chat,serviceLevel,durationMs}') * 0.001 as chat_target_seconds,
        genesys.json_number(queues.media_settings #> '{chat,serviceLevel,percentage}') as chat_target_rate,
        genesys.json_number(queues.media_settings #> '{email,serviceLevel,durationMs}') * 0.001 as email_target_seconds,
        genesys.json_number(queues.media_settings #> '{email,serviceLevel,percentage}') as email_target_rate,
        genesys.json_number(queues.media_settings #> '{message,serviceLevel,durationMs}') * 0.001 as message_target_seconds,
        genesys.json_number(queues.media_settings #> '{message,serviceLevel,percentage}') as message_target_rate,

        queues.valid_to is null as is_current,
        queues.deleted_at is not null as is_deleted,

        queues.valid_from as valid_from_at,
        coalesce(queues.valid_to, queues.deleted_at) as valid_to_at
    from queues
    left join divisions on divisions.division_id = queues.division_id
)

select * from final;

comment on view mart.dim_queues_history is 'One row per queue and period in which its name, division, after-call-work setting and service-level targets were valid: what they were on a past day. Source: history of the directory, from the first time it was read; nothing is known of the time before.';
comment on column mart.dim_queues_history.queue_id is 'Queue; with valid_from_at the key of this relation. See dim_queues.';
comment on column mart.dim_queues_history.division_id is 'Division of the queue at that time. See dim_divisions.';
comment on column mart.dim_queues_history.queue_name is 'Name at that time.';
comment on column mart.dim_queues_history.division_name is 'Current name of that division.';
comment on column mart.dim_queues_history.acw_wrapup_prompt is 'How agents were asked for a code at that time: OPTIONAL, MANDATORY, MANDATORY_TIMEOUT, MANDATORY_FORCED_TIMEOUT or AGENT_REQUESTED. Directory acwSettings.wrapupPrompt.';
comment on column mart.dim_queues_history.version_no is '1 for the earliest known, then ascending.';
comment on column mart.dim_queues_history.acw_timeout_seconds is 'Time limit of after-call work at that time in seconds; null without. Directory acwSettings.timeoutMs.';
comment on column mart.dim_queues_history.voice_target_seconds is 'Service-level target for voice at that time: to be answered within so many seconds; null where none was set. Directory mediaSettings.call.serviceLevel.durationMs.';
comment on column mart.dim_queues_history.voice_target_rate is 'Service-level target for voice at that time: the share to be answered in time, a fraction. Directory mediaSettings.call.serviceLevel.percentage.';
comment on column mart.dim_queues_history.callback_target_seconds is 'Service-level target for callback at that time: to be answered within so many seconds; null where none was set. Directory mediaSettings.callback.serviceLevel.durationMs.';
comment on column mart.dim_queues_history.callback_target_rate is 'Service-level target for callback at that time: the share to be answered in time, a fraction. Directory mediaSettings.callback.serviceLevel.percentage.';
comment on column mart.dim_queues_history.chat_target_seconds is 'Service-level target for chat at that time: to be answered within so many seconds; null where none was set. Directory mediaSettings.chat.serviceLevel.durationMs.';
comment on column mart.dim_queues_history.chat_target_rate is 'Service-level target for chat at that time: the share to be answered in time, a fraction. Directory mediaSettings.chat.serviceLevel.percentage.';
comment on column mart.dim_queues_history.email_target_seconds is 'Service-level target for email at that time: to be answered within so many seconds; null where none was set. Directory mediaSettings.email.serviceLevel.durationMs.';
comment on column mart.dim_queues_history.email_target_rate is 'Service-level target for email at that time: the share to be answered in time, a fraction. Directory mediaSettings.email.serviceLevel.percentage.';
comment on column mart.dim_queues_history.message_target_seconds is 'Service-level target for message at that time: to be answered within so many seconds; null where none was set. Directory mediaSettings.message.serviceLevel.durationMs.';
comment on column mart.dim_queues_history.message_target_rate is 'Service-level target for message at that time: the share to be answered in time, a fraction. Directory mediaSettings.message.serviceLevel.percentage.';
comment on column mart.dim_queues_history.is_current is 'True for the latest, which dim_queues shows.';
comment on column mart.dim_queues_history.is_deleted is 'True where the directory no longer lists the queue.';
comment on column mart.dim_queues_history.valid_from_at is 'First reading of the directory that showed this, instant, shown in the zone of your session.';
comment on column mart.dim_queues_history.valid_to_at is 'First reading that showed something else, or the queue no more, instant, shown in the zone of your session, exclusive; null while it is current.';
