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
),

final as (
    select
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
)

select * from final;

comment on view mart.fct_presence_intervals is 'One row per interval × user × presence of the organisation, split at the boundaries of the interval: the time of day on which an agent was in a break, a meeting or on queue. Source: user aggregates (genesys.user_aggregates, tOrganizationPresence).';
comment on column mart.fct_presence_intervals.user_id is 'User. See dim_users.';
comment on column mart.fct_presence_intervals.organization_presence_id is 'Presence that the organisation defines, such as Coffee. With interval_start_at and user_id the key of this relation. Aggregates qualifier. See dim_presences.';
comment on column mart.fct_presence_intervals.user_name is 'Name of the user at the start of the interval, or the earliest known. Source: history of the directory.';
comment on column mart.fct_presence_intervals.organization_presence_name is 'Current name of the presence. Source: the directory.';
comment on column mart.fct_presence_intervals.status is 'System presence to which it belongs, as in fct_agent_statuses: AVAILABLE, BREAK, ON_QUEUE, … Null where the directory does not know the presence.';
comment on column mart.fct_presence_intervals.minute_of_day is 'Minutes from midnight to interval_start_local on the clock, in steps of a quarter of an hour: 0, 15, … 1425. See dim_intervals.';
comment on column mart.fct_presence_intervals.utc_offset_minutes is 'Minutes by which the reporting time zone is ahead of UTC: it distinguishes the intervals that a clock shows twice.';
comment on column mart.fct_presence_intervals.presence_seconds is 'Time in this presence within the interval, in seconds. Sum of tOrganizationPresence with this qualifier.';
comment on column mart.fct_presence_intervals.is_complete is 'True where everything of the day has been pulled at least once. Source: the ledger of slices.';
comment on column mart.fct_presence_intervals.is_settled is 'True where the user aggregates were pulled three days after the interval or later: Genesys has reprocessed it by then, and figures hardly change any more. Source: the ledger of slices.';
comment on column mart.fct_presence_intervals.is_final is 'True where no further pull of the user aggregates is pending for the interval: its figures do not change any more. Source: the ledger of slices.';
comment on column mart.fct_presence_intervals.day is 'Day in the reporting time zone in which the interval starts. Filters on it use an index. See dim_dates.';
comment on column mart.fct_presence_intervals.interval_start_at is 'Start of the interval, instant, shown in the zone of your session. Filters on it use an index.';
comment on column mart.fct_presence_intervals.interval_start_local is 'interval_start_at in the reporting time zone. When clocks go back, two intervals have the same: group by interval_start_at, or add utc_offset_minutes.';
comment on column mart.fct_presence_intervals.interval_end_at is 'End of the interval, exclusive, instant, shown in the zone of your session.';
comment on column mart.fct_presence_intervals.interval_end_local is 'interval_end_at in the reporting time zone.';
