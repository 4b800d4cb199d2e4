-- Recomputes the handlings of users, from genesys.agent_queue_interval_sums,
-- in the rows of genesys.agent_interval_sums whose intervals start in [from_at, to_at): the one definition of these sums. The other
-- figures of a row are left as they are. The caller holds the locks of these days. Rows that come out equal are not written.
create or replace function genesys.refresh_agent_interval_handlings(from_at timestamptz, to_at timestamptz)
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
            genesys.sum_bigint(metrics.answered_count) as answered_count,
            genesys.sum_bigint(metrics.answer_ms) as answer_ms,
            genesys.sum_bigint(metrics.abandoned_count) as abandoned_count,
            genesys.sum_bigint(metrics.alert_count) as alert_count,
            genesys.sum_bigint(metrics.alert_ms) as alert_ms,
            genesys.sum_bigint(metrics.not_responding_count) as not_responding_count,
            genesys.sum_bigint(metrics.handled_count) as handled_count,
            genesys.sum_bigint(metrics.handle_ms) as handle_ms,
            genesys.sum_bigint(metrics.talk_count) as talk_count,
            genesys.sum_bigint(metrics.talk_ms) as talk_ms,
            genesys.sum_bigint(metrics.hold_count) as hold_count,
            genesys.sum_bigint(metrics.hold_ms) as hold_ms,
            genesys.sum_bigint(metrics.acw_count) as acw_count,
            genesys.sum_bigint(metrics.acw_ms) as acw_ms,
            genesys.sum_bigint(metrics.over_sla_count) as over_sla_count,
            genesys.sum_bigint(metrics.transferred_count) as transferred_count,
            genesys.sum_bigint(metrics.outbound_count) as outbound_count
        from genesys.agent_queue_interval_sums as metrics
        where
            metrics.interval_start >= from_at
            and metrics.interval_start < to_at
        group by
            metrics.interval_start,
            metrics.user_id
    ),

    gone as (
        update genesys.agent_interval_sums as stored
        set
            handling_interval_end = null,
            answered_count = null,
            answer_ms = null,
            abandoned_count = null,
            alert_count = null,
            alert_ms = null,
            not_responding_count = null,
            handled_count = null,
            handle_ms = null,
            talk_count = null,
            talk_ms = null,
            hold_count = null,
            hold_ms = null,
            acw_count = null,
            acw_ms = null,
            over_sla_count = null,
            transferred_count = null,
            outbound_count = null
        where
            stored.interval_start >= from_at
            and stored.interval_start < to_at
            and stored.handling_interval_end is not null
            and not exists (
                select from fresh
                where
                    fresh.interval_start = stored.interval_start
                    and fresh.user_id = stored.user_id
            )
    )

    insert into genesys.agent_interval_sums as stored (
        interval_start, user_id, handling_interval_end,
        answered_count, answer_ms, abandoned_count, alert_count, alert_ms, not_responding_count,
        handled_count, handle_ms, talk_count, talk_ms, hold_count, hold_ms, acw_count, acw_ms,
        over_sla_count, transferred_count, outbound_count
    )
    select
        fresh.interval_start, fresh.user_id, fresh.interval_end,
        fresh.answered_count, fresh.answer_ms, fresh.abandoned_count, fresh.alert_count, fresh.alert_ms,
        fresh.not_responding_count, fresh.handled_count, fresh.handle_ms, fresh.talk_count, fresh.talk_ms,
        fresh.hold_count, fresh.hold_ms, fresh.acw_count, fresh.acw_ms, fresh.over_sla_count,
        fresh.transferred_count, fresh.outbound_count
    from fresh
    order by
        fresh.user_id,
        fresh.interval_start
    on conflict (interval_start, user_id) do update set (
        handling_interval_end,
        answered_count, answer_ms, abandoned_count, alert_count, alert_ms, not_responding_count,
        handled_count, handle_ms, talk_count, talk_ms, hold_count, hold_ms, acw_count, acw_ms,
        over_sla_count, transferred_count, outbound_count
    ) = row(
        excluded.handling_interval_end,
        excluded.answered_count, excluded.answer_ms, excluded.abandoned_count, excluded.alert_count,
        excluded.alert_ms, excluded.not_responding_count, excluded.handled_count, excluded.handle_ms,
        excluded.talk_count, excluded.talk_ms, excluded.hold_count, excluded.hold_ms, excluded.acw_count,
        excluded.acw_ms, excluded.over_sla_count, excluded.transferred_count, excluded.outbound_count
    )
    where (
        stored.handling_interval_end,
        stored.answered_count, stored.answer_ms, stored.abandoned_count, stored.alert_count,
        stored.alert_ms, stored.not_responding_count, stored.handled_count, stored.handle_ms,
        stored.talk_count, stored.talk_ms, stored.hold_count, stored.hold_ms, stored.acw_count,
        stored.acw_ms, stored.over_sla_count, stored.transferred_count, stored.outbound_count
    ) is distinct from (
        excluded.handling_interval_end,
        excluded.answered_count, excluded.answer_ms, excluded.abandoned_count, excluded.alert_count,
        excluded.alert_ms, excluded.not_responding_count, excluded.handled_count, excluded.handle_ms,
        excluded.talk_count, excluded.talk_ms, excluded.hold_count, excluded.hold_ms, excluded.acw_count,
        excluded.acw_ms, excluded.over_sla_count, excluded.transferred_count, excluded.outbound_count
    );

    delete from genesys.agent_interval_sums as stored
    where
        stored.interval_start >= from_at
        and stored.interval_start < to_at
        and stored.handling_interval_end is null
        and stored.status_interval_end is null;
end
$$;

comment on function genesys.refresh_agent_interval_handlings is 'Recomputes a part of the sums by interval and user of a range of time. Used by the load, migrate and rebuild-facts.';
