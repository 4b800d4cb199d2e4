-- One row per stream and stretch of time for which no pass is owed any more; stretches of one stream neither touch nor overlap.
create view genesys.int_final_ranges as
with
slices as (
    select
        slices.stream,
        slices.slice_from,
        slices.slice_to,
        lag(slices.slice_to) over stream_order is distinct from slices.slice_from as is_first
    from extract.slices as slices
    where slices.due_at is null
    window stream_order as (partition by slices.stream order by slices.slice_from)
),

numbered as (
    select
        slices.*,
        count(*) filter (where slices.is_first) over (
            partition by slices.stream
            order by slices.slice_from
        ) as range_no
    from slices
),

final as (
    select
        numbered.stream,
        min(numbered.slice_from) as from_at,
        max(numbered.slice_to) as to_at
    from numbered
    group by
        numbered.stream,
        numbered.range_no
)

select * from final;

comment on view genesys.int_final_ranges is 'One row per stream and stretch of time for which no pass is owed any more. An interval fact is final where one stretch of each stream behind it holds it whole.';
