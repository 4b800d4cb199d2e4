-- One row per wrap-up code: those of the directory, deleted ones included, and every other code seen on a session.
create view mart.dim_wrapup_codes as
with
recursive
listed as (
    select * from genesys.wrapup_codes where valid_to is null
),

divisions as (
    select * from genesys.divisions where valid_to is null
),

-- From one pair of codes to the next in an index: the facts have a few hundred pairs in millions of rows. Pairs without a real code
-- are the last of theirs.
pairs as (
    (
        select
            facts.last_wrapup_code,
            facts.last_real_wrapup_code
        from genesys.session_facts as facts
        where facts.last_wrapup_code is not null
        order by
            facts.last_wrapup_code,
            facts.last_real_wrapup_code
        limit 1
    )

    union all

    select
        following.last_wrapup_code,
        following.last_real_wrapup_code
    from pairs
    cross join lateral (
        (
            select
                1 as place,
                facts.last_wrapup_code,
                facts.last_real_wrapup_code
            from genesys.session_facts as facts
            where
                facts.last_wrapup_code = pairs.last_wrapup_code
                and facts.last_real_wrapup_code > pairs.last_real_wrapup_code
            order by facts.last_real_wrapup_code
            limit 1
        )

        union all

        (
            select
                2 as place,
                facts.last_wrapup_code,
                facts.last_real_wrapup_code
            from genesys.session_facts as facts
            where
                facts.last_wrapup_code = pairs.last_wrapup_code
                and facts.last_real_wrapup_code is null
                and pairs.last_real_wrapup_code is not null
            limit 1
        )

        union all

        (
            select
                3 as place,
                facts.last_wrapup_code,
                facts.last_real_wrapup_code
            from genesys.session_facts as facts
            where facts.last_wrapup_code > pairs.last_wrapup_code
            order by
                facts.last_wrapup_code,
                facts.last_real_wrapup_code
            limit 1
        )

        order by place
        limit 1
    ) as following
),

seen as (
    select pairs.last_wrapup_code as wrapup_code
    from pairs

    union

    select pairs.last_real_wrapup_code as wrapup_code
    from pairs
    where pairs.last_real_wrapup_code is not null
),

codes as (
    select coalesce(listed.wrapup_code, seen.wrapup_code) as wrapup_code
    from listed
    full join seen on seen.wrapup_code = listed.wrapup_code
),

final as (
    select
        codes.wrapup_code,
        listed.division_id,

        case
            when starts_with(codes.wrapup_code, 'ININ-')
                then initcap(replace(substr(codes.wrapup_code, length('ININ-') + 1), '-', ' '))
            else coalesce(listed.name, codes.wrapup_code)
        end as wrapup_name,
        listed.description,
        divisions.name as division_name,

        starts_with(codes.wrapup_code, 'ININ-') as is_system_code,
        listed.wrapup_code is not null as is_listed,
        listed.deleted_at is not null as is_deleted,

        listed.date_created as created_at,
        listed.date_modified as modified_at,
        listed.deleted_at
    from codes
    left join listed on listed.wrapup_code = codes.wrapup_code
    left join divisions on divisions.division_id = listed.division_id
)

select * from final;

comment on view mart.dim_wrapup_codes is 'One row per wrap-up code: those of the directory, deleted ones included, and system codes and unknown ids seen on sessions. Source: the directory, /api/v2/routing/wrapupcodes, and conversation details.';
comment on column mart.dim_wrapup_codes.wrapup_code is 'Id of the code or a system code (ININ-…); the key of this relation.';
comment on column mart.dim_wrapup_codes.division_id is 'Division of the code; * means all. See dim_divisions.';
comment on column mart.dim_wrapup_codes.wrapup_name is 'Current or last known name; the words of a system code; the id itself where it is not in the directory.';
comment on column mart.dim_wrapup_codes.description is 'Description in Genesys Cloud.';
comment on column mart.dim_wrapup_codes.division_name is 'Current name of the division.';
comment on column mart.dim_wrapup_codes.is_system_code is 'True where the platform sets the code (ININ-…): it does not count as a real code.';
comment on column mart.dim_wrapup_codes.is_listed is 'True where the directory has, or once had, the code; sessions with another id have the cause code_deleted.';
comment on column mart.dim_wrapup_codes.is_deleted is 'True where the directory no longer lists it; sessions that have it still count as coded.';
comment on column mart.dim_wrapup_codes.created_at is 'Creation in Genesys Cloud, instant, shown in the zone of your session.';
comment on column mart.dim_wrapup_codes.modified_at is 'Last change in Genesys Cloud, instant, shown in the zone of your session.';
comment on column mart.dim_wrapup_codes.deleted_at is 'When it was first seen as deleted or missing, instant, shown in the zone of your session; null while it exists.';
