-- Recomputes the rows of genesys.wrapup_interval_sums whose intervals start in [from_at, to_at) from genesys.wrapup_aggregates: the one definition
-- of these sums. The caller holds the locks of what it wrote. Rows that come out equal are not written.
create or replace function genesys.refresh_wrapup_interval_sums(from_at timestamptz, to_at timestamptz)
returns void
language plpgsql
-- The bounds are then constants to the planner, which leaves the other months' partitions alone.
set plan_cache_mode = force_custom_plan
as $$
declare
    fresh genesys.wrapup_interval_sums[];
begin
    -- In the order of the table's columns.
    fresh := array(
        select row(
            metrics.interval_start,
            max(metrics.interval_end),
            metrics.wrapup_code,
            metrics.queue_id,
            metrics.user_id,
            metrics.media_type,
            genesys.sum_bigint(metrics.handled_count),
            genesys.sum_bigint(metrics.transferred_count),
            genesys.sum_bigint(metrics.talk_count),
            genesys.sum_bigint(metrics.hold_count),
            genesys.sum_bigint(metrics.acw_count),
            genesys.sum_bigint(metrics.handle_ms),
            genesys.sum_bigint(metrics.talk_ms),
            genesys.sum_bigint(metrics.hold_ms),
            genesys.sum_bigint(metrics.acw_ms)
        )::genesys.wrapup_interval_sums
        from genesys.int_wrapup_metrics as metrics
        where
            metrics.interval_start >= from_at
            and metrics.interval_start < to_at
        group by
            metrics.interval_start,
            metrics.wrapup_code,
            metrics.queue_id,
            metrics.user_id,
            metrics.media_type
        order by
            metrics.interval_start,
            metrics.wrapup_code,
            metrics.queue_id,
            metrics.user_id,
            metrics.media_type
    );

    delete from genesys.wrapup_interval_sums as stored
    where
        stored.interval_start >= from_at
        and stored.interval_start < to_at
        and not exists (select from unnest(fresh) as summed where summed = stored);

    insert into genesys.wrapup_interval_sums
    select summed.*
    from unnest(fresh) as summed
    where
        not exists (
            select from genesys.wrapup_interval_sums as stored
            where
                stored.interval_start >= from_at
                and stored.interval_start < to_at
                and stored = summed
        );
end
$$;

comment on function genesys.refresh_wrapup_interval_sums is 'Recomputes the sums of the intervals that start in a range of time. Used by the load, migrate and rebuild-facts.';
