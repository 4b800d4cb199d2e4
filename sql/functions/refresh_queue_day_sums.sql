-- Recomputes the rows of genesys.queue_day_sums of whole local days of `time_zone` (IANA) from genesys.queue_interval_sums: the one definition of these sums.
-- The caller holds the locks of these days and of the time zone. Rows that come out equal are not written.
create or replace function genesys.refresh_queue_day_sums(local_days date[], time_zone text)
returns void
language plpgsql
-- Bounds of a day are then constants to the planner, which leaves the other months' partitions alone.
set plan_cache_mode = force_custom_plan
as $$
declare
    local_day date;
    start_at timestamptz;
    end_at timestamptz;
    fresh genesys.queue_day_sums[];
begin
    foreach local_day in array local_days loop
        start_at := local_day::timestamp at time zone time_zone;
        end_at := (local_day + 1)::timestamp at time zone time_zone;
        -- In the order of the table's columns.
        fresh := array(
            select row(
                local_day,
                metrics.queue_id,
                metrics.media_type,
                max(metrics.interval_end),
                genesys.sum_bigint(metrics.offered_count),
                genesys.sum_bigint(metrics.answered_count),
                genesys.sum_bigint(metrics.abandoned_count),
                genesys.sum_bigint(metrics.short_abandoned_count),
                genesys.sum_bigint(metrics.flow_out_count),
                genesys.sum_bigint(metrics.handled_count),
                genesys.sum_bigint(metrics.transferred_count),
                genesys.sum_bigint(metrics.over_sla_count),
                genesys.sum_bigint(metrics.talk_count),
                genesys.sum_bigint(metrics.hold_count),
                genesys.sum_bigint(metrics.acw_count),
                genesys.sum_bigint(metrics.handle_ms),
                genesys.sum_bigint(metrics.talk_ms),
                genesys.sum_bigint(metrics.hold_ms),
                genesys.sum_bigint(metrics.acw_ms),
                genesys.sum_bigint(metrics.answer_ms),
                genesys.sum_bigint(metrics.abandon_ms),
                genesys.sum_bigint(metrics.wait_ms),
                genesys.sum_bigint(metrics.service_level_numerator),
                genesys.sum_bigint(metrics.service_level_denominator)
            )::genesys.queue_day_sums
            from genesys.queue_interval_sums as metrics
            where
                metrics.interval_start >= start_at
                and metrics.interval_start < end_at
            group by
                metrics.queue_id, metrics.media_type
            order by
                metrics.queue_id, metrics.media_type
        );

        delete from genesys.queue_day_sums as stored
        where
            stored.day = local_day
            and not exists (select from unnest(fresh) as summed where summed = stored);

        insert into genesys.queue_day_sums
        select summed.*
        from unnest(fresh) as summed
        where
            not exists (
                select from genesys.queue_day_sums as stored
                where
                    stored.day = local_day
                    and stored = summed
            );
    end loop;
end
$$;

comment on function genesys.refresh_queue_day_sums is 'Recomputes the sums by queue and media type of whole local days. Used by the load, migrate and rebuild-facts.';
