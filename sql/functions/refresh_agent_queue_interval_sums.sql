-- Recomputes the rows of genesys.agent_queue_interval_sums whose intervals start in [from_at, to_at) from genesys.agent_aggregates: the one definition
-- of these sums. The caller holds the locks of what it wrote. Rows that come out equal are not written.
create or replace function genesys.refresh_agent_queue_interval_sums(from_at timestamptz, to_at timestamptz)
returns void
language plpgsql
-- The bounds are then constants to the planner, which leaves the other months' partitions alone.
set plan_cache_mode = force_custom_plan
as $$
declare
    fresh genesys.agent_queue_interval_sums[];
begin
    -- In the order of the table's columns.
    fresh := array(
        select row(
            metrics.interval_start,
            max(metrics.interval_end),
            metrics.user_id,
            metrics.queue_id,
            metrics.media_type,
            genesys.sum_bigint(metrics.answered_count),
            genesys.sum_bigint(metrics.answer_ms),
            genesys.sum_bigint(metrics.abandoned_count),
            genesys.sum_bigint(metrics.alert_count),
            genesys.sum_bigint(metrics.alert_ms),
            genesys.sum_bigint(metrics.not_responding_count),
            genesys.sum_bigint(metrics.not_responding_ms),
            genesys.sum_bigint(metrics.handled_count),
            genesys.sum_bigint(metrics.handle_ms),
            genesys.sum_bigint(metrics.talk_count),
            genesys.sum_bigint(metrics.talk_ms),
            genesys.sum_bigint(metrics.hold_count),
            genesys.sum_bigint(metrics.hold_ms),
            genesys.sum_bigint(metrics.acw_count),
            genesys.sum_bigint(metrics.acw_ms),
            genesys.sum_bigint(metrics.dialing_count),
            genesys.sum_bigint(metrics.dialing_ms),
            genesys.sum_bigint(metrics.contacting_count),
            genesys.sum_bigint(metrics.contacting_ms),
            genesys.sum_bigint(metrics.agent_response_count),
            genesys.sum_bigint(metrics.agent_response_ms),
            genesys.sum_bigint(metrics.connected_count),
            genesys.sum_bigint(metrics.outbound_count),
            genesys.sum_bigint(metrics.transferred_count),
            genesys.sum_bigint(metrics.blind_transferred_count),
            genesys.sum_bigint(metrics.consult_transferred_count),
            genesys.sum_bigint(metrics.consult_count),
            genesys.sum_bigint(metrics.over_sla_count),
            genesys.sum_bigint(metrics.error_count)
        )::genesys.agent_queue_interval_sums
        from genesys.int_agent_handling_metrics as metrics
        where
            metrics.interval_start >= from_at
            and metrics.interval_start < to_at
        group by
            metrics.interval_start,
            metrics.user_id,
            metrics.queue_id,
            metrics.media_type
        order by
            metrics.interval_start,
            metrics.user_id,
            metrics.queue_id,
            metrics.media_type
    );

    delete from genesys.agent_queue_interval_sums as stored
    where
        stored.interval_start >= from_at
        and stored.interval_start < to_at
        and not exists (select from unnest(fresh) as summed where summed = stored);

    insert into genesys.agent_queue_interval_sums
    select summed.*
    from unnest(fresh) as summed
    where
        not exists (
            select from genesys.agent_queue_interval_sums as stored
            where
                stored.interval_start >= from_at
                and stored.interval_start < to_at
                and stored = summed
        );
end
$$;

comment on function genesys.refresh_agent_queue_interval_sums is 'Recomputes the sums of the intervals that start in a range of time. Used by the load, migrate and rebuild-facts.';
