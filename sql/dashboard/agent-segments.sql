-- One row per stretch of a conversation in which one agent was busy with it, cut to a day.
-- @parameters user: uuid, day: day, zone: zone
-- @definitions fct_segments fct_agent_sessions
-- @column kind: What: alert, dial, contact, hold or acw.
-- @column from_local: Begin in the reporting zone, within the day.
-- @column to_local: End in the reporting zone, within the day; of what lasts, the time of the question.
with
day as (
    select
        :day::timestamp at time zone :zone as start_at,
        least((:day + 1)::timestamp at time zone :zone, greatest(now(), :day::timestamp at time zone :zone)) as end_at
),

-- The only step that reads the day, so that its bounds are constants that reach the index.
sessions as (
    select
        day.start_at,
        day.end_at,
        sessions.conversation_started_at,
        sessions.conversation_id,
        sessions.participant_no,
        sessions.session_no,
        sessions.queue_name,
        sessions.media_type
    from day
    inner join mart.fct_agent_sessions as sessions
        on sessions.started_at >= day.start_at - interval '14 days'
        and sessions.started_at < day.end_at
        and (sessions.ended_at > day.start_at or sessions.ended_at is null)
    where sessions.user_id = :user
),

-- What an agent has parked is nobody's work, and what is shared happens during the contact.
stretches as (
    select
        sessions.conversation_id,
        sessions.session_no,
        sessions.queue_name,
        sessions.media_type,
        case segments.segment_type
            when 'alert' then 'alert'
            when 'dialing' then 'dial'
            when 'contacting' then 'dial'
            when 'hold' then 'hold'
            when 'wrapup' then 'acw'
            else 'contact'
        end as kind,
        greatest(segments.started_at, sessions.start_at) as from_at,
        least(coalesce(segments.ended_at, sessions.end_at), sessions.end_at) as to_at
    from sessions
    -- One record at a time: joined as a whole, every segment of the warehouse would be read.
    cross join lateral (
        select
            found.segment_type,
            found.started_at,
            found.ended_at
        from mart.fct_segments as found
        where
            found.conversation_started_at = sessions.conversation_started_at
            and found.conversation_id = sessions.conversation_id
            and found.participant_no = sessions.participant_no
            and found.session_no = sessions.session_no
        offset 0
    ) as segments
    where segments.segment_type not in ('parked', 'sharing')
)

select
    stretches.from_at at time zone :zone as from_local,
    stretches.to_at at time zone :zone as to_local,
    stretches.kind,
    stretches.conversation_id,
    stretches.session_no,
    stretches.queue_name,
    stretches.media_type
from stretches
where stretches.to_at > stretches.from_at
order by stretches.from_at, stretches.conversation_id, stretches.session_no
