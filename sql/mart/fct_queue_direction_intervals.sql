-- One row per interval × queue × media type × direction: every metric of Genesys' own aggregates.
create view mart.fct_queue_direction_intervals as
with
summed as (
    select
        sums.interval_start,
        sums.interval_end,
        sums.queue_id,
        sums.media_type,
        sums.direction,
        coalesce(sums.offered_count, 0) as offered_count,
        coalesce(sums.over_sla_count, 0) as over_sla_count,
        coalesce(sums.transferred_count, 0) as transferred_count,
        coalesce(sums.blind_transferred_count, 0) as blind_transferred_count,
        coalesce(sums.consult_transferred_count, 0) as consult_transferred_count,
        coalesce(sums.consult_count, 0) as consult_count,
        coalesce(sums.connected_count, 0) as connected_count,
        coalesce(sums.conversation_count, 0) as conversation_count,
        coalesce(sums.outbound_count, 0) as outbound_count,
        coalesce(sums.outbound_attempted_count, 0) as outbound_attempted_count,
        coalesce(sums.outbound_connected_count, 0) as outbound_connected_count,
        coalesce(sums.outbound_abandoned_count, 0) as outbound_abandoned_count,
        coalesce(sums.callback_scheduled_count, 0) as callback_scheduled_count,
        coalesce(sums.callback_attempt_count, 0) as callback_attempt_count,
        coalesce(sums.callback_over_sla_count, 0) as callback_over_sla_count,
        coalesce(sums.cfc_offered_count, 0) as cfc_offered_count,
        coalesce(sums.bot_interaction_count, 0) as bot_interaction_count,
        coalesce(sums.cobrowse_session_count, 0) as cobrowse_session_count,
        coalesce(sums.takeover_count, 0) as takeover_count,
        coalesce(sums.error_count, 0) as error_count,
        coalesce(sums.state_transition_error_count, 0) as state_transition_error_count,
        coalesce(sums.answered_count, 0) as answered_count,
        coalesce(sums.abandoned_count, 0) as abandoned_count,
        coalesce(sums.short_abandoned_count, 0) as short_abandoned_count,
        coalesce(sums.flow_out_count, 0) as flow_out_count,
        coalesce(sums.acd_count, 0) as acd_count,
        coalesce(sums.wait_count, 0) as wait_count,
        coalesce(sums.voicemail_count, 0) as voicemail_count,
        coalesce(sums.handled_count, 0) as handled_count,
        coalesce(sums.talk_count, 0) as talk_count,
        coalesce(sums.hold_count, 0) as hold_count,
        coalesce(sums.acw_count, 0) as acw_count,
        coalesce(sums.dialing_count, 0) as dialing_count,
        coalesce(sums.contacting_count, 0) as contacting_count,
        coalesce(sums.park_count, 0) as park_count,
        coalesce(sums.talk_part_count, 0) as talk_part_count,
        coalesce(sums.hold_part_count, 0) as hold_part_count,
        coalesce(sums.park_part_count, 0) as park_part_count,
        coalesce(sums.alert_count, 0) as alert_count,
        coalesce(sums.not_responding_count, 0) as not_responding_count,
        coalesce(sums.connection_count, 0) as connection_count,
        coalesce(sums.first_connect_count, 0) as first_connect_count,
        coalesce(sums.first_dial_count, 0) as first_dial_count,
        coalesce(sums.first_engagement_count, 0) as first_engagement_count,
        coalesce(sums.first_response_count, 0) as first_response_count,
        coalesce(sums.agent_response_count, 0) as agent_response_count,
        coalesce(sums.user_response_count, 0) as user_response_count,
        coalesce(sums.average_agent_response_count, 0) as average_agent_response_count,
        coalesce(sums.average_customer_response_count, 0) as average_customer_response_count,
        coalesce(sums.callback_virtual_wait_count, 0) as callback_virtual_wait_count,
        coalesce(sums.active_callback_count, 0) as active_callback_count,
        coalesce(sums.active_callback_part_count, 0) as active_callback_part_count,
        coalesce(sums.callback_connect_count, 0) as callback_connect_count,
        coalesce(sums.callback_not_reached_count, 0) as callback_not_reached_count,
        coalesce(sums.callback_abandoned_count, 0) as callback_abandoned_count,
        coalesce(sums.cfc_acd_count, 0) as cfc_acd_count,
        coalesce(sums.cfc_answered_count, 0) as cfc_answered_count,
        coalesce(sums.cfc_abandoned_count, 0) as cfc_abandoned_count,
        coalesce(sums.cfc_flow_out_count, 0) as cfc_flow_out_count,
        coalesce(sums.ivr_count, 0) as ivr_count,
        coalesce(sums.monitoring_count, 0) as monitoring_count,
        coalesce(sums.monitoring_part_count, 0) as monitoring_part_count,
        coalesce(sums.coaching_count, 0) as coaching_count,
        coalesce(sums.coaching_part_count, 0) as coaching_part_count,
        coalesce(sums.barging_count, 0) as barging_count,
        coalesce(sums.screen_monitoring_count, 0) as screen_monitoring_count,
        coalesce(sums.snippet_record_count, 0) as snippet_record_count,
        coalesce(sums.agent_video_count, 0) as agent_video_count,
        coalesce(sums.transmitting_count, 0) as transmitting_count,
        coalesce(sums.service_level_numerator, 0) as service_level_numerator,
        coalesce(sums.service_level_denominator, 0) as service_level_denominator,
        coalesce(sums.answer_ms, 0) as answer_ms,
        coalesce(sums.abandon_ms, 0) as abandon_ms,
        coalesce(sums.short_abandon_ms, 0) as short_abandon_ms,
        coalesce(sums.flow_out_ms, 0) as flow_out_ms,
        coalesce(sums.acd_ms, 0) as acd_ms,
        coalesce(sums.wait_ms, 0) as wait_ms,
        coalesce(sums.voicemail_ms, 0) as voicemail_ms,
        coalesce(sums.handle_ms, 0) as handle_ms,
        coalesce(sums.talk_ms, 0) as talk_ms,
        coalesce(sums.hold_ms, 0) as hold_ms,
        coalesce(sums.acw_ms, 0) as acw_ms,
        coalesce(sums.dialing_ms, 0) as dialing_ms,
        coalesce(sums.contacting_ms, 0) as contacting_ms,
        coalesce(sums.park_ms, 0) as park_ms,
        coalesce(sums.talk_part_ms, 0) as talk_part_ms,
        coalesce(sums.hold_part_ms, 0) as hold_part_ms,
        coalesce(sums.park_part_ms, 0) as park_part_ms,
        coalesce(sums.alert_ms, 0) as alert_ms,
        coalesce(sums.not_responding_ms, 0) as not_responding_ms,
        coalesce(sums.connection_ms, 0) as connection_ms,
        coalesce(sums.first_connect_ms, 0) as first_connect_ms,
        coalesce(sums.first_dial_ms, 0) as first_dial_ms,
        coalesce(sums.first_engagement_ms, 0) as first_engagement_ms,
        coalesce(sums.first_response_ms, 0) as first_response_ms,
        coalesce(sums.agent_response_ms, 0) as agent_response_ms,
        coalesce(sums.user_response_ms, 0) as user_response_ms,
        coalesce(sums.average_agent_response_ms, 0) as average_agent_response_ms,
        coalesce(sums.average_customer_response_ms, 0) as average_customer_response_ms,
        coalesce(sums.callback_virtual_wait_ms, 0) as callback_virtual_wait_ms,
        coalesce(sums.active_callback_ms, 0) as active_callback_ms,
        coalesce(sums.active_callback_part_ms, 0) as active_callback_part_ms,
        coalesce(sums.callback_connect_ms, 0) as callback_connect_ms,
        coalesce(sums.callback_not_reached_ms, 0) as callback_not_reached_ms,
        coalesce(sums.callback_abandon_ms, 0) as callback_abandon_ms,
        coalesce(sums.cfc_acd_ms, 0) as cfc_acd_ms,
        coalesce(sums.cfc_answer_ms, 0) as cfc_answer_ms,
        coalesce(sums.cfc_abandon_ms, 0) as cfc_abandon_ms,
        coalesce(sums.cfc_flow_out_ms, 0) as cfc_flow_out_ms,
        coalesce(sums.ivr_ms, 0) as ivr_ms,
        coalesce(sums.monitoring_ms, 0) as monitoring_ms,
        coalesce(sums.monitoring_part_ms, 0) as monitoring_part_ms,
        coalesce(sums.coaching_ms, 0) as coaching_ms,
        coalesce(sums.coaching_part_ms, 0) as coaching_part_ms,
        coalesce(sums.barging_ms, 0) as barging_ms,
        coalesce(sums.screen_monitoring_ms, 0) as screen_monitoring_ms,
        coalesce(sums.snippet_record_ms, 0) as snippet_record_ms,
        coalesce(sums.agent_video_ms, 0) as agent_video_ms,
        coalesce(sums.transmitting_ms, 0) as transmitting_ms,
        sums.max_answer_ms,
        sums.max_abandon_ms,
        sums.max_wait_ms,
        sums.max_acd_ms,
        sums.max_handle_ms
    from genesys.queue_interval_sums as sums
),

final as (
    select
        summed.queue_id,

        queues.queue_name,
        summed.media_type,
        summed.direction,

        genesys.minute_of_day(summed.interval_start) as minute_of_day,
        genesys.utc_offset_minutes(summed.interval_start) as utc_offset_minutes,
        summed.offered_count,
        summed.over_sla_count,
        summed.transferred_count,
        summed.blind_transferred_count,
        summed.consult_transferred_count,
        summed.consult_count,
        summed.connected_count,
        summed.conversation_count,
        summed.outbound_count,
        summed.outbound_attempted_count,
        summed.outbound_connected_count,
        summed.outbound_abandoned_count,
        summed.callback_scheduled_count,
        summed.callback_attempt_count,
        summed.callback_over_sla_count,
        summed.cfc_offered_count,
        summed.bot_interaction_count,
        summed.cobrowse_session_count,
        summed.takeover_count,
        summed.error_count,
        summed.state_transition_error_count,
        summed.answered_count,
        summed.abandoned_count,
        summed.short_abandoned_count,
        summed.flow_out_count,
        summed.acd_count,
        summed.wait_count,
        summed.voicemail_count,
        summed.handled_count,
        summed.talk_count,
        summed.hold_count,
        summed.acw_count,
        summed.dialing_count,
        summed.contacting_count,
        summed.park_count,
        summed.talk_part_count,
        summed.hold_part_count,
        summed.park_part_count,
        summed.alert_count,
        summed.not_responding_count,
        summed.connection_count,
        summed.first_connect_count,
        summed.first_dial_count,
        summed.first_engagement_count,
        summed.first_response_count,
        summed.agent_response_count,
        summed.user_response_count,
        summed.average_agent_response_count,
        summed.average_customer_response_count,
        summed.callback_virtual_wait_count,
        summed.active_callback_count,
        summed.active_callback_part_count,
        summed.callback_connect_count,
        summed.callback_not_reached_count,
        summed.callback_abandoned_count,
        summed.cfc_acd_count,
        summed.cfc_answered_count,
        summed.cfc_abandoned_count,
        summed.cfc_flow_out_count,
        summed.ivr_count,
        summed.monitoring_count,
        summed.monitoring_part_count,
        summed.coaching_count,
        summed.coaching_part_count,
        summed.barging_count,
        summed.screen_monitoring_count,
        summed.snippet_record_count,
        summed.agent_video_count,
        summed.transmitting_count,
        summed.answer_ms * 0.001 as answer_seconds,
        summed.abandon_ms * 0.001 as abandon_seconds,
        summed.short_abandon_ms * 0.001 as short_abandon_seconds,
        summed.flow_out_ms * 0.001 as flow_out_seconds,
        summed.acd_ms * 0.001 as acd_seconds,
        summed.wait_ms * 0.001 as wait_seconds,
        summed.voicemail_ms * 0.001 as voicemail_seconds,
        summed.handle_ms * 0.001 as handle_seconds,
        summed.talk_ms * 0.001 as talk_seconds,
        summed.hold_ms * 0.001 as hold_seconds,
        summed.acw_ms * 0.001 as acw_seconds,
        summed.dialing_ms * 0.001 as dialing_seconds,
        summed.contacting_ms * 0.001 as contacting_seconds,
        summed.park_ms * 0.001 as park_seconds,
        summed.talk_part_ms * 0.001 as talk_part_seconds,
        summed.hold_part_ms * 0.001 as hold_part_seconds,
        summed.park_part_ms * 0.001 as park_part_seconds,
        summed.alert_ms * 0.001 as alert_seconds,
        summed.not_responding_ms * 0.001 as not_responding_seconds,
        summed.connection_ms * 0.001 as connection_seconds,
        summed.first_connect_ms * 0.001 as first_connect_seconds,
        summed.first_dial_ms * 0.001 as first_dial_seconds,
        summed.first_engagement_ms * 0.001 as first_engagement_seconds,
        summed.first_response_ms * 0.001 as first_response_seconds,
        summed.agent_response_ms * 0.001 as agent_response_seconds,
        summed.user_response_ms * 0.001 as user_response_seconds,
        summed.average_agent_response_ms * 0.001 as average_agent_response_seconds,
        summed.average_customer_response_ms * 0.001 as average_customer_response_seconds,
        summed.callback_virtual_wait_ms * 0.001 as callback_virtual_wait_seconds,
        summed.active_callback_ms * 0.001 as active_callback_seconds,
        summed.active_callback_part_ms * 0.001 as active_callback_part_seconds,
        summed.callback_connect_ms * 0.001 as callback_connect_seconds,
        summed.callback_not_reached_ms * 0.001 as callback_not_reached_seconds,
        summed.callback_abandon_ms * 0.001 as callback_abandon_seconds,
        summed.cfc_acd_ms * 0.001 as cfc_acd_seconds,
        summed.cfc_answer_ms * 0.001 as cfc_answer_seconds,
        summed.cfc_abandon_ms * 0.001 as cfc_abandon_seconds,
        summed.cfc_flow_out_ms * 0.001 as cfc_flow_out_seconds,
        summed.ivr_ms * 0.001 as ivr_seconds,
        summed.monitoring_ms * 0.001 as monitoring_seconds,
        summed.monitoring_part_ms * 0.001 as monitoring_part_seconds,
        summed.coaching_ms * 0.001 as coaching_seconds,
        summed.coaching_part_ms * 0.001 as coaching_part_seconds,
        summed.barging_ms * 0.001 as barging_seconds,
        summed.screen_monitoring_ms * 0.001 as screen_monitoring_seconds,
        summed.snippet_record_ms * 0.001 as snippet_record_seconds,
        summed.agent_video_ms * 0.001 as agent_video_seconds,
        summed.transmitting_ms * 0.001 as transmitting_seconds,
        summed.max_answer_ms * 0.001 as max_answer_seconds,
        summed.max_abandon_ms * 0.001 as max_abandon_seconds,
        summed.max_wait_ms * 0.001 as max_wait_seconds,
        summed.max_acd_ms * 0.001 as max_acd_seconds,
        summed.max_handle_ms * 0.001 as max_handle_seconds,
        summed.service_level_numerator,
        summed.service_level_denominator,
        genesys.average_seconds(summed.handle_ms, summed.handled_count) as average_handle_seconds,
        genesys.average_seconds(summed.talk_ms, summed.talk_count) as average_talk_seconds,
        genesys.average_seconds(summed.hold_ms, summed.hold_count) as average_hold_seconds,
        genesys.average_seconds(summed.acw_ms, summed.acw_count) as average_acw_seconds,
        genesys.average_seconds(summed.answer_ms, summed.answered_count) as average_answer_seconds,
        round(summed.answered_count::numeric / nullif(summed.offered_count, 0), 6) as answer_rate,
        round(summed.abandoned_count::numeric / nullif(summed.offered_count, 0), 6) as abandon_rate,
        round(
            (summed.abandoned_count - summed.short_abandoned_count)::numeric
            / nullif(summed.offered_count - summed.short_abandoned_count, 0),
            6
        ) as long_abandon_rate,
        round(summed.service_level_numerator::numeric / nullif(summed.service_level_denominator, 0), 6) as service_level_rate,
        round(summed.transferred_count::numeric / nullif(summed.handled_count, 0), 6) as transfer_rate,

        coalesce(
            summed.interval_start <@ (
                select ranges.ranges
                from genesys.int_complete_ranges as ranges
                where ranges.fact = 'queue_aggregates'
            ),
            false
        ) as is_complete,
        coalesce(
            tstzrange(summed.interval_start, summed.interval_end) <@ (
                select ranges.settled
                from genesys.int_pull_ranges as ranges
                where ranges.fact = 'queue_aggregates'
            ),
            false
        ) as is_settled,
        coalesce(
            tstzrange(summed.interval_start, summed.interval_end) <@ (
                select ranges.final
                from genesys.int_pull_ranges as ranges
                where ranges.fact = 'queue_aggregates'
            ),
            false
        ) as is_final,

        genesys.local_day(summed.interval_start) as day,
        summed.interval_start as interval_start_at,
        summed.interval_start at time zone {{time_zone}} as interval_start_local,
        summed.interval_end as interval_end_at,
        summed.interval_end at time zone {{time_zone}} as interval_end_local
    from summed
    left join genesys.int_queue_names as queues
        on queues.queue_id = summed.queue_id
        and queues.from_at <= summed.interval_start
        and queues.to_at > summed.interval_start
)

select * from final;

comment on view mart.fct_queue_direction_intervals is 'One row per interval × queue × media type × direction, with every count and time that Genesys aggregates for conversations and its longest waits. A metric counts in the interval in which it is complete. A figure without any metric is 0; there is no row where Genesys has none at all. Summed over directions: fct_queue_intervals. Source: conversation aggregates (genesys.queue_aggregates).';
comment on column mart.fct_queue_direction_intervals.queue_id is 'Queue; null for what happened outside queues. With interval_start_at, media_type and direction the key of this relation. See dim_queues.';
comment on column mart.fct_queue_direction_intervals.queue_name is 'Name of the queue at the start of the interval, or the earliest known. Source: history of the directory.';
comment on column mart.fct_queue_direction_intervals.media_type is 'voice, callback, message, email, chat, …; unknown where Genesys reports none. Aggregates mediaType.';
comment on column mart.fct_queue_direction_intervals.direction is 'inbound or outbound; unknown where Genesys reports none, as of direct calls between users. Aggregates direction.';
comment on column mart.fct_queue_direction_intervals.minute_of_day is 'Minutes from midnight to interval_start_local on the clock, in steps of a quarter of an hour: 0, 15, … 1425. See dim_intervals.';
comment on column mart.fct_queue_direction_intervals.utc_offset_minutes is 'Minutes by which the reporting time zone is ahead of UTC: it distinguishes the intervals that a clock shows twice.';
comment on column mart.fct_queue_direction_intervals.offered_count is 'Offered to the queue. Count of nOffered.';
comment on column mart.fct_queue_direction_intervals.over_sla_count is 'Answered after the service-level target. Count of nOverSla.';
comment on column mart.fct_queue_direction_intervals.transferred_count is 'Transfers by agents, blind and consult. Count of nTransferred.';
comment on column mart.fct_queue_direction_intervals.blind_transferred_count is 'Blind transfers. Count of nBlindTransferred.';
comment on column mart.fct_queue_direction_intervals.consult_transferred_count is 'Consult transfers. Count of nConsultTransferred.';
comment on column mart.fct_queue_direction_intervals.consult_count is 'Consultations. Count of nConsult.';
comment on column mart.fct_queue_direction_intervals.connected_count is 'Connections of an agent. Count of nConnected.';
comment on column mart.fct_queue_direction_intervals.conversation_count is 'Conversations, as Genesys counts them in the interval. Count of nConversations.';
comment on column mart.fct_queue_direction_intervals.outbound_count is 'Outbound handlings. Count of nOutbound.';
comment on column mart.fct_queue_direction_intervals.outbound_attempted_count is 'Dial attempts of campaigns. Count of nOutboundAttempted.';
comment on column mart.fct_queue_direction_intervals.outbound_connected_count is 'Dial attempts that were connected. Count of nOutboundConnected.';
comment on column mart.fct_queue_direction_intervals.outbound_abandoned_count is 'Connected dial attempts that ended before an agent took them. Count of nOutboundAbandoned.';
comment on column mart.fct_queue_direction_intervals.callback_scheduled_count is 'Callbacks requested. Count of nCallbackScheduled.';
comment on column mart.fct_queue_direction_intervals.callback_attempt_count is 'Attempts to call back. Count of nCallbackAttempts.';
comment on column mart.fct_queue_direction_intervals.callback_over_sla_count is 'Callbacks that began after the service-level target. Count of nCallbackOverSla.';
comment on column mart.fct_queue_direction_intervals.cfc_offered_count is 'Callback-first contacts offered. Count of nCfcOffered.';
comment on column mart.fct_queue_direction_intervals.bot_interaction_count is 'Interactions with bots. Count of nBotInteractions.';
comment on column mart.fct_queue_direction_intervals.cobrowse_session_count is 'Co-browsing sessions. Count of nCobrowseSessions.';
comment on column mart.fct_queue_direction_intervals.takeover_count is 'Conversations that an agent took over from another. Count of nTakeover.';
comment on column mart.fct_queue_direction_intervals.error_count is 'Errors, mostly alerts without answer. Count of nError.';
comment on column mart.fct_queue_direction_intervals.state_transition_error_count is 'Changes of state that failed. Count of nStateTransitionError.';
comment on column mart.fct_queue_direction_intervals.answered_count is 'Answered by an agent, under the interval of the answer. Count of tAnswered.';
comment on column mart.fct_queue_direction_intervals.abandoned_count is 'Abandoned by the customer, short ones included. Count of tAbandon.';
comment on column mart.fct_queue_direction_intervals.short_abandoned_count is 'Abandoned under the threshold of the queue. Count of tShortAbandon.';
comment on column mart.fct_queue_direction_intervals.flow_out_count is 'Left the queue by a flow, neither answered nor abandoned. Count of tFlowOut.';
comment on column mart.fct_queue_direction_intervals.acd_count is 'Stays in the queue that ended. Count of tAcd.';
comment on column mart.fct_queue_direction_intervals.wait_count is 'Waits that ended, however they did. Count of tWait.';
comment on column mart.fct_queue_direction_intervals.voicemail_count is 'Voicemails. Count of tVoicemail.';
comment on column mart.fct_queue_direction_intervals.handled_count is 'Handlings by agents that were completed, after-call work included. Count of tHandle. A callback and the voice call that serves it are two handlings, one of each media type.';
comment on column mart.fct_queue_direction_intervals.talk_count is 'Handlings with talk: the divisor of average_talk_seconds. Count of tTalkComplete.';
comment on column mart.fct_queue_direction_intervals.hold_count is 'Handlings with hold: the divisor of average_hold_seconds. Count of tHeldComplete.';
comment on column mart.fct_queue_direction_intervals.acw_count is 'Handlings with after-call work: the divisor of average_acw_seconds. Count of tAcw.';
comment on column mart.fct_queue_direction_intervals.dialing_count is 'Handlings with dialing. Count of tDialing.';
comment on column mart.fct_queue_direction_intervals.contacting_count is 'Handlings with contacting. Count of tContacting.';
comment on column mart.fct_queue_direction_intervals.park_count is 'Handlings that were parked. Count of tParkComplete.';
comment on column mart.fct_queue_direction_intervals.talk_part_count is 'Stretches of talk. Count of tTalk.';
comment on column mart.fct_queue_direction_intervals.hold_part_count is 'Stretches of hold. Count of tHeld.';
comment on column mart.fct_queue_direction_intervals.park_part_count is 'Stretches of being parked. Count of tPark.';
comment on column mart.fct_queue_direction_intervals.alert_count is 'Alerts to agents, answered or not. Count of tAlert.';
comment on column mart.fct_queue_direction_intervals.not_responding_count is 'Alerts that no agent answered. Count of tNotResponding.';
comment on column mart.fct_queue_direction_intervals.connection_count is 'Connections that ended. Count of tConnected.';
comment on column mart.fct_queue_direction_intervals.first_connect_count is 'First connections. Count of tFirstConnect.';
comment on column mart.fct_queue_direction_intervals.first_dial_count is 'First dial attempts. Count of tFirstDial.';
comment on column mart.fct_queue_direction_intervals.first_engagement_count is 'First engagements. Count of tFirstEngagement.';
comment on column mart.fct_queue_direction_intervals.first_response_count is 'First responses. Count of tFirstResponse.';
comment on column mart.fct_queue_direction_intervals.agent_response_count is 'Responses of agents. Count of tAgentResponseTime.';
comment on column mart.fct_queue_direction_intervals.user_response_count is 'Responses of customers. Count of tUserResponseTime.';
comment on column mart.fct_queue_direction_intervals.average_agent_response_count is 'Conversations with a mean response time of agents. Count of tAverageAgentResponseTime.';
comment on column mart.fct_queue_direction_intervals.average_customer_response_count is 'Conversations with a mean response time of customers. Count of tAverageCustomerResponseTime.';
comment on column mart.fct_queue_direction_intervals.callback_virtual_wait_count is 'Callbacks that waited in the place of their callers. Count of tCallbackVirtualWait.';
comment on column mart.fct_queue_direction_intervals.active_callback_count is 'Callbacks worked by an agent. Count of tActiveCallbackComplete.';
comment on column mart.fct_queue_direction_intervals.active_callback_part_count is 'Stretches of work on callbacks. Count of tActiveCallback.';
comment on column mart.fct_queue_direction_intervals.callback_connect_count is 'Callbacks that reached the customer. Count of tCallbackConnect.';
comment on column mart.fct_queue_direction_intervals.callback_not_reached_count is 'Callbacks that did not reach the customer. Count of tCallbackNotReached.';
comment on column mart.fct_queue_direction_intervals.callback_abandoned_count is 'Callbacks that were abandoned. Count of tCallbackAbandon.';
comment on column mart.fct_queue_direction_intervals.cfc_acd_count is 'Callback-first contacts in the queue that ended. Count of tCfcAcd.';
comment on column mart.fct_queue_direction_intervals.cfc_answered_count is 'Callback-first contacts that were answered. Count of tCfcAnswered.';
comment on column mart.fct_queue_direction_intervals.cfc_abandoned_count is 'Callback-first contacts that were abandoned. Count of tCfcAbandon.';
comment on column mart.fct_queue_direction_intervals.cfc_flow_out_count is 'Callback-first contacts that left by a flow. Count of tCfcFlowOut.';
comment on column mart.fct_queue_direction_intervals.ivr_count is 'Stays in an IVR. Count of tIvr.';
comment on column mart.fct_queue_direction_intervals.monitoring_count is 'Monitored conversations. Count of tMonitoringComplete.';
comment on column mart.fct_queue_direction_intervals.monitoring_part_count is 'Stretches of monitoring. Count of tMonitoring.';
comment on column mart.fct_queue_direction_intervals.coaching_count is 'Coached conversations. Count of tCoachingComplete.';
comment on column mart.fct_queue_direction_intervals.coaching_part_count is 'Stretches of coaching. Count of tCoaching.';
comment on column mart.fct_queue_direction_intervals.barging_count is 'Barged conversations. Count of tBarging.';
comment on column mart.fct_queue_direction_intervals.screen_monitoring_count is 'Screen monitorings. Count of tScreenMonitoring.';
comment on column mart.fct_queue_direction_intervals.snippet_record_count is 'Snippets recorded. Count of tSnippetRecord.';
comment on column mart.fct_queue_direction_intervals.agent_video_count is 'Agents with video. Count of tAgentVideoConnected.';
comment on column mart.fct_queue_direction_intervals.transmitting_count is 'Transmissions. Count of tTransmitting.';
comment on column mart.fct_queue_direction_intervals.answer_seconds is 'Wait until the answer, in seconds. Sum of tAnswered.';
comment on column mart.fct_queue_direction_intervals.abandon_seconds is 'Wait until the abandon, in seconds. Sum of tAbandon.';
comment on column mart.fct_queue_direction_intervals.short_abandon_seconds is 'Wait until a short abandon, in seconds. Sum of tShortAbandon.';
comment on column mart.fct_queue_direction_intervals.flow_out_seconds is 'Wait until the flow-out, in seconds. Sum of tFlowOut.';
comment on column mart.fct_queue_direction_intervals.acd_seconds is 'Time in the queue, in seconds. Sum of tAcd.';
comment on column mart.fct_queue_direction_intervals.wait_seconds is 'Wait of customers in the queue, however it ended, in seconds. Sum of tWait.';
comment on column mart.fct_queue_direction_intervals.voicemail_seconds is 'Time in voicemail, in seconds. Sum of tVoicemail.';
comment on column mart.fct_queue_direction_intervals.handle_seconds is 'Handle time: talk, hold, after-call work, dialing and contacting, in seconds. Sum of tHandle.';
comment on column mart.fct_queue_direction_intervals.talk_seconds is 'Talk time, when the handling is complete, in seconds. Sum of tTalkComplete.';
comment on column mart.fct_queue_direction_intervals.hold_seconds is 'Hold time, when the handling is complete, in seconds. Sum of tHeldComplete.';
comment on column mart.fct_queue_direction_intervals.acw_seconds is 'After-call work, in seconds. Sum of tAcw.';
comment on column mart.fct_queue_direction_intervals.dialing_seconds is 'Dialing by agents, in seconds. Sum of tDialing.';
comment on column mart.fct_queue_direction_intervals.contacting_seconds is 'Contacting by agents, in seconds. Sum of tContacting.';
comment on column mart.fct_queue_direction_intervals.park_seconds is 'Parked time, when the handling is complete, in seconds. Sum of tParkComplete.';
comment on column mart.fct_queue_direction_intervals.talk_part_seconds is 'Talk time, stretch by stretch, in seconds. Sum of tTalk.';
comment on column mart.fct_queue_direction_intervals.hold_part_seconds is 'Hold time, stretch by stretch, in seconds. Sum of tHeld.';
comment on column mart.fct_queue_direction_intervals.park_part_seconds is 'Parked time, stretch by stretch, in seconds. Sum of tPark.';
comment on column mart.fct_queue_direction_intervals.alert_seconds is 'Time of alerts, in seconds. Sum of tAlert.';
comment on column mart.fct_queue_direction_intervals.not_responding_seconds is 'Time of alerts without answer, in seconds. Sum of tNotResponding.';
comment on column mart.fct_queue_direction_intervals.connection_seconds is 'Time connected, in seconds. Sum of tConnected.';
comment on column mart.fct_queue_direction_intervals.first_connect_seconds is 'Time until the first connection, in seconds. Sum of tFirstConnect.';
comment on column mart.fct_queue_direction_intervals.first_dial_seconds is 'Time until the first dial attempt, in seconds. Sum of tFirstDial.';
comment on column mart.fct_queue_direction_intervals.first_engagement_seconds is 'Time until the first engagement of an agent, in seconds. Sum of tFirstEngagement.';
comment on column mart.fct_queue_direction_intervals.first_response_seconds is 'Time until the first response of an agent, in seconds. Sum of tFirstResponse.';
comment on column mart.fct_queue_direction_intervals.agent_response_seconds is 'Time agents took to respond, turn by turn, in seconds. Sum of tAgentResponseTime.';
comment on column mart.fct_queue_direction_intervals.user_response_seconds is 'Time customers took to respond, turn by turn, in seconds. Sum of tUserResponseTime.';
comment on column mart.fct_queue_direction_intervals.average_agent_response_seconds is 'Sum of the mean response times of agents, in seconds. Sum of tAverageAgentResponseTime.';
comment on column mart.fct_queue_direction_intervals.average_customer_response_seconds is 'Sum of the mean response times of customers, in seconds. Sum of tAverageCustomerResponseTime.';
comment on column mart.fct_queue_direction_intervals.callback_virtual_wait_seconds is 'Wait of callbacks in the place of their callers, in seconds. Sum of tCallbackVirtualWait.';
comment on column mart.fct_queue_direction_intervals.active_callback_seconds is 'Time of work on callbacks, when complete, in seconds. Sum of tActiveCallbackComplete.';
comment on column mart.fct_queue_direction_intervals.active_callback_part_seconds is 'Time of work on callbacks, stretch by stretch, in seconds. Sum of tActiveCallback.';
comment on column mart.fct_queue_direction_intervals.callback_connect_seconds is 'Time until the customer was reached, in seconds. Sum of tCallbackConnect.';
comment on column mart.fct_queue_direction_intervals.callback_not_reached_seconds is 'Time of callbacks that did not reach the customer, in seconds. Sum of tCallbackNotReached.';
comment on column mart.fct_queue_direction_intervals.callback_abandon_seconds is 'Time until a callback was given up, in seconds. Sum of tCallbackAbandon.';
comment on column mart.fct_queue_direction_intervals.cfc_acd_seconds is 'Time of callback-first contacts in the queue, in seconds. Sum of tCfcAcd.';
comment on column mart.fct_queue_direction_intervals.cfc_answer_seconds is 'Wait of callback-first contacts until the answer, in seconds. Sum of tCfcAnswered.';
comment on column mart.fct_queue_direction_intervals.cfc_abandon_seconds is 'Wait of callback-first contacts until the abandon, in seconds. Sum of tCfcAbandon.';
comment on column mart.fct_queue_direction_intervals.cfc_flow_out_seconds is 'Wait of callback-first contacts until the flow-out, in seconds. Sum of tCfcFlowOut.';
comment on column mart.fct_queue_direction_intervals.ivr_seconds is 'Time in IVR, in seconds. Sum of tIvr.';
comment on column mart.fct_queue_direction_intervals.monitoring_seconds is 'Monitoring, when complete, in seconds. Sum of tMonitoringComplete.';
comment on column mart.fct_queue_direction_intervals.monitoring_part_seconds is 'Monitoring, stretch by stretch, in seconds. Sum of tMonitoring.';
comment on column mart.fct_queue_direction_intervals.coaching_seconds is 'Coaching, when complete, in seconds. Sum of tCoachingComplete.';
comment on column mart.fct_queue_direction_intervals.coaching_part_seconds is 'Coaching, stretch by stretch, in seconds. Sum of tCoaching.';
comment on column mart.fct_queue_direction_intervals.barging_seconds is 'Barging, in seconds. Sum of tBarging.';
comment on column mart.fct_queue_direction_intervals.screen_monitoring_seconds is 'Screen monitoring, in seconds. Sum of tScreenMonitoring.';
comment on column mart.fct_queue_direction_intervals.snippet_record_seconds is 'Recording of snippets, in seconds. Sum of tSnippetRecord.';
comment on column mart.fct_queue_direction_intervals.agent_video_seconds is 'Video of agents, in seconds. Sum of tAgentVideoConnected.';
comment on column mart.fct_queue_direction_intervals.transmitting_seconds is 'Transmitting, in seconds. Sum of tTransmitting.';
comment on column mart.fct_queue_direction_intervals.max_answer_seconds is 'Longest wait until an answer, in seconds; null where there was none. Maximum of tAnswered. Not additive.';
comment on column mart.fct_queue_direction_intervals.max_abandon_seconds is 'Longest wait until an abandon, in seconds; null where there was none. Maximum of tAbandon. Not additive.';
comment on column mart.fct_queue_direction_intervals.max_wait_seconds is 'Longest wait in the queue, however it ended, in seconds; null where there was none. Maximum of tWait. Not additive.';
comment on column mart.fct_queue_direction_intervals.max_acd_seconds is 'Longest stay in the queue, in seconds; null where there was none. Maximum of tAcd. Not additive.';
comment on column mart.fct_queue_direction_intervals.max_handle_seconds is 'Longest handling, in seconds; null where there was none. Maximum of tHandle. Not additive.';
comment on column mart.fct_queue_direction_intervals.service_level_numerator is 'What counts as answered within the target by the organisation''s own formula. Numerator of oServiceLevel.';
comment on column mart.fct_queue_direction_intervals.service_level_denominator is 'What counts into the service level by the organisation''s own formula. Denominator of oServiceLevel.';
comment on column mart.fct_queue_direction_intervals.average_handle_seconds is 'handle_seconds / handled_count; null where nothing was handled.';
comment on column mart.fct_queue_direction_intervals.average_talk_seconds is 'talk_seconds / talk_count: only handlings with talk; null without.';
comment on column mart.fct_queue_direction_intervals.average_hold_seconds is 'hold_seconds / hold_count: only handlings with hold; null without.';
comment on column mart.fct_queue_direction_intervals.average_acw_seconds is 'acw_seconds / acw_count: only handlings with after-call work; null without.';
comment on column mart.fct_queue_direction_intervals.average_answer_seconds is 'Average speed of answer: answer_seconds / answered_count; null where nothing was answered. Compare within one media type: an e-mail waits hours, a call seconds.';
comment on column mart.fct_queue_direction_intervals.answer_rate is 'answered_count / offered_count; above 1 where more was answered than offered in the time (a backlog is worked off). Null where nothing was offered.';
comment on column mart.fct_queue_direction_intervals.abandon_rate is 'abandoned_count / offered_count, short abandons included; above 1 where what was offered earlier is abandoned. Null where nothing was offered.';
comment on column mart.fct_queue_direction_intervals.long_abandon_rate is 'Abandon rate without short abandons: (abandoned_count - short_abandoned_count) / (offered_count - short_abandoned_count). Null where nothing else was offered.';
comment on column mart.fct_queue_direction_intervals.service_level_rate is 'service_level_numerator / service_level_denominator, as Genesys computes it by the organisation''s settings. Sum both to roll up, never average. Null where nothing counts into it.';
comment on column mart.fct_queue_direction_intervals.transfer_rate is 'transferred_count / handled_count; above 1 where one handling was transferred more than once. Null where nothing was handled.';
comment on column mart.fct_queue_direction_intervals.is_complete is 'True where everything of the day has been pulled at least once. Source: the ledger of slices.';
comment on column mart.fct_queue_direction_intervals.is_settled is 'True where the queue aggregates were pulled three days after the interval or later: Genesys has reprocessed it by then, and figures hardly change any more. Source: the ledger of slices.';
comment on column mart.fct_queue_direction_intervals.is_final is 'True where no further pull of the queue aggregates is pending for the interval: its figures do not change any more. Source: the ledger of slices.';
comment on column mart.fct_queue_direction_intervals.day is 'Day in the reporting time zone in which the interval starts. Filters on it use an index. See dim_dates.';
comment on column mart.fct_queue_direction_intervals.interval_start_at is 'Start of the interval, instant, shown in the zone of your session. Filters on it use an index.';
comment on column mart.fct_queue_direction_intervals.interval_start_local is 'interval_start_at in the reporting time zone. When clocks go back, two intervals have the same: group by interval_start_at, or add utc_offset_minutes.';
comment on column mart.fct_queue_direction_intervals.interval_end_at is 'End of the interval, exclusive, instant, shown in the zone of your session.';
comment on column mart.fct_queue_direction_intervals.interval_end_local is 'interval_end_at in the reporting time zone.';
