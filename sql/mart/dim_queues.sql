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
        queues.scoring_method,
        queues.skill_evaluation_method,

        queues.acw_timeout_ms * 0.001 as acw_timeout_seconds,
        queues.member_count,
        genesys.json_number(queues.media_settings #> '{call,serviceLevel,durationMs}') * 0.001 as voice_target_seconds,
        genesys.json_number(queues.media_settings #> '{call,serviceLevel,percentage}') as voice_target_rate,
        genesys.json_number(queues.media_settings #> '{call,alertingTimeoutSeconds}') as voice_alerting_seconds,

        genesys.json_number(queues.media_settings #> '{callback,serviceLevel,durationMs}') * 0.001 as callback_target_seconds,
        genesys.json_number(queues.media_settings #> '{callback,serviceLevel,percentage}') as callback_target_rate,
        genesys.json_number(queues.media_settings #> '{callback,alertingTimeoutSeconds}') as callback_alerting_seconds,

        genesys.json_number(queues.media_settings #> '{chat,serviceLevel,durationMs}') * 0.001 as chat_target_seconds,
        genesys.json_number(queues.media_settings #> '{chat,serviceLevel,percentage}') as chat_target_rate,
        genesys.json_number(queues.media_settings #> '{chat,alertingTimeoutSeconds}') as chat_alerting_seconds,

        genesys.json_number(queues.media_settings #> '{email,serviceLevel,durationMs}') * 0.001 as email_target_seconds,
        genesys.json_number(queues.media_settings #> '{email,serviceLevel,percentage}') as email_target_rate,
        genesys.json_number(queues.media_settings #> '{email,alertingTimeoutSeconds}') as email_alerting_seconds,

        genesys.json_number(queues.media_settings #> '{message,serviceLevel,durationMs}') * 0.001 as message_target_seconds,
        genesys.json_number(queues.media_settings #> '{message,serviceLevel,percentage}') as message_target_rate,
        genesys.json_number(queues.media_settings #> '{message,alertingTimeoutSeconds}') as message_alerting_seconds,

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
comment on column mart.dim_queues.scoring_method is 'Which conversation is next: TimestampAndPriority or PriorityOnly. Directory scoringMethod.';
comment on column mart.dim_queues.skill_evaluation_method is 'How skills choose the agent: NONE, BEST or ALL. Directory skillEvaluationMethod.';
comment on column mart.dim_queues.acw_timeout_seconds is 'Time limit of after-call work in seconds; null without. Directory acwSettings.timeoutMs.';
comment on column mart.dim_queues.member_count is 'Members now. Directory memberCount.';
comment on column mart.dim_queues.voice_target_seconds is 'Service-level target for voice now: to be answered within so many seconds; null where none is set. Directory mediaSettings.call.serviceLevel.durationMs.';
comment on column mart.dim_queues.voice_target_rate is 'Service-level target for voice now: the share to be answered in time, a fraction. Directory mediaSettings.call.serviceLevel.percentage.';
comment on column mart.dim_queues.voice_alerting_seconds is 'How long an agent is alerted for voice before the next is tried, in seconds. Directory mediaSettings.call.alertingTimeoutSeconds.';
comment on column mart.dim_queues.callback_target_seconds is 'Service-level target for callback now: to be answered within so many seconds; null where none is set. Directory mediaSettings.callback.serviceLevel.durationMs.';
comment on column mart.dim_queues.callback_target_rate is 'Service-level target for callback now: the share to be answered in time, a fraction. Directory mediaSettings.callback.serviceLevel.percentage.';
comment on column mart.dim_queues.callback_alerting_seconds is 'How long an agent is alerted for callback before the next is tried, in seconds. Directory mediaSettings.callback.alertingTimeoutSeconds.';
comment on column mart.dim_queues.chat_target_seconds is 'Service-level target for chat now: to be answered within so many seconds; null where none is set. Directory mediaSettings.chat.serviceLevel.durationMs.';
comment on column mart.dim_queues.chat_target_rate is 'Service-level target for chat now: the share to be answered in time, a fraction. Directory mediaSettings.chat.serviceLevel.percentage.';
comment on column mart.dim_queues.chat_alerting_seconds is 'How long an agent is alerted for chat before the next is tried, in seconds. Directory mediaSettings.chat.alertingTimeoutSeconds.';
comment on column mart.dim_queues.email_target_seconds is 'Service-level target for email now: to be answered within so many seconds; null where none is set. Directory mediaSettings.email.serviceLevel.durationMs.';
comment on column mart.dim_queues.email_target_rate is 'Service-level target for email now: the share to be answered in time, a fraction. Directory mediaSettings.email.serviceLevel.percentage.';
comment on column mart.dim_queues.email_alerting_seconds is 'How long an agent is alerted for email before the next is tried, in seconds. Directory mediaSettings.email.alertingTimeoutSeconds.';
comment on column mart.dim_queues.message_target_seconds is 'Service-level target for message now: to be answered within so many seconds; null where none is set. Directory mediaSettings.message.serviceLevel.durationMs.';
comment on column mart.dim_queues.message_target_rate is 'Service-level target for message now: the share to be answered in time, a fraction. Directory mediaSettings.message.serviceLevel.percentage.';
comment on column mart.dim_queues.message_alerting_seconds is 'How long an agent is alerted for message before the next is tried, in seconds. Directory mediaSettings.message.alertingTimeoutSeconds.';
comment on column mart.dim_queues.is_deleted is 'True where the directory no longer lists the queue.';
comment on column mart.dim_queues.created_at is 'Creation in Genesys Cloud, instant, shown in the zone of your session.';
comment on column mart.dim_queues.modified_at is 'Last change in Genesys Cloud, instant, shown in the zone of your session.';
comment on column mart.dim_queues.deleted_at is 'When it was first missing from the directory, instant, shown in the zone of your session; null while it exists.';
