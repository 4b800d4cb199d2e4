-- One row per warehouse.
create view mart.ops_settings as
with
settings as (
    select
        max(settings.value) filter (where settings.name = 'time_zone') as time_zone,
        max(settings.value) filter (where settings.name = 'organization_id') as organization_id,
        max(settings.value) filter (where settings.name = 'organization_name') as organization_name,
        max(settings.value) filter (where settings.name = 'privacy_policy') as privacy_policy,
        max(settings.value) filter (where settings.name = 'outage')::json as outage
    from extract.settings as settings
    where settings.name in ('time_zone', 'organization_id', 'organization_name', 'privacy_policy', 'outage')
),

schedules as (
    select min(streams.scheduled_from) as scheduled_from
    from extract.streams as streams
),

-- The latest stretch of whole days of each; all of them are whole from the latest of these on.
complete as (
    select max(stretches.from_at) as from_at
    from (
        select max(lower(stretch.range)) as from_at
        from genesys.int_complete_ranges as ranges
        cross join lateral unnest(ranges.ranges) as stretch (range)
        where ranges.fact in ('conversations', 'queue_aggregates', 'agents')
        group by ranges.fact
    ) as stretches
),

-- The granularity of the latest interval: it may have been changed once.
latest as (
    select extract(epoch from metrics.interval_end - metrics.interval_start) as interval_seconds
    from genesys.queue_aggregates as metrics
    order by metrics.interval_start desc
    limit 1
),

final as (
    select
        settings.organization_id::uuid as organization_id,

        settings.organization_name,
        settings.time_zone,
        (
            select max(migrations.name)
            from extract.schema_migrations as migrations
        ) as schema_version,
        settings.privacy_policy,

        settings.outage ->> 'reason' as outage_reason,

        latest.interval_seconds,

        exists (select from extract.division_access) as has_division_access,

        genesys.local_day(complete.from_at) as complete_from_day,
        complete.from_at as complete_from_at,
        schedules.scheduled_from as scheduled_from_at,
        (settings.outage ->> 'since')::timestamptz as outage_since_at,
        (settings.outage ->> 'since')::timestamptz at time zone {{time_zone}} as outage_since_local
    from settings
    cross join schedules
    cross join complete
    left join latest on true
)

select * from final;

comment on view mart.ops_settings is 'One row: the settings that every figure of this warehouse depends on. Source: extract.settings, the tables of migrations and of aggregates.';
comment on column mart.ops_settings.organization_id is 'Organisation in Genesys Cloud whose data the warehouse holds; null before the first call.';
comment on column mart.ops_settings.organization_name is 'Its name.';
comment on column mart.ops_settings.time_zone is 'IANA name of the reporting time zone: of every day and of every column _local. GENESYS_WAREHOUSE_TIME_ZONE.';
comment on column mart.ops_settings.schema_version is 'Last migration of the database.';
comment on column mart.ops_settings.privacy_policy is 'What happened to each kind of personal data before the last run stored anything: keep, hash or drop; null before the first run of a version that says so. GENESYS_WAREHOUSE_PRIVACY.';
comment on column mart.ops_settings.outage_reason is 'Why Genesys Cloud could not be reached or refused this program when it was last tried; null where it answered.';
comment on column mart.ops_settings.interval_seconds is 'Length of the latest interval of interval facts in seconds; null before any. GENESYS_WAREHOUSE_GRANULARITY.';
comment on column mart.ops_settings.has_division_access is 'True where some role sees some divisions only.';
comment on column mart.ops_settings.complete_from_day is 'First day, in the reporting time zone, from which on conversations, queue and agent figures have been pulled whole up to the latest whole day; null before there is one. Single days: see ops_covered_days.';
comment on column mart.ops_settings.complete_from_at is 'Midnight at which it begins, instant, shown in the zone of your session.';
comment on column mart.ops_settings.scheduled_from_at is 'Where the earliest schedule of a stream began, instant, shown in the zone of your session; before it there is what a backfill pulled.';
comment on column mart.ops_settings.outage_since_at is 'Since when Genesys Cloud has been away for this program, instant, shown in the zone of your session; null where it answered when last tried.';
comment on column mart.ops_settings.outage_since_local is 'outage_since_at in the reporting time zone.';
