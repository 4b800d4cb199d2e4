-- One row per relation, or column of a relation, that some member has and another lacks.
create or replace view federation.gaps as
with
has as (
    select
        members.member_name,
        relations.value ->> 'name' as relation,
        columns.value ->> 'name' as column_name
    from federation.members as members
    cross join lateral jsonb_array_elements(members.relations) as relations
    cross join lateral jsonb_array_elements(relations.value -> 'columns') as columns
)

select distinct
    members.member_name,
    case
        when exists (select from has as own where own.member_name = members.member_name and own.relation = every.relation)
            then every.relation || '.' || every.column_name
        else every.relation
    end as gap
from federation.members as members
cross join (select distinct has.relation, has.column_name from has) as every
where not exists (
    select
    from has as own
    where own.member_name = members.member_name and own.relation = every.relation and own.column_name = every.column_name
);
