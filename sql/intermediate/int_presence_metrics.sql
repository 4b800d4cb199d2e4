-- One row per interval × user × presence of the organisation: how long it lasted.
create view genesys.int_presence_metrics as
with
-- The qualifier is the id of the definition; what is not an id cannot be one.
final as (
    select
        metrics.interval_start,
        metrics.interval_end,
        metrics.user_id,
        metrics.qualifier::uuid as organization_presence_id,
        metrics.sum as presence_ms
    from genesys.user_aggregates as metrics
    where
        metrics.metric = 'tOrganizationPresence'
        and metrics.qualifier ~ '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$'
)

select * from final;

comment on view genesys.int_presence_metrics is 'One row per interval, user and presence of the organisation. Shared by fct_presence_intervals and the sums by day.';
