<<<<<<< HEAD
-- One row per interval × user × presence of the organisation: how long it lasted in the interval.
create view mart.fct_presence_intervals as
with
presences as (
    select
        presences.presence_id,
        presences.name,
        presences.system_presence
    from genesys.presences as presences
    where presences.valid_to is null
=======
-- One row per interval × user × presence of the organisation: time in it.
create view mart.fct_presence_intervals as
with
summed as (
    select
        metrics.interval_start,
        max(metrics.interval_end) as interval_end,
        metrics.user_id,
        genesys.json_uuid(to_jsonb(metrics.qualifier)) as organization_presence_id,
        coalesce(sum(metrics.sum), 0) * 0.001 as presence_seconds
    from genesys.user_aggregates as metrics
    where metrics.metric = 'tOrganizationPresence'
    group by
        metrics.interval_start,
        metrics.user_id,
        genesys.json_uuid(to_jsonb(metrics.qualifier))
>>>>>>> main
),

final as (
    select
<<<<<<< HEAD
        metrics.user_id,
        metrics.organization_presence_id,

        users.user_name,
        presences.name as organization_presence_name,
        upper(regexp_replace(replace(presences.system_presence, ' ', '_'), '([a-z])([A-Z])', '\1_\2', 'g')) as status,

        genesys.minute_of_day(metrics.interval_start) as minute_of_day,
        genesys.utc_offset_minutes(metrics.interval_start) as utc_offset_minutes,
        metrics.presence_ms * 0.001 as presence_seconds,

        coalesce(
            metrics.interval_start <@ (
                select ranges.ranges
                from genesys.int_complete_ranges as ranges
                where ranges.fact = 'user_aggregates'
            ),
            false
        ) as is_complete,
        coalesce(
            tstzrange(metrics.interval_start, metrics.interval_end) <@ (
                select ranges.settled
                from genesys.int_pull_ranges as ranges
                where ranges.fact = 'user_aggregates'
            ),
            false
        ) as is_settled,
        coalesce(
            tstzrange(metrics.interval_start, metrics.interval_end) <@ (
                select ranges.final
                from genesys.int_pull_ranges as ranges
                where ranges.fact = 'user_aggregates'
            ),
            false
        ) as is_final,

        genesys.local_day(metrics.interval_start) as day,
        metrics.interval_start as interval_start_at,
        metrics.interval_start at time zone {{time_zone}} as interval_start_local,
        metrics.interval_end as interval_end_at,
        metrics.interval_end at time zone {{time_zone}} as interval_end_local
    from genesys.int_presence_metrics as metrics
    left join presences on presences.presence_id = metrics.organization_presence_id
    left join genesys.int_user_names as users
        on users.user_id = metrics.user_id
        and users.from_at <= metrics.interval_start
        and users.to_at > metrics.interval_start
=======
        summed.user_id,
        summed.organization_presence_id,

        users.user_name,
        presences.organization_presence_name,
        presences.status,

        (
            extract(hour from summed.interval_start at time zone {{time_zone}}) * 60
            + extract(minute from summed.interval_start at time zone {{time_zone}})
        )::integer as minute_of_day,
        summed.presence_seconds,

        finals.from_at is not null as is_final,

        (summed.interval_start at time zone {{time_zone}})::date as day,
        summed.interval_start as interval_start_at,
        summed.interval_start at time zone {{time_zone}} as interval_start_local,
        summed.interval_end as interval_end_at,
        summed.interval_end at time zone {{time_zone}} as interval_end_local
    from summed
    left join genesys.int_user_names as users
        on users.user_id = summed.user_id
        and users.from_at <= summed.interval_start
        and users.to_at > summed.interval_start
    left join mart.dim_presences as presences
        on presences.organization_presence_id = summed.organization_presence_id
    left join genesys.int_final_ranges as finals
        on finals.stream = 'user_aggregates'
        and finals.from_at <= summed.interval_start
        and finals.to_at >= summed.interval_end
>>>>>>> main
)

select * from final;

<<<<<<< HEAD
comment on view mart.fct_presence_intervals is 'One row per interval × user × presence of the organisation, cut at the borders of the interval: the time of day on which an agent was in a break, a meeting or on queue. Source: user aggregates (genesys.user_aggregates, tOrganizationPresence).';
comment on column mart.fct_presence_intervals.user_id is 'User. See dim_users.';
comment on column mart.fct_presence_intervals.organization_presence_id is 'Presence that the organisation defines, such as Coffee. With interval_start_at and user_id the key of this relation. Aggregates qualifier. See dim_presences.';
comment on column mart.fct_presence_intervals.user_name is 'Name of the user at the start of the interval, or the earliest known. Source: history of the directory.';
comment on column mart.fct_presence_intervals.organization_presence_name is 'Current name of the presence. Source: the directory.';
comment on column mart.fct_presence_intervals.status is 'System presence to which it belongs, as in fct_agent_statuses: AVAILABLE, BREAK, ON_QUEUE, … Null where the directory does not know the presence.';
comment on column mart.fct_presence_intervals.minute_of_day is 'Minutes from midnight to interval_start_local on the clock, in steps of a quarter of an hour: 0, 15, … 1425. See dim_intervals.';
comment on column mart.fct_presence_intervals.utc_offset_minutes is 'Minutes by which the reporting time zone is ahead of UTC: it tells apart the intervals that a clock shows twice.';
comment on column mart.fct_presence_intervals.presence_seconds is 'Time in this presence within the interval, in seconds. Sum of tOrganizationPresence with this qualifier.';
comment on column mart.fct_presence_intervals.is_complete is 'True where everything of the day has been pulled at least once. Source: the ledger of slices.';
comment on column mart.fct_presence_intervals.is_settled is 'True where the user aggregates were pulled three days after the interval or later: Genesys has reprocessed it by then, and figures hardly change any more. Source: the ledger of slices.';
comment on column mart.fct_presence_intervals.is_final is 'True where no further pull of the user aggregates is pending for the interval: its figures do not change any more. Source: the ledger of slices.';
comment on column mart.fct_presence_intervals.day is 'Day in the reporting time zone in which the interval starts. Filters on it reach an index. See dim_dates.';
comment on column mart.fct_presence_intervals.interval_start_at is 'Start of the interval, UTC instant. Filters on it reach an index.';
comment on column mart.fct_presence_intervals.interval_start_local is 'interval_start_at in the reporting time zone. When clocks go back, two intervals have the same: group by interval_start_at, or add utc_offset_minutes.';
=======
comment on view mart.fct_presence_intervals is 'One row per interval × user × presence definition: time that the user spent in it, cut to the interval. The sum over presences of one interval is the time for which the status is known. Source: user aggregates, tOrganizationPresence (genesys.user_aggregates).';
comment on column mart.fct_presence_intervals.user_id is 'User. With interval_start_at and organization_presence_id the key of this relation. See dim_users.';
comment on column mart.fct_presence_intervals.organization_presence_id is 'Presence definition, such as Coffee or Back office. Qualifier of tOrganizationPresence. See dim_presences.';
comment on column mart.fct_presence_intervals.user_name is 'Name of the user at the start of the interval, or the earliest known. Source: history of the directory.';
comment on column mart.fct_presence_intervals.organization_presence_name is 'Current or last known name of the presence. Source: the directory.';
comment on column mart.fct_presence_intervals.status is 'System presence that it counts as: AVAILABLE, BREAK, ON_QUEUE, …; null where the directory does not have it. See dim_presences.';
comment on column mart.fct_presence_intervals.minute_of_day is 'Minutes from midnight to interval_start_local on the clock, 0 to 1439. See dim_intervals.';
comment on column mart.fct_presence_intervals.presence_seconds is 'Time in this presence in seconds, within the interval. Sum of tOrganizationPresence.';
comment on column mart.fct_presence_intervals.is_final is 'True where no pass of the stream user_aggregates is pending for the interval: its figures no longer change. Source: the ledger of slices.';
comment on column mart.fct_presence_intervals.day is 'Day in the reporting time zone in which the interval starts. Filter large ranges on interval_start_at. See dim_dates.';
comment on column mart.fct_presence_intervals.interval_start_at is 'Start of the interval, UTC instant. Filters on it reach an index.';
comment on column mart.fct_presence_intervals.interval_start_local is 'interval_start_at in the reporting time zone. When clocks go back, two intervals have the same.';
>>>>>>> main
comment on column mart.fct_presence_intervals.interval_end_at is 'End of the interval, exclusive, UTC instant.';
comment on column mart.fct_presence_intervals.interval_end_local is 'interval_end_at in the reporting time zone.';
