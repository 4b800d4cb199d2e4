-- One row per removal: a person erased on request, or a range of a stream that was pruned by age.
create view mart.ops_removals as
with
erased as (
    select
        'erased:' || erasures.erasure_id as removal_key,
        'erased' as kind,
        erasures.subject,
        erasures.policy,
        null::timestamptz as from_at,
        null::timestamptz as to_at,
        erasures.erased_at as removed_at
    from extract.erasures as erasures
),

pruned as (
    select
        'pruned:' || pruned.stream || ':' || extract(epoch from pruned.pruned_from)::bigint as removal_key,
        'pruned' as kind,
        pruned.stream as subject,
        null as policy,
        pruned.pruned_from as from_at,
        pruned.pruned_to as to_at,
        pruned.pruned_at as removed_at
    from extract.pruned as pruned
),

removals as (
    select * from erased

    union all

    select * from pruned
),

final as (
    select
        removals.removal_key,

        removals.kind,
        removals.subject,
        removals.policy,

        removals.from_at,
        removals.from_at at time zone {{time_zone}} as from_local,
        removals.to_at,
        removals.to_at at time zone {{time_zone}} as to_local,
        removals.removed_at,
        removals.removed_at at time zone {{time_zone}} as removed_local
    from removals
)

select * from final;

comment on view mart.ops_removals is 'One row per removal: a person or conversation erased on request, or a range of a stream that was pruned by age. Says when and how, never who. Source: the ledger of erasures and of pruned ranges.';
comment on column mart.ops_removals.removal_key is 'Key of this relation.';
comment on column mart.ops_removals.kind is 'erased or pruned.';
comment on column mart.ops_removals.subject is 'Erased: external_contact, address, user or conversation, without its identifier. Pruned: the stream.';
comment on column mart.ops_removals.policy is 'Erased: mask (values were overwritten) or remove (values were left out). Null where pruned.';
comment on column mart.ops_removals.from_at is 'Pruned: start of the range, instant, shown in the zone of your session; null where erased.';
comment on column mart.ops_removals.from_local is 'from_at in the reporting time zone.';
comment on column mart.ops_removals.to_at is 'Pruned: end of the range, not included, instant, shown in the zone of your session; null where erased.';
comment on column mart.ops_removals.to_local is 'to_at in the reporting time zone.';
comment on column mart.ops_removals.removed_at is 'When it was removed, instant, shown in the zone of your session.';
comment on column mart.ops_removals.removed_local is 'removed_at in the reporting time zone.';
