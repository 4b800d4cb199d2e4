-- One row per number, mailbox or address of the organisation that inbound customers reached.
create view mart.dim_entry_points as
with
-- From one to the next by the index: there are few, on very many conversations.
recursive entry_points as (
    select min(facts.entry_point) as entry_point
    from genesys.conversation_facts as facts
    where facts.entry_point is not null

    union all

    select (
        select min(facts.entry_point)
        from genesys.conversation_facts as facts
        where facts.entry_point > entry_points.entry_point
    )
    from entry_points
    where entry_points.entry_point is not null
),

bounded as (
    select
        entry_points.entry_point,
        (
            select min(facts.conversation_start)
            from genesys.conversation_facts as facts
            where facts.entry_point = entry_points.entry_point
        ) as first_at,
        (
            select max(facts.conversation_start)
            from genesys.conversation_facts as facts
            where facts.entry_point = entry_points.entry_point
        ) as last_at
    from entry_points
    where entry_points.entry_point is not null
),

final as (
    select
        bounded.entry_point,

        case
            when bounded.entry_point ~ '^\+?[0-9]+$' then 'phone'
            when bounded.entry_point ~ '@' then 'email'
            else 'other'
        end as entry_kind,

        genesys.local_day(bounded.first_at) as first_day,
        genesys.local_day(bounded.last_at) as last_day,
        bounded.first_at as first_contact_at,
        bounded.first_at at time zone {{time_zone}} as first_contact_local,
        bounded.last_at as last_contact_at,
        bounded.last_at at time zone {{time_zone}} as last_contact_local
    from bounded
)

select * from final;

comment on view mart.dim_entry_points is 'One row per telephone number, mailbox or messaging address of the organisation that inbound customers reached: no personal data. Source: conversation details of what is stored (genesys.conversation_facts).';
comment on column mart.dim_entry_points.entry_point is 'The address without scheme and parameters, a telephone number as digits with + for an international prefix; the key of this relation. Details dnis, or addressTo.';
comment on column mart.dim_entry_points.entry_kind is 'phone, email or other, by its form.';
comment on column mart.dim_entry_points.first_day is 'Day in the reporting time zone of the first stored conversation by it.';
comment on column mart.dim_entry_points.last_day is 'Day in the reporting time zone of the last stored conversation by it.';
comment on column mart.dim_entry_points.first_contact_at is 'Start of the first stored conversation by it, instant, shown in the zone of your session.';
comment on column mart.dim_entry_points.first_contact_local is 'first_contact_at in the reporting time zone.';
comment on column mart.dim_entry_points.last_contact_at is 'Start of the last stored conversation by it, instant, shown in the zone of your session.';
comment on column mart.dim_entry_points.last_contact_local is 'last_contact_at in the reporting time zone.';
