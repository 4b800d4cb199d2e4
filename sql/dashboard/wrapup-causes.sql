-- One row per cause × group of a span. Groups: none, queue, media, user, as `by` says.
-- @parameters by: text, from: day, to: day, queues: uuids?, users: uuids?, media: texts?, zone: zone
-- @definitions dim_wrapup_causes
-- @column group_id: Id of the queue or the user, or the media type; none where not grouped or where there is none.
-- @column group_name: Name of the queue or the user, or the media type.
-- @column session_count: Agent sessions without a real wrap-up code for this cause; conversations in which no agent took part for the causes that only these have.
-- @column ruled_count: Of these, sessions that a rule or a survey gave a code.
-- @column group_session_count: All agent sessions of the group, with and without a code.
-- @column session_rate: session_count / group_session_count.
with
cases as (
    select
        sessions.wrapup_cause,
        case :by
            when 'queue' then sessions.queue_id::text
            when 'user' then sessions.user_id::text
            when 'media' then sessions.media_type
        end as group_id,
        case :by
            when 'queue' then sessions.queue_name
            when 'user' then sessions.user_name
            when 'media' then sessions.media_type
        end as group_name,
        sessions.wrapup_cause is not null and sessions.wrapup_source in ('rule', 'survey') as is_ruled,
        true as is_session
    from mart.fct_agent_sessions as sessions
    where
        sessions.started_at >= :from::timestamp at time zone :zone
        and sessions.started_at < (:to + 1)::timestamp at time zone :zone
        and (:queues is null or sessions.queue_id = any(:queues))
        and (:users is null or sessions.user_id = any(:users))
        and (:media is null or sessions.media_type = any(:media))

    union all

    select
        conversations.wrapup_cause,
        case :by when 'queue' then conversations.last_queue_id::text when 'media' then conversations.media_type end,
        case :by when 'queue' then queues.queue_name when 'media' then conversations.media_type end,
        false,
        false
    from mart.fct_conversations as conversations
    left join mart.dim_queues as queues on queues.queue_id = conversations.last_queue_id
    where
        conversations.started_at >= :from::timestamp at time zone :zone
        and conversations.started_at < (:to + 1)::timestamp at time zone :zone
        and not conversations.has_agent_session
        and conversations.wrapup_cause is not null
        and :users is null
        and :by <> 'user'
        and (:queues is null or conversations.last_queue_id = any(:queues))
        and (:media is null or conversations.media_type = any(:media))
),

counted as (
    select
        cases.wrapup_cause,
        cases.group_id,
        max(cases.group_name) as group_name,
        count(*) as session_count,
        count(*) filter (where cases.is_ruled) as ruled_count,
        sum(count(*) filter (where cases.is_session)) over (partition by cases.group_id) as group_session_count
    from cases
    group by cases.wrapup_cause, cases.group_id
)

select
    counted.group_id,
    counted.group_name,
    counted.wrapup_cause,
    causes.is_expected,
    counted.session_count,
    counted.ruled_count,
    counted.group_session_count,
    round(counted.session_count::numeric / nullif(counted.group_session_count, 0), 6) as session_rate,
    causes.meaning,
    causes.action
from counted
inner join mart.dim_wrapup_causes as causes on causes.wrapup_cause = counted.wrapup_cause
order by causes.is_expected, counted.session_count desc, counted.wrapup_cause
