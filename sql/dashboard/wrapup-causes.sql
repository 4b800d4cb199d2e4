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
-- Grouped by ids: names are looked up once a group.
sessions as (
    select
        sessions.wrapup_cause,
        case :by when 'queue' then sessions.queue_id when 'user' then sessions.user_id end as id,
        case when :by = 'media' then sessions.media_type end as media_type,
        count(*) as session_count,
        count(*) filter (where sessions.is_ruled and sessions.wrapup_cause is not null) as ruled_count,
        count(*) as base_count
    from mart.fct_session_codes as sessions
    where
        sessions.started_at >= :from::timestamp at time zone :zone
        and sessions.started_at < (:to + 1)::timestamp at time zone :zone
        and (:queues is null or sessions.queue_id = any(:queues))
        and (:users is null or sessions.user_id = any(:users))
        and (:media is null or sessions.media_type = any(:media))
    group by 1, 2, 3
),

agentless as (
    select
        conversations.wrapup_cause,
        case when :by = 'queue' then conversations.last_queue_id end as id,
        case when :by = 'media' then conversations.media_type end as media_type,
        count(*) as session_count,
        0 as ruled_count,
        0 as base_count
    from mart.fct_conversations as conversations
    where
        conversations.started_at >= :from::timestamp at time zone :zone
        and conversations.started_at < (:to + 1)::timestamp at time zone :zone
        and conversations.agent_session_count = 0
        and conversations.wrapup_cause is not null
        and :users is null
        and :by <> 'user'
        and (:queues is null or conversations.last_queue_id = any(:queues))
        and (:media is null or conversations.media_type = any(:media))
    group by 1, 2, 3
),

cases as (
    select * from sessions

    union all

    select * from agentless
),

counted as (
    select
        cases.wrapup_cause,
        cases.id,
        cases.media_type,
        sum(cases.session_count)::bigint as session_count,
        sum(cases.ruled_count)::bigint as ruled_count,
        (sum(sum(cases.base_count)) over (partition by cases.id, cases.media_type))::bigint as group_session_count
    from cases
    group by cases.wrapup_cause, cases.id, cases.media_type
)

select
    coalesce(counted.id::text, counted.media_type) as group_id,
    coalesce(queues.queue_name, users.user_name, counted.media_type) as group_name,
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
left join mart.dim_queues as queues on queues.queue_id = counted.id and :by = 'queue'
left join mart.dim_users as users on users.user_id = counted.id and :by = 'user'
order by causes.is_expected, counted.session_count desc, counted.wrapup_cause
