-- One row per conversation of a span that fits, the latest first.
-- @parameters from: instant, to: instant, queues: uuids?, users: uuids?, media: texts?, causes: texts?
-- @definitions fct_conversations dim_queues
-- @column queue_name: Name of the last queue that held it or that it was handled for.
-- @column user_names: Names of the agents who took part, each once.
-- @column wrapup_names: Wrap-up codes of its agent sessions that count in reports, each once.
-- @column wrapup_causes: Why agent sessions of it, or the conversation itself where no agent took part, have no real code, each once.
with
sessions as (
    select
        sessions.conversation_id,
        string_agg(distinct sessions.user_name, ', ') as user_names,
        string_agg(distinct sessions.effective_wrapup_name, ', ')
            filter (where sessions.is_coded or sessions.wrapup_source in ('rule', 'survey')) as wrapup_names,
        string_agg(distinct sessions.wrapup_cause, ', ') as wrapup_causes,
        bool_or(sessions.queue_id = any(:queues)) as has_queue,
        bool_or(sessions.user_id = any(:users)) as has_user,
        bool_or(sessions.media_type = any(:media)) as has_media,
        bool_or(sessions.wrapup_cause = any(:causes)) as has_cause
    from mart.fct_agent_sessions as sessions
    where
        sessions.conversation_started_at >= :from
        and sessions.conversation_started_at < :to
    group by sessions.conversation_id
)

select
    conversations.started_local,
    conversations.conversation_id,
    conversations.originating_direction,
    conversations.media_types,
    queues.queue_name,
    sessions.user_names,
    conversations.duration_seconds,
    conversations.handle_seconds,
    sessions.wrapup_names,
    coalesce(sessions.wrapup_causes, conversations.wrapup_cause) as wrapup_causes,
    conversations.is_abandoned,
    conversations.is_open
from mart.fct_conversations as conversations
left join sessions on sessions.conversation_id = conversations.conversation_id
left join mart.dim_queues as queues on queues.queue_id = conversations.last_queue_id
where
    conversations.started_at >= :from
    and conversations.started_at < :to
    and (
        :queues is null
        or sessions.has_queue
        or conversations.first_queue_id = any(:queues)
        or conversations.last_queue_id = any(:queues)
    )
    and (:users is null or sessions.has_user)
    and (:media is null or sessions.has_media or conversations.media_type = any(:media))
    and (:causes is null or sessions.has_cause or conversations.wrapup_cause = any(:causes))
order by conversations.started_at desc, conversations.conversation_id
