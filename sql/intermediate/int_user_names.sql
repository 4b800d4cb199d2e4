-- One row per user and time in which it had one name.
create view genesys.int_user_names as
with
versions as (
    select
        users.user_id,
        users.name,
        users.valid_from,
        lag(users.valid_from) over version_order as previous_from,
        lead(users.valid_from) over version_order as next_from
    from genesys.users as users
    window version_order as (partition by users.user_id order by users.valid_from)
),

-- What was before the directory was first read is not known: the earliest known name is used for it.
final as (
    select
        versions.user_id,
        versions.name as user_name,
        case when versions.previous_from is null then timestamptz '-infinity' else versions.valid_from end as from_at,
        coalesce(versions.next_from, timestamptz 'infinity') as to_at
    from versions
)

select * from final;

comment on view genesys.int_user_names is 'One row per user and time in which it had one name, without gaps: facts join it at the start of their interval. Source: history of genesys.users.';
