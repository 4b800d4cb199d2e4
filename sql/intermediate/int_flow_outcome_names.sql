-- One row per flow_outcome and time in which it had one name.
create view genesys.int_flow_outcome_names as
with
versions as (
    select
        flow_outcome_definitions.flow_outcome_id,
        flow_outcome_definitions.name,
        flow_outcome_definitions.valid_from,
        lag(flow_outcome_definitions.valid_from) over version_order as previous_from,
        lead(flow_outcome_definitions.valid_from) over version_order as next_from
    from genesys.flow_outcome_definitions as flow_outcome_definitions
    window version_order as (partition by flow_outcome_definitions.flow_outcome_id order by flow_outcome_definitions.valid_from)
),

-- What was before the directory was first read is not known: the earliest known name is used for it.
final as (
    select
        versions.flow_outcome_id,
        versions.name as flow_outcome_name,
        case when versions.previous_from is null then timestamptz '-infinity' else versions.valid_from end as from_at,
        coalesce(versions.next_from, timestamptz 'infinity') as to_at
    from versions
)

select * from final;

comment on view genesys.int_flow_outcome_names is 'One row per flow_outcome and time in which it had one name, without gaps: facts join it at the start of their interval. Source: history of genesys.flow_outcome_definitions.';
