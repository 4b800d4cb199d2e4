-- Recomputes the rows of genesys.queue_interval_sums whose intervals start in [from_at, to_at) from genesys.queue_aggregates: the one definition
-- of these sums. The caller holds the locks of what it wrote. Rows that come out equal are not written.
create or replace function genesys.refresh_queue_interval_sums(from_at timestamptz, to_at timestamptz)
returns void
language plpgsql
-- The bounds are then constants to the planner, which leaves the other months' partitions alone.
set plan_cache_mode = force_custom_plan
as $$
declare
    fresh genesys.queue_interval_sums[];
begin
    -- In the order of the table's columns.
    fresh := array(
        select row(
            metrics.interval_start,
            max(metrics.interval_end),
            metrics.queue_id,
            metrics.media_type,
            metrics.direction,
            genesys.sum_bigint(metrics.offered_count),
            genesys.sum_bigint(metrics.over_sla_count),
            genesys.sum_bigint(metrics.transferred_count),
            genesys.sum_bigint(metrics.blind_transferred_count),
            genesys.sum_bigint(metrics.consult_transferred_count),
            genesys.sum_bigint(metrics.consult_count),
            genesys.sum_bigint(metrics.connected_count),
            genesys.sum_bigint(metrics.conversation_count),
            genesys.sum_bigint(metrics.outbound_count),
            genesys.sum_bigint(metrics.outbound_attempted_count),
            genesys.sum_bigint(metrics.outbound_connected_count),
            genesys.sum_bigint(metrics.outbound_abandoned_count),
            genesys.sum_bigint(metrics.callback_scheduled_count),
            genesys.sum_bigint(metrics.callback_attempt_count),
            genesys.sum_bigint(metrics.callback_over_sla_count),
            genesys.sum_bigint(metrics.cfc_offered_count),
            genesys.sum_bigint(metrics.bot_interaction_count),
            genesys.sum_bigint(metrics.cobrowse_session_count),
            genesys.sum_bigint(metrics.takeover_count),
            genesys.sum_bigint(metrics.error_count),
            genesys.sum_bigint(metrics.state_transition_error_count),
            genesys.sum_bigint(metrics.answered_count),
            genesys.sum_bigint(metrics.answer_ms),
            genesys.sum_bigint(metrics.abandoned_count),
            genesys.sum_bigint(metrics.abandon_ms),
            genesys.sum_bigint(metrics.short_abandoned_count),
            genesys.sum_bigint(metrics.short_abandon_ms),
            genesys.sum_bigint(metrics.flow_out_count),
            genesys.sum_bigint(metrics.flow_out_ms),
            genesys.sum_bigint(metrics.acd_count),
            genesys.sum_bigint(metrics.acd_ms),
            genesys.sum_bigint(metrics.wait_count),
            genesys.sum_bigint(metrics.wait_ms),
            genesys.sum_bigint(metrics.voicemail_count),
            genesys.sum_bigint(metrics.voicemail_ms),
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
            genesys.sum_bigint(metrics.park_count),
            genesys.sum_bigint(metrics.park_ms),
            genesys.sum_bigint(metrics.talk_part_count),
            genesys.sum_bigint(metrics.talk_part_ms),
            genesys.sum_bigint(metrics.hold_part_count),
            genesys.sum_bigint(metrics.hold_part_ms),
            genesys.sum_bigint(metrics.park_part_count),
            genesys.sum_bigint(metrics.park_part_ms),
            genesys.sum_bigint(metrics.alert_count),
            genesys.sum_bigint(metrics.alert_ms),
            genesys.sum_bigint(metrics.not_responding_count),
            genesys.sum_bigint(metrics.not_responding_ms),
            genesys.sum_bigint(metrics.connection_count),
            genesys.sum_bigint(metrics.connection_ms),
            genesys.sum_bigint(metrics.first_connect_count),
            genesys.sum_bigint(metrics.first_connect_ms),
            genesys.sum_bigint(metrics.first_dial_count),
            genesys.sum_bigint(metrics.first_dial_ms),
            genesys.sum_bigint(metrics.first_engagement_count),
            genesys.sum_bigint(metrics.first_engagement_ms),
            genesys.sum_bigint(metrics.first_response_count),
            genesys.sum_bigint(metrics.first_response_ms),
            genesys.sum_bigint(metrics.agent_response_count),
            genesys.sum_bigint(metrics.agent_response_ms),
            genesys.sum_bigint(metrics.user_response_count),
            genesys.sum_bigint(metrics.user_response_ms),
            genesys.sum_bigint(metrics.average_agent_response_count),
            genesys.sum_bigint(metrics.average_agent_response_ms),
            genesys.sum_bigint(metrics.average_customer_response_count),
            genesys.sum_bigint(metrics.average_customer_response_ms),
            genesys.sum_bigint(metrics.callback_virtual_wait_count),
            genesys.sum_bigint(metrics.callback_virtual_wait_ms),
            genesys.sum_bigint(metrics.active_callback_count),
            genesys.sum_bigint(metrics.active_callback_ms),
            genesys.sum_bigint(metrics.active_callback_part_count),
            genesys.sum_bigint(metrics.active_callback_part_ms),
            genesys.sum_bigint(metrics.callback_connect_count),
            genesys.sum_bigint(metrics.callback_connect_ms),
            genesys.sum_bigint(metrics.callback_not_reached_count),
            genesys.sum_bigint(metrics.callback_not_reached_ms),
            genesys.sum_bigint(metrics.callback_abandoned_count),
            genesys.sum_bigint(metrics.callback_abandon_ms),
            genesys.sum_bigint(metrics.cfc_acd_count),
            genesys.sum_bigint(metrics.cfc_acd_ms),
            genesys.sum_bigint(metrics.cfc_answered_count),
            genesys.sum_bigint(metrics.cfc_answer_ms),
            genesys.sum_bigint(metrics.cfc_abandoned_count),
            genesys.sum_bigint(metrics.cfc_abandon_ms),
            genesys.sum_bigint(metrics.cfc_flow_out_count),
            genesys.sum_bigint(metrics.cfc_flow_out_ms),
            genesys.sum_bigint(metrics.ivr_count),
            genesys.sum_bigint(metrics.ivr_ms),
            genesys.sum_bigint(metrics.monitoring_count),
            genesys.sum_bigint(metrics.monitoring_ms),
            genesys.sum_bigint(metrics.monitoring_part_count),
            genesys.sum_bigint(metrics.monitoring_part_ms),
            genesys.sum_bigint(metrics.coaching_count),
            genesys.sum_bigint(metrics.coaching_ms),
            genesys.sum_bigint(metrics.coaching_part_count),
            genesys.sum_bigint(metrics.coaching_part_ms),
            genesys.sum_bigint(metrics.barging_count),
            genesys.sum_bigint(metrics.barging_ms),
            genesys.sum_bigint(metrics.screen_monitoring_count),
            genesys.sum_bigint(metrics.screen_monitoring_ms),
            genesys.sum_bigint(metrics.snippet_record_count),
            genesys.sum_bigint(metrics.snippet_record_ms),
            genesys.sum_bigint(metrics.agent_video_count),
            genesys.sum_bigint(metrics.agent_video_ms),
            genesys.sum_bigint(metrics.transmitting_count),
            genesys.sum_bigint(metrics.transmitting_ms),
            max(metrics.max_answer_ms),
            max(metrics.max_abandon_ms),
            max(metrics.max_wait_ms),
            max(metrics.max_acd_ms),
            max(metrics.max_handle_ms),
            genesys.sum_bigint(metrics.service_level_numerator),
            genesys.sum_bigint(metrics.service_level_denominator)
        )::genesys.queue_interval_sums
        from genesys.int_queue_metrics as metrics
        where
            metrics.interval_start >= from_at
            and metrics.interval_start < to_at
        group by
            metrics.interval_start,
            metrics.queue_id,
            metrics.media_type,
            metrics.direction
        order by
            metrics.interval_start,
            metrics.queue_id,
            metrics.media_type,
            metrics.direction
    );

    delete from genesys.queue_interval_sums as stored
    where
        stored.interval_start >= from_at
        and stored.interval_start < to_at
        and not exists (select from unnest(fresh) as summed where summed = stored);

    insert into genesys.queue_interval_sums
    select summed.*
    from unnest(fresh) as summed
    where
        not exists (
            select from genesys.queue_interval_sums as stored
            where
                stored.interval_start >= from_at
                and stored.interval_start < to_at
                and stored = summed
        );
end
$$;

comment on function genesys.refresh_queue_interval_sums is 'Recomputes the sums of the intervals that start in a range of time. Used by the load, migrate and rebuild-facts.';
