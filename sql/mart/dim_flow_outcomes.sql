-- One row per flow outcome definition, deleted ones included, as it is now.
create view mart.dim_flow_outcomes as
with
outcomes as (
    select * from genesys.flow_outcome_definitions where valid_to is null
),

divisions as (
    select * from genesys.divisions where valid_to is null
),

final as (
    select
        outcomes.flow_outcome_id,
        outcomes.division_id,

        outcomes.name as flow_outcome_name,
        outcomes.description,
        divisions.name as division_name,

        outcomes.deleted_at is not null as is_deleted,

        outcomes.deleted_at
    from outcomes
    left join divisions on divisions.division_id = outcomes.division_id
)

select * from final;

comment on view mart.dim_flow_outcomes is 'One row per flow outcome as it is defined, deleted ones included. Source: the directory, /api/v2/flows/outcomes.';
comment on column mart.dim_flow_outcomes.flow_outcome_id is 'Flow outcome; the key of this relation.';
comment on column mart.dim_flow_outcomes.division_id is 'Division of the outcome. See dim_divisions.';
comment on column mart.dim_flow_outcomes.flow_outcome_name is 'Current or last known name.';
comment on column mart.dim_flow_outcomes.description is 'Description in Genesys Cloud.';
comment on column mart.dim_flow_outcomes.division_name is 'Current name of the division.';
comment on column mart.dim_flow_outcomes.is_deleted is 'True where the directory no longer lists the outcome.';
comment on column mart.dim_flow_outcomes.deleted_at is 'When it was first missing from the directory, instant, shown in the zone of your session; null while it exists.';
