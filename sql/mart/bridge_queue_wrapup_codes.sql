-- One row per queue × wrap-up code that it offers now.
create view mart.bridge_queue_wrapup_codes as
with
offered as (
    select * from genesys.queue_wrapup_codes where valid_to is null and deleted_at is null
),

final as (
    select
        offered.queue_id,
        offered.wrapup_code,

        offered.valid_from as offered_since_at
    from offered
)

select * from final;

comment on view mart.bridge_queue_wrapup_codes is 'One row per queue and wrap-up code that its agents are offered now: links dim_queues and dim_wrapup_codes. Source: the directory, /api/v2/routing/queues/{queueId}/wrapupcodes.';
comment on column mart.bridge_queue_wrapup_codes.queue_id is 'Queue; with wrapup_code the key of this relation. See dim_queues.';
comment on column mart.bridge_queue_wrapup_codes.wrapup_code is 'Wrap-up code. See dim_wrapup_codes.';
comment on column mart.bridge_queue_wrapup_codes.offered_since_at is 'First reading of the directory that showed it, instant, shown in the zone of your session.';
