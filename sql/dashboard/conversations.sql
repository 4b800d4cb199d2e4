-- One row per conversation of a span that fits: the latest thousand.
-- @parameters from: instant, to: instant, queues: uuids?, users: uuids?, media: texts?, causes: texts?
-- @definitions fct_conversations dim_queues
-- @column queue_name: Name of the last queue that held it or that it was handled for.
-- @column user_names: Names of the agents who took part, each once.
-- @column wrapup_names: Wrap-up codes of its agent sessions that count in reports, each once.
-- @column wrapup_causes: Why agent sessions of it, or the conversation itself where no agent took part, have no real code, each once.
with
-- Found before their sessions are read: a conversation and its sessions lie beside each other under one key.
fitting as (
    select conversations.*
    from mart.fct_conversations as conversations
    where
        conversations.started_at >= :from
        and conversations.started_at < :to
        and (:media is null or conversations.media_type = any(:media))
        and (
            :queues is null
            or conversations.first_queue_id = any(:queues)
            or conversations.last_queue_id = any(:queues)
        )
        and (
            (:users is null and :causes is null)
            or (:users is null and conversations.wrapup_cause = any(:causes))
            or exists (
                select
                from mart.fct_agent_sessions as sessions
                where
                    sessions.conversation_id = conversations.conversation_id
                    and sessions.conversation_started_at = conversations.started_at
                    and (:users is null or sessions.user_id = any(:users))
                    and (:causes is null or sessions.wrapup_cause = any(:causes))
            )
        )
    order by conversations.started_at desc, conversations.conversation_id
    limit 1000
)

select
    fitting.started_local,
    fitting.conversation_id,
    fitting.originating_direction,
    fitting.media_types,
    queues.queue_name,
    sessions.user_names,
    fitting.duration_seconds,
    fitting.handle_seconds,
    sessions.wrapup_names,
    coalesce(sessions.wrapup_causes, fitting.wrapup_cause) as wrapup_causes,
    fitting.is_abandoned,
    fitting.is_open
from fitting
left join mart.dim_queues as queues on queues.queue_id = fitting.last_queue_id
left join lateral (
    select
        string_agg(distinct sessions.user_name, ', ') as user_names,
        string_agg(distinct sessions.effective_wrapup_name, ', ')
            filter (where sessions.is_coded or sessions.wrapup_source in ('rule', 'survey')) as wrapup_names,
        string_agg(distinct sessions.wrapup_cause, ', ') as wrapup_causes
    from mart.fct_agent_sessions as sessions
    where
        sessions.conversation_id = fitting.conversation_id
        and sessions.conversation_started_at = fitting.started_at
) as sessions on true
order by fitting.started_at desc, fitting.conversation_id
