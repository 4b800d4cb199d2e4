-- One row per warehouse.
create view mart.ops_settings as
with
settings as (
    select
        max(settings.value) filter (where settings.name = 'time_zone') as time_zone,
        min(settings.value::timestamptz) filter (where settings.name like 'scheduled\_from.%') as scheduled_from
    from extract.settings as settings
    where settings.name = 'time_zone' or settings.name like 'scheduled\_from.%'
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
        settings.time_zone,
        (
            select max(migrations.name)
            from extract.schema_migrations as migrations
        ) as schema_version,

        latest.interval_seconds,

        exists (select from extract.division_access) as has_division_access,

        settings.scheduled_from as scheduled_from_at
    from settings
    left join latest on true
)

select * from final;

comment on view mart.ops_settings is 'One row: the settings that every figure of this warehouse depends on. Source: extract.settings, the tables of migrations and of aggregates.';
comment on column mart.ops_settings.time_zone is 'IANA name of the reporting time zone: of every day and of every column _local. GENESYS_WAREHOUSE_TIME_ZONE.';
comment on column mart.ops_settings.schema_version is 'Last migration of the database.';
comment on column mart.ops_settings.interval_seconds is 'Length of the latest interval of interval facts in seconds; null before any. GENESYS_WAREHOUSE_GRANULARITY.';
comment on column mart.ops_settings.has_division_access is 'True where some role sees some divisions only.';
comment on column mart.ops_settings.scheduled_from_at is 'Where the earliest schedule of a stream began, UTC instant; before it there is what a backfill pulled.';
