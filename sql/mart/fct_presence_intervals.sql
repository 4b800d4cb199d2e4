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
),

final as (
    select
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
)

select * from final;

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
comment on column mart.fct_presence_intervals.interval_end_at is 'End of the interval, exclusive, UTC instant.';
comment on column mart.fct_presence_intervals.interval_end_local is 'interval_end_at in the reporting time zone.';
