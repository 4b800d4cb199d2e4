-- One row per queue × media type in which somebody waits or is being served at present.
create view mart.rpt_queue_now as
with
-- A stay without an end that nobody answered is still waiting; a session of an agent without an end is still being handled.
open_sessions as (
    select
        facts.queue_id,
        facts.media_type,
        facts.started_at,
        facts.is_queue_leg and facts.answer_session_no is null and facts.answered_count is null as is_waiting,
        facts.is_agent_session and not facts.is_wrapup_open as is_interacting,
        stored.as_of
    from extract.stored_conversations as stored
    inner join genesys.session_facts as facts
        on facts.conversation_start = stored.conversation_start
        and facts.conversation_id = stored.conversation_id
    where
        stored.is_open
        and facts.is_open
        and facts.queue_id is not null
),

details as (
    select
        open_sessions.queue_id,
        open_sessions.media_type,
        count(*) filter (where open_sessions.is_waiting) as waiting_count,
        count(*) filter (where open_sessions.is_interacting) as interacting_count,
        min(open_sessions.started_at) filter (where open_sessions.is_waiting) as longest_waiting_since_at,
        max(open_sessions.as_of) as as_of
    from open_sessions
    where open_sessions.is_waiting or open_sessions.is_interacting
    group by
        open_sessions.queue_id,
        open_sessions.media_type
),

-- The last sample, where it is not older than a quarter of an hour. The last of all is the end of an index.
latest as (
    select max(observations.interval_start) as interval_start
    from genesys.queue_observations as observations
),

observed as (
    select
        observations.queue_id,
        observations.media_type,
        sum(observations.count) filter (where observations.metric = 'oWaiting')::bigint as waiting_count,
        sum(observations.count) filter (where observations.metric = 'oInteracting')::bigint as interacting_count,
        to_timestamp(
            min(observations.calculated_metric_value) filter (
                where observations.metric = 'oLongestWaiting' and observations.calculated_metric_value > 0
            ) * 0.001
        ) as longest_waiting_since_at,
        max(observations.observed_at) as observed_at
    from genesys.queue_observations as observations
    inner join latest on latest.interval_start = observations.interval_start
    where
        observations.media_type is not null
        and observations.observed_at > now() - interval '15 minutes'
    group by
        observations.queue_id,
        observations.media_type
),

-- Members who are on queue by their last known presence.
on_queue as (
    select
        members.queue_id,
        count(distinct members.user_id) as on_queue_user_count
    from genesys.queue_members as members
    inner join genesys.user_presences as presences
        on presences.user_id = members.user_id
        and presences.end_time is null
        and presences.system_presence in ('ON_QUEUE', 'On Queue', 'OnQueue')
    where members.valid_to is null and members.deleted_at is null
    group by members.queue_id
),

final as (
    select
        coalesce(observed.queue_id, details.queue_id) as queue_id,

        queues.queue_name,
        coalesce(observed.media_type, details.media_type) as media_type,
        case when observed.queue_id is not null then 'observations' else 'details' end as source,

        coalesce(observed.waiting_count, case when observed.queue_id is null then details.waiting_count end, 0) as waiting_count,
        coalesce(observed.interacting_count, case when observed.queue_id is null then details.interacting_count end, 0) as interacting_count,
        coalesce(on_queue.on_queue_user_count, 0) as on_queue_user_count,
        round(
            extract(
                epoch from now() - case
                    when observed.queue_id is not null then observed.longest_waiting_since_at
                    else details.longest_waiting_since_at
                end
            ),
            3
        ) as longest_wait_seconds,

        case
            when observed.queue_id is not null then observed.longest_waiting_since_at
            else details.longest_waiting_since_at
        end as longest_waiting_since_at,
        coalesce(observed.observed_at, details.as_of) as as_of_at,
        coalesce(observed.observed_at, details.as_of) at time zone {{time_zone}} as as_of_local
    from observed
    full join details
        on details.queue_id = observed.queue_id
        and details.media_type = observed.media_type
    left join on_queue on on_queue.queue_id = coalesce(observed.queue_id, details.queue_id)
    left join mart.dim_queues as queues on queues.queue_id = coalesce(observed.queue_id, details.queue_id)
)

select * from final;

comment on view mart.rpt_queue_now is 'One row per queue × media type in which somebody waits or is being served, as of the last pull: from queue observations where they are switched on and at most 15 minutes old, else from open conversations. No history: fct_queue_observations. Source: queue observations (genesys.queue_observations), conversation details (genesys.session_facts), user details, queue members.';
comment on column mart.rpt_queue_now.queue_id is 'Queue. With media_type the key of this relation. See dim_queues.';
comment on column mart.rpt_queue_now.queue_name is 'Current name of the queue. Source: the directory.';
comment on column mart.rpt_queue_now.media_type is 'voice, callback, message, email, chat, …';
comment on column mart.rpt_queue_now.source is 'observations or details: where the counts come from.';
comment on column mart.rpt_queue_now.waiting_count is 'Contacts waiting in the queue. oWaiting, else open stays that nobody answered.';
comment on column mart.rpt_queue_now.interacting_count is 'Contacts connected to an agent. oInteracting, else open agent sessions of the queue.';
comment on column mart.rpt_queue_now.on_queue_user_count is 'Members of the queue who are on queue by their last known presence. The same on each media row of a queue: not additive.';
comment on column mart.rpt_queue_now.longest_wait_seconds is 'Wait of the contact that waits longest, in seconds until now; null where nobody waits.';
comment on column mart.rpt_queue_now.longest_waiting_since_at is 'Since when the contact that waits longest has been waiting, instant, shown in the zone of your session.';
comment on column mart.rpt_queue_now.as_of_at is 'Instant at which the figures were valid, instant, shown in the zone of your session.';
comment on column mart.rpt_queue_now.as_of_local is 'as_of_at in the reporting time zone.';
