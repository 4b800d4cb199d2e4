-- Recomputes the statuses of users (those of `user_ids` only, where given), from genesys.user_aggregates,
-- in the rows of genesys.agent_interval_sums whose intervals start in [from_at, to_at): the one definition of these sums. The other
-- figures of a row are left as they are. The caller holds the locks of these days. Rows that come out equal are not written.
create or replace function genesys.refresh_agent_interval_statuses(from_at timestamptz, to_at timestamptz, user_ids uuid[] default null)
returns void
language plpgsql
-- The bounds are then constants to the planner, which leaves the other months' partitions alone.
set plan_cache_mode = force_custom_plan
as $$
begin
    with
    fresh as materialized (
        select
            metrics.interval_start,
            metrics.user_id,
            max(metrics.interval_end) as interval_end,
            genesys.sum_bigint(metrics.presence_ms) as presence_ms,
            genesys.sum_bigint(metrics.routing_ms) as routing_ms,
            genesys.sum_bigint(metrics.logged_in_ms) as logged_in_ms,
            genesys.sum_bigint(metrics.on_queue_ms) as on_queue_ms,
            genesys.sum_bigint(metrics.available_ms) as available_ms,
            genesys.sum_bigint(metrics.busy_ms) as busy_ms,
            genesys.sum_bigint(metrics.away_ms) as away_ms,
            genesys.sum_bigint(metrics.break_ms) as break_ms,
            genesys.sum_bigint(metrics.meal_ms) as meal_ms,
            genesys.sum_bigint(metrics.meeting_ms) as meeting_ms,
            genesys.sum_bigint(metrics.training_ms) as training_ms,
            genesys.sum_bigint(metrics.inactive_ms) as inactive_ms,
            genesys.sum_bigint(metrics.offline_ms) as offline_ms,
            genesys.sum_bigint(metrics.interacting_ms) as interacting_ms,
            genesys.sum_bigint(metrics.communicating_ms) as communicating_ms,
            genesys.sum_bigint(metrics.idle_ms) as idle_ms,
            genesys.sum_bigint(metrics.not_responding_ms) as not_responding_ms,
            genesys.sum_bigint(metrics.off_queue_ms) as off_queue_ms
        from genesys.int_agent_status_metrics as metrics
        where
            metrics.interval_start >= from_at
            and metrics.interval_start < to_at
            and (user_ids is null or metrics.user_id = any(user_ids))
        group by
            metrics.interval_start,
            metrics.user_id
    ),

    gone as (
        update genesys.agent_interval_sums as stored
        set
            status_interval_end = null,
            presence_ms = null,
            routing_ms = null,
            logged_in_ms = null,
            on_queue_ms = null,
            available_ms = null,
            busy_ms = null,
            away_ms = null,
            break_ms = null,
            meal_ms = null,
            meeting_ms = null,
            training_ms = null,
            inactive_ms = null,
            offline_ms = null,
            interacting_ms = null,
            communicating_ms = null,
            idle_ms = null,
            not_responding_ms = null,
            off_queue_ms = null
        where
            stored.interval_start >= from_at
            and stored.interval_start < to_at
            and (user_ids is null or stored.user_id = any(user_ids))
            and stored.status_interval_end is not null
            and not exists (
                select from fresh
                where
                    fresh.interval_start = stored.interval_start
                    and fresh.user_id = stored.user_id
            )
    )

    insert into genesys.agent_interval_sums as stored (
        interval_start, user_id, status_interval_end,
        presence_ms, routing_ms, logged_in_ms, on_queue_ms, available_ms, busy_ms, away_ms, break_ms,
        meal_ms, meeting_ms, training_ms, inactive_ms, offline_ms, interacting_ms, communicating_ms,
        idle_ms, not_responding_ms, off_queue_ms
    )
    select
        fresh.interval_start, fresh.user_id, fresh.interval_end,
        fresh.presence_ms, fresh.routing_ms, fresh.logged_in_ms, fresh.on_queue_ms, fresh.available_ms,
        fresh.busy_ms, fresh.away_ms, fresh.break_ms, fresh.meal_ms, fresh.meeting_ms, fresh.training_ms,
        fresh.inactive_ms, fresh.offline_ms, fresh.interacting_ms, fresh.communicating_ms, fresh.idle_ms,
        fresh.not_responding_ms, fresh.off_queue_ms
    from fresh
    order by
        fresh.user_id,
        fresh.interval_start
    on conflict (interval_start, user_id) do update set (
        status_interval_end,
        presence_ms, routing_ms, logged_in_ms, on_queue_ms, available_ms, busy_ms, away_ms, break_ms,
        meal_ms, meeting_ms, training_ms, inactive_ms, offline_ms, interacting_ms, communicating_ms,
        idle_ms, not_responding_ms, off_queue_ms
    ) = row(
        excluded.status_interval_end,
        excluded.presence_ms, excluded.routing_ms, excluded.logged_in_ms, excluded.on_queue_ms,
        excluded.available_ms, excluded.busy_ms, excluded.away_ms, excluded.break_ms, excluded.meal_ms,
        excluded.meeting_ms, excluded.training_ms, excluded.inactive_ms, excluded.offline_ms,
        excluded.interacting_ms, excluded.communicating_ms, excluded.idle_ms, excluded.not_responding_ms,
        excluded.off_queue_ms
    )
    where (
        stored.status_interval_end,
        stored.presence_ms, stored.routing_ms, stored.logged_in_ms, stored.on_queue_ms,
        stored.available_ms, stored.busy_ms, stored.away_ms, stored.break_ms, stored.meal_ms,
        stored.meeting_ms, stored.training_ms, stored.inactive_ms, stored.offline_ms,
        stored.interacting_ms, stored.communicating_ms, stored.idle_ms, stored.not_responding_ms,
        stored.off_queue_ms
    ) is distinct from (
        excluded.status_interval_end,
        excluded.presence_ms, excluded.routing_ms, excluded.logged_in_ms, excluded.on_queue_ms,
        excluded.available_ms, excluded.busy_ms, excluded.away_ms, excluded.break_ms, excluded.meal_ms,
        excluded.meeting_ms, excluded.training_ms, excluded.inactive_ms, excluded.offline_ms,
        excluded.interacting_ms, excluded.communicating_ms, excluded.idle_ms, excluded.not_responding_ms,
        excluded.off_queue_ms
    );

    delete from genesys.agent_interval_sums as stored
    where
        stored.interval_start >= from_at
        and stored.interval_start < to_at
        and (user_ids is null or stored.user_id = any(user_ids))
        and stored.handling_interval_end is null
        and stored.status_interval_end is null;
end
$$;

comment on function genesys.refresh_agent_interval_statuses is 'Recomputes a part of the sums by interval and user of a range of time. Used by the load, migrate and rebuild-facts.';
