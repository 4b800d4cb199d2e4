-- One row per member of a federated database.
create or replace view mart.ops_members as
select
    members.organization_id,
    members.organization_name,
    members.member_name,
    members.time_zone,
    members.schema_version,
    states.reason is null as is_answering,
    states.reason as missing_reason,
    gaps.missing_columns,
    members.read_at
from federation.members as members
cross join lateral (select federation.member_error(members.member_name) as reason) as states
left join lateral (
    select string_agg(gaps.gap, ', ' order by gaps.gap) as missing_columns
    from federation.gaps as gaps
    where gaps.member_name = members.member_name
) as gaps on true;

comment on view mart.ops_members is 'One row per member of this federated database; each is asked whether it answers, for 8 seconds at most. Source: federation.members.';
comment on column mart.ops_members.organization_id is 'Organisation of the member, as in every relation.';
comment on column mart.ops_members.organization_name is 'Its name, when federate last read it.';
comment on column mart.ops_members.member_name is 'Name that federate was given.';
comment on column mart.ops_members.time_zone is 'Reporting time zone of the member: of its days and of its columns _local.';
comment on column mart.ops_members.schema_version is 'Last migration of the member, when federate last read it.';
comment on column mart.ops_members.is_answering is 'True where the member answered just now.';
comment on column mart.ops_members.missing_reason is 'Why it did not; null where it did.';
comment on column mart.ops_members.missing_columns is 'Relations and columns that other members have and this one lacks: no rows, or null. Null where it lacks nothing.';
comment on column mart.ops_members.read_at is 'When federate last read the relations of the member, instant, shown in the zone of your session.';
