-- One row per stretch of a conversation: who was in which state from when to when.
-- @parameters conversation: uuid, zone: zone
-- @definitions fct_agent_sessions
-- @column lane: Who: the queue, or the agent.
-- @column kind: What: queue, alert, contact, acw.
-- @column from_local: Begin in the reporting zone.
-- @column to_local: End in the reporting zone; of what lasts, the time of the question.
-- @column detail: What else is known of it.
with
legs as (
    select
        legs.participant_no,
        legs.session_no,
        coalesce(legs.queue_name, 'No queue') as lane,
        'queue' as kind,
        legs.started_at as from_at,
        coalesce(legs.ended_at, now()) as to_at,
        legs.outcome as detail
    from mart.fct_queue_legs as legs
    where legs.conversation_id = :conversation
),

sessions as (
    select
        sessions.*,
        coalesce(sessions.user_name, 'Agent') as lane,
        coalesce(sessions.ended_at, now()) as end_at,
        coalesce(sessions.ended_at, now()) - coalesce(sessions.acw_seconds, 0) * interval '1 second' as acw_at
    from mart.fct_agent_sessions as sessions
    where sessions.conversation_id = :conversation
),

parts as (
    select
        sessions.participant_no,
        sessions.session_no,
        sessions.lane,
        parts.kind,
        parts.from_at,
        parts.to_at,
        sessions.media_type as detail
    from sessions
    cross join lateral (
        values
        ('alert', sessions.started_at, coalesce(sessions.connected_at, sessions.end_at)),
        ('contact', sessions.connected_at, greatest(sessions.acw_at, sessions.connected_at)),
        ('acw', greatest(sessions.acw_at, sessions.connected_at), sessions.end_at)
    ) as parts (kind, from_at, to_at)
),

stretches as (
    select * from legs
    union all
    select * from parts where from_at is not null and to_at > from_at
)

select
    stretches.participant_no,
    stretches.session_no,
    stretches.lane,
    stretches.kind,
    stretches.from_at at time zone :zone as from_local,
    stretches.to_at at time zone :zone as to_local,
    stretches.detail
from stretches
order by stretches.participant_no, stretches.session_no, stretches.from_at
