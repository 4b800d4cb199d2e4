-- One row per slice of a stream that has a history to cover.
create view genesys.int_fact_slices as
with
-- Snapshots show the present: what they missed is not made up, so no day of theirs is whole or not.
final as (
    select slices.*
    from extract.slices as slices
    where slices.stream not in ('directory', 'queue_directory', 'open_conversations', 'queue_observations')
)

select * from final;

comment on view genesys.int_fact_slices is 'One row per slice of a stream that has a history to cover: extract.slices without those of snapshots.';
