-- One row per user × kind × start: a stretch of time in one presence, or in one routing status.
create view mart.fct_agent_statuses as
with
-- One below the other, so that a filter on time, user or kind reaches the indexes of both.
spans as (
    select
        presences.user_id,
        presences.organization_presence_id,
        'presence'::text as status_kind,
        presences.system_presence as status,
        presences.start_time,
        presences.end_time
    from genesys.user_presences as presences

    union all

    select
        statuses.user_id,
        null::uuid as organization_presence_id,
        'routing_status'::text as status_kind,
        statuses.routing_status as status,
        statuses.start_time,
        statuses.end_time
    from genesys.user_routing_statuses as statuses
),

definitions as (
    select
        definitions.presence_id,
        definitions.name
    from genesys.presences as definitions
    where definitions.valid_to is null
),

final as (
    select
        spans.user_id,
        spans.organization_presence_id,

        users.user_name,
        spans.status_kind,
        spans.status,
        definitions.name as organization_presence_name,

        genesys.minute_of_day(spans.start_time) as minute_of_day,
        round(extract(epoch from spans.end_time - spans.start_time), 3) as status_seconds,

        spans.end_time is null as is_open,
        coalesce(
            spans.start_time <@ (
                select complete.ranges
                from genesys.int_complete_ranges as complete
                where complete.fact = 'user_details'
            ),
            false
        ) as is_complete,

        genesys.local_day(spans.start_time) as day,
        spans.start_time as started_at,
        spans.start_time at time zone {{time_zone}} as started_local,
        spans.end_time as ended_at,
        spans.end_time at time zone {{time_zone}} as ended_local
    from spans
    left join definitions on definitions.presence_id = spans.organization_presence_id
    left join genesys.int_user_names as users
        on users.user_id = spans.user_id
        and users.from_at <= spans.start_time
        and users.to_at > spans.start_time
)

select * from final;

comment on view mart.fct_agent_statuses is 'One row per stretch of time of a user in one presence (status_kind presence) or in one ACD routing status (routing_status). The two kinds are concurrent: filter on one before summing. A stretch over midnight is one row under the day of its start; for time by day use rpt_agent_days. Source: user details (genesys.user_presences, genesys.user_routing_statuses).';
comment on column mart.fct_agent_statuses.user_id is 'User. With status_kind, status, started_at and organization_presence_id the key of this relation. See dim_users.';
comment on column mart.fct_agent_statuses.organization_presence_id is 'Definition of the organisation that the presence was chosen from; null for routing statuses. Details organizationPresenceId. See dim_presences.';
comment on column mart.fct_agent_statuses.user_name is 'Name of the user at the start, or the earliest known. Source: history of the directory.';
comment on column mart.fct_agent_statuses.status_kind is 'presence or routing_status.';
comment on column mart.fct_agent_statuses.status is 'System presence (AVAILABLE, BREAK, ON_QUEUE, …) or routing status (IDLE, INTERACTING, …). Details systemPresence, routingStatus.';
comment on column mart.fct_agent_statuses.organization_presence_name is 'Current name of the definition; null for routing statuses. Source: the directory.';
comment on column mart.fct_agent_statuses.minute_of_day is 'Minutes from midnight, in the reporting time zone, to the quarter of an hour in which it started: 0, 15, … 1425. See dim_intervals.';
comment on column mart.fct_agent_statuses.status_seconds is 'Length in seconds; null while open.';
comment on column mart.fct_agent_statuses.is_open is 'True while it lasts, as of the last pull.';
comment on column mart.fct_agent_statuses.is_complete is 'True where everything of the day on which it started has been pulled. Source: the ledger of slices.';
comment on column mart.fct_agent_statuses.day is 'Day in the reporting time zone in which it starts.';
comment on column mart.fct_agent_statuses.started_at is 'Start, instant, shown in the zone of your session; may lie long before the range that is stored. Filters on it use an index.';
comment on column mart.fct_agent_statuses.started_local is 'started_at in the reporting time zone. When clocks go back, an hour occurs twice.';
comment on column mart.fct_agent_statuses.ended_at is 'End, instant, shown in the zone of your session; null while open.';
comment on column mart.fct_agent_statuses.ended_local is 'ended_at in the reporting time zone.';
