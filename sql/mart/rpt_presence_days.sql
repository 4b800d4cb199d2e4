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
),

final as (
    select
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
)

select * from final;

comment on view mart.rpt_presence_days is 'One row per local day × user × presence of the organisation, split at midnight: time in secondary presences by day. Source: user aggregates (genesys.user_aggregates, tOrganizationPresence).';
comment on column mart.rpt_presence_days.day is 'Day in the reporting time zone. Filters on it use an index. See dim_dates.';
comment on column mart.rpt_presence_days.user_id is 'User. See dim_users.';
comment on column mart.rpt_presence_days.organization_presence_id is 'Presence that the organisation defines, such as Coffee. With day and user_id the key of this relation. See dim_presences.';
comment on column mart.rpt_presence_days.user_name is 'Name of the user at the start of the day, or the earliest known. Source: history of the directory.';
comment on column mart.rpt_presence_days.organization_presence_name is 'Current name of the presence. Source: the directory.';
comment on column mart.rpt_presence_days.status is 'System presence to which it belongs, as in fct_agent_statuses: AVAILABLE, BREAK, ON_QUEUE, … Null where the directory does not know the presence.';
comment on column mart.rpt_presence_days.presence_seconds is 'Time in this presence within the day, in seconds: a presence over midnight counts in both days with its part. Sum of tOrganizationPresence with this qualifier.';
comment on column mart.rpt_presence_days.is_complete is 'True where everything of the day has been pulled at least once. Source: the ledger of slices.';
comment on column mart.rpt_presence_days.is_settled is 'True where the user aggregates were pulled three days after the day or later: Genesys has reprocessed it by then, and figures hardly change any more. Source: the ledger of slices.';
comment on column mart.rpt_presence_days.is_final is 'True where no further pull of the user aggregates is pending for the day: its figures do not change any more. Source: the ledger of slices.';
