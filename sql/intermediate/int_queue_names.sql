-- One row per queue and time in which it had one name.
create view genesys.int_queue_names as
with
versions as (
    select
        queues.queue_id,
        queues.name,
        queues.valid_from,
        lag(queues.valid_from) over version_order as previous_from,
        lead(queues.valid_from) over version_order as next_from
    from genesys.queues as queues
    window version_order as (partition by queues.queue_id order by queues.valid_from)
),

-- What was before the directory was first read is not known: the earliest known name is used for it.
final as (
    select
        versions.queue_id,
        versions.name as queue_name,
        case when versions.previous_from is null then timestamptz '-infinity' else versions.valid_from end as from_at,
        coalesce(versions.next_from, timestamptz 'infinity') as to_at
    from versions
)

select * from final;

comment on view genesys.int_queue_names is 'One row per queue and time in which it had one name, without gaps: facts join it at the start of their interval. Source: history of genesys.queues.';
