-- One row per wrapup_code and time in which it had one name.
create view genesys.int_wrapup_code_names as
with
versions as (
    select
        wrapup_codes.wrapup_code,
        wrapup_codes.name,
        wrapup_codes.valid_from,
        lag(wrapup_codes.valid_from) over version_order as previous_from,
        lead(wrapup_codes.valid_from) over version_order as next_from
    from genesys.wrapup_codes as wrapup_codes
    window version_order as (partition by wrapup_codes.wrapup_code order by wrapup_codes.valid_from)
),

-- What was before the directory was first read is not known: the earliest known name is used for it.
final as (
    select
        versions.wrapup_code,
        versions.name as wrapup_name,
        case when versions.previous_from is null then timestamptz '-infinity' else versions.valid_from end as from_at,
        coalesce(versions.next_from, timestamptz 'infinity') as to_at
    from versions
)

select * from final;

comment on view genesys.int_wrapup_code_names is 'One row per wrapup_code and time in which it had one name, without gaps: facts join it at the start of their interval. Source: history of genesys.wrapup_codes.';
