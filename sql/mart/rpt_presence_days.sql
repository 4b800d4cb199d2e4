<<<<<<< HEAD
-- One row per local day × user × presence of the organisation: how long it lasted in the day.
create view mart.rpt_presence_days as
with
sums as (
    select
        sums.*,
        sums.day::timestamp at time zone {{time_zone}} as start_at,
        greatest((sums.day + 1)::timestamp at time zone {{time_zone}}, sums.last_interval_end) as end_at
    from genesys.presence_day_sums as sums
),

presences as (
    select
        presences.presence_id,
        presences.name,
        presences.system_presence
    from genesys.presences as presences
    where presences.valid_to is null
=======
-- One row per local day × user × presence of the organisation: time in it.
create view mart.rpt_presence_days as
with
-- Intervals are at most an hour long, so a day has its time and no more.
summed as (
    select
        genesys.local_day(metrics.interval_start) as day,
        metrics.user_id,
        genesys.json_uuid(to_jsonb(metrics.qualifier)) as organization_presence_id,
        sum(metrics.sum) * 0.001 as presence_seconds
    from genesys.user_aggregates as metrics
    where
        metrics.metric = 'tOrganizationPresence'
        and metrics.interval_start <@ (
            select complete.ranges
            from genesys.int_complete_ranges as complete
            where complete.fact = 'user_aggregates'
        )
    group by
        genesys.local_day(metrics.interval_start),
        metrics.user_id,
        genesys.json_uuid(to_jsonb(metrics.qualifier))
>>>>>>> main
),

final as (
    select
<<<<<<< HEAD
        sums.day,
        sums.user_id,
        sums.organization_presence_id,

        users.user_name,
        presences.name as organization_presence_name,
        upper(regexp_replace(replace(presences.system_presence, ' ', '_'), '([a-z])([A-Z])', '\1_\2', 'g')) as status,

        sums.presence_ms * 0.001 as presence_seconds,

        coalesce(
            sums.start_at <@ (
                select ranges.ranges
                from genesys.int_complete_ranges as ranges
                where ranges.fact = 'user_aggregates'
            ),
            false
        ) as is_complete,
        coalesce(
            tstzrange(sums.start_at, sums.end_at) <@ (
                select ranges.settled
                from genesys.int_pull_ranges as ranges
                where ranges.fact = 'user_aggregates'
            ),
            false
        ) as is_settled,
        coalesce(
            tstzrange(sums.start_at, sums.end_at) <@ (
                select ranges.final
                from genesys.int_pull_ranges as ranges
                where ranges.fact = 'user_aggregates'
            ),
            false
        ) as is_final
    from sums
    left join presences on presences.presence_id = sums.organization_presence_id
    left join genesys.int_user_names as users
        on users.user_id = sums.user_id
        and users.from_at <= sums.start_at
        and users.to_at > sums.start_at
=======
        summed.user_id,
        summed.organization_presence_id,

        users.user_name,
        presences.organization_presence_name,
        presences.status,

        coalesce(summed.presence_seconds, 0) as presence_seconds,

        coalesce(finals.from_at is not null, false) as is_final,

        summed.day
    from summed
    left join mart.dim_presences as presences
        on presences.organization_presence_id = summed.organization_presence_id
    left join genesys.int_user_names as users
        on users.user_id = summed.user_id
        and users.from_at <= summed.day::timestamp at time zone {{time_zone}}
        and users.to_at > summed.day::timestamp at time zone {{time_zone}}
    left join genesys.int_final_ranges as finals
        on finals.stream = 'user_aggregates'
        and finals.from_at <= summed.day::timestamp at time zone {{time_zone}}
        and finals.to_at >= (summed.day + 1)::timestamp at time zone {{time_zone}}
>>>>>>> main
)

select * from final;

<<<<<<< HEAD
comment on view mart.rpt_presence_days is 'One row per local day × user × presence of the organisation, cut at midnight: time in secondary presences by day. Source: user aggregates (genesys.user_aggregates, tOrganizationPresence).';
comment on column mart.rpt_presence_days.day is 'Day in the reporting time zone. Filters on it reach an index. See dim_dates.';
comment on column mart.rpt_presence_days.user_id is 'User. See dim_users.';
comment on column mart.rpt_presence_days.organization_presence_id is 'Presence that the organisation defines, such as Coffee. With day and user_id the key of this relation. See dim_presences.';
comment on column mart.rpt_presence_days.user_name is 'Name of the user at the start of the day, or the earliest known. Source: history of the directory.';
comment on column mart.rpt_presence_days.organization_presence_name is 'Current name of the presence. Source: the directory.';
comment on column mart.rpt_presence_days.status is 'System presence to which it belongs, as in fct_agent_statuses: AVAILABLE, BREAK, ON_QUEUE, … Null where the directory does not know the presence.';
comment on column mart.rpt_presence_days.presence_seconds is 'Time in this presence within the day, in seconds: a presence over midnight counts in both days with its part. Sum of tOrganizationPresence with this qualifier.';
comment on column mart.rpt_presence_days.is_complete is 'True where everything of the day has been pulled at least once. Source: the ledger of slices.';
comment on column mart.rpt_presence_days.is_settled is 'True where the user aggregates were pulled three days after the day or later: Genesys has reprocessed it by then, and figures hardly change any more. Source: the ledger of slices.';
comment on column mart.rpt_presence_days.is_final is 'True where no further pull of the user aggregates is pending for the day: its figures do not change any more. Source: the ledger of slices.';
=======
comment on view mart.rpt_presence_days is 'One row per local day × user × presence definition: time in it, cut to the day, for days that were pulled whole. The sum over presences is 24 hours a user (23 or 25 when clocks change). Spans as they were, uncut: fct_agent_statuses. Source: user aggregates, tOrganizationPresence (genesys.user_aggregates).';
comment on column mart.rpt_presence_days.user_id is 'User. With day and organization_presence_id the key of this relation. See dim_users.';
comment on column mart.rpt_presence_days.organization_presence_id is 'Presence definition, such as Coffee or Back office. See dim_presences.';
comment on column mart.rpt_presence_days.user_name is 'Name of the user at the start of the day, or the earliest known. Source: history of the directory.';
comment on column mart.rpt_presence_days.organization_presence_name is 'Current or last known name of the presence. Source: the directory.';
comment on column mart.rpt_presence_days.status is 'System presence that it counts as: AVAILABLE, BREAK, ON_QUEUE, …; null where the directory does not have it.';
comment on column mart.rpt_presence_days.presence_seconds is 'Time in this presence in seconds, within the day. Sum of tOrganizationPresence.';
comment on column mart.rpt_presence_days.is_final is 'True where no pass of the stream user_aggregates is pending for the day: its figures no longer change. Source: the ledger of slices.';
comment on column mart.rpt_presence_days.day is 'Day in the reporting time zone. See dim_dates.';
>>>>>>> main
