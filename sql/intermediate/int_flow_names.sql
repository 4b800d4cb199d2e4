-- One row per flow and time in which it had one name.
create view genesys.int_flow_names as
with
versions as (
    select
        flows.flow_id,
        flows.name,
        flows.valid_from,
        lag(flows.valid_from) over version_order as previous_from,
        lead(flows.valid_from) over version_order as next_from
    from genesys.flows as flows
    window version_order as (partition by flows.flow_id order by flows.valid_from)
),

-- What was before the directory was first read is not known: the earliest known name is used for it.
final as (
    select
        versions.flow_id,
        versions.name as flow_name,
        case when versions.previous_from is null then timestamptz '-infinity' else versions.valid_from end as from_at,
        coalesce(versions.next_from, timestamptz 'infinity') as to_at
    from versions
)

select * from final;

comment on view genesys.int_flow_names is 'One row per flow and time in which it had one name, without gaps: facts join it at the start of their interval. Source: history of genesys.flows.';
