-- One row per stream and stretch of time for which no pass is pending any more; stretches of one stream neither touch nor overlap.
create view genesys.int_final_ranges as
with
merged as (
    select
        slices.stream,
        range_agg(tstzrange(slices.slice_from, slices.slice_to)) as stretches
    from extract.slices as slices
    where slices.due_at is null
    group by slices.stream
),

final as (
    select
        merged.stream,
        lower(stretches.stretch) as from_at,
        upper(stretches.stretch) as to_at
    from merged
    cross join lateral unnest(merged.stretches) as stretches (stretch)
)

select * from final;

comment on view genesys.int_final_ranges is 'One row per stream and stretch of time for which no pass is pending any more. An interval fact is final where one stretch of each of its streams contains it.';
