-- One row per user who is not offline at present: status and open work.
create view mart.rpt_agents_now as
with
presences as (
    select distinct on (presences.user_id)
        presences.user_id,
        presences.system_presence,
        presences.organization_presence_id,
        presences.start_time,
        presences.as_of
    from genesys.user_presences as presences
    where presences.end_time is null
    order by presences.user_id, presences.start_time desc
),

routing as (
    select distinct on (statuses.user_id)
        statuses.user_id,
        statuses.routing_status,
        statuses.start_time,
        statuses.as_of
    from genesys.user_routing_statuses as statuses
    where statuses.end_time is null
    order by statuses.user_id, statuses.start_time desc
),

sessions as (
    select
        facts.user_id,
        count(*) filter (where not facts.is_wrapup_open) as interacting_count,
        count(*) filter (where facts.is_wrapup_open) as after_call_work_count
    from extract.stored_conversations as stored
    inner join genesys.session_facts as facts
        on facts.conversation_start = stored.conversation_start
        and facts.conversation_id = stored.conversation_id
    where
        stored.is_open
        and facts.is_open
        and facts.is_agent_session
    group by facts.user_id
),

final as (
    select
        presences.user_id,
        presences.organization_presence_id,

        users.user_name,
        presences.system_presence as status,
        definitions.organization_presence_name,
        routing.routing_status,

        coalesce(sessions.interacting_count, 0) as interacting_count,
        coalesce(sessions.after_call_work_count, 0) as after_call_work_count,
        round(extract(epoch from now() - presences.start_time), 3) as status_seconds,
        round(extract(epoch from now() - routing.start_time), 3) as routing_status_seconds,

        presences.start_time as status_since_at,
        presences.start_time at time zone {{time_zone}} as status_since_local,
        routing.start_time as routing_status_since_at,
        greatest(presences.as_of, routing.as_of) as as_of_at,
        greatest(presences.as_of, routing.as_of) at time zone {{time_zone}} as as_of_local
    from presences
    left join routing on routing.user_id = presences.user_id
    left join sessions on sessions.user_id = presences.user_id
    left join mart.dim_presences as definitions
        on definitions.organization_presence_id = presences.organization_presence_id
    left join mart.dim_users as users on users.user_id = presences.user_id
    where presences.system_presence <> 'OFFLINE'
)

select * from final;

comment on view mart.rpt_agents_now is 'One row per user who is not offline by the last known presence: presence, routing status and open agent sessions as of the last pull. Source: user details (genesys.user_presences, genesys.user_routing_statuses), open conversations (genesys.session_facts).';
comment on column mart.rpt_agents_now.user_id is 'User; the key of this relation. See dim_users.';
comment on column mart.rpt_agents_now.organization_presence_id is 'Presence definition. See dim_presences.';
comment on column mart.rpt_agents_now.user_name is 'Current name of the user. Source: the directory.';
comment on column mart.rpt_agents_now.status is 'System presence: AVAILABLE, BREAK, ON_QUEUE, … Details systemPresence.';
comment on column mart.rpt_agents_now.organization_presence_name is 'Current or last known name of the presence definition.';
comment on column mart.rpt_agents_now.routing_status is 'ACD routing status: IDLE, INTERACTING, COMMUNICATING, NOT_RESPONDING, OFF_QUEUE; null where unknown. Details routingStatus.';
comment on column mart.rpt_agents_now.interacting_count is 'Open agent sessions in contact.';
comment on column mart.rpt_agents_now.after_call_work_count is 'Open agent sessions in after-call work.';
comment on column mart.rpt_agents_now.status_seconds is 'Time in the presence in seconds, until now.';
comment on column mart.rpt_agents_now.routing_status_seconds is 'Time in the routing status in seconds, until now; null where unknown.';
comment on column mart.rpt_agents_now.status_since_at is 'Start of the presence, instant, shown in the zone of your session.';
comment on column mart.rpt_agents_now.status_since_local is 'status_since_at in the reporting time zone.';
comment on column mart.rpt_agents_now.routing_status_since_at is 'Start of the routing status, instant, shown in the zone of your session.';
comment on column mart.rpt_agents_now.as_of_at is 'Instant at which the statuses were valid, instant, shown in the zone of your session.';
comment on column mart.rpt_agents_now.as_of_local is 'as_of_at in the reporting time zone.';
