-- Recomputes the rows of genesys.presence_day_sums of whole local days of `time_zone` (IANA) from genesys.user_aggregates: the one definition of these sums. Those of `user_ids` only, where given.
-- The caller holds the locks of these days and of the time zone. Rows that come out equal are not written.
create or replace function genesys.refresh_presence_day_sums(local_days date[], time_zone text, user_ids uuid[] default null)
returns void
language plpgsql
-- Bounds of a day are then constants to the planner, which leaves the other months' partitions alone.
set plan_cache_mode = force_custom_plan
as $$
declare
    local_day date;
    start_at timestamptz;
    end_at timestamptz;
    fresh genesys.presence_day_sums[];
begin
    foreach local_day in array local_days loop
        start_at := local_day::timestamp at time zone time_zone;
        end_at := (local_day + 1)::timestamp at time zone time_zone;
        -- In the order of the table's columns.
        fresh := array(
            select row(
                local_day,
                metrics.user_id,
                metrics.organization_presence_id,
                max(metrics.interval_end),
                genesys.sum_bigint(metrics.presence_ms)
            )::genesys.presence_day_sums
            from genesys.int_presence_metrics as metrics
            where
                metrics.interval_start >= start_at
                and metrics.interval_start < end_at
                and (user_ids is null or metrics.user_id = any(user_ids))
            group by
                metrics.user_id,
                metrics.organization_presence_id
            order by
                metrics.user_id,
                metrics.organization_presence_id
        );

        delete from genesys.presence_day_sums as stored
        where
            stored.day = local_day
            and (user_ids is null or stored.user_id = any(user_ids))
            and not exists (select from unnest(fresh) as summed where summed = stored);

        insert into genesys.presence_day_sums
        select summed.*
        from unnest(fresh) as summed
        where
            not exists (
                select from genesys.presence_day_sums as stored
                where
                    stored.day = local_day
                    and stored = summed
            );
    end loop;
end
$$;

comment on function genesys.refresh_presence_day_sums is 'Recomputes the sums by user and presence of whole local days. Used by the load, migrate and rebuild-facts.';
