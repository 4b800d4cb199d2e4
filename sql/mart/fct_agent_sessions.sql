-- One row per agent session: conversation × participant × session of a participant of purpose agent or user.
create view mart.fct_agent_sessions as
with
sessions as (
    select * from genesys.int_agent_sessions
),

users as (
    select
        users.user_id,
        users.name
    from genesys.users as users
    where users.valid_to is null
),

-- Unique by handling, so that a report that asks for no effective code does without them.
assignments as (
    select
        assignments.conversation_id,
        assignments.participant_no,
        assignments.session_no,
        assignments.session_id,
        assignments.wrapup_code,
        assignments.wrapup_name,
        assignments.previous_code,
        assignments.source,
        assignments.state
    from wrapup.assignments as assignments
    where assignments.in_force_no = 0
),

-- A real code that came since the rule decided is an agent's and wins, unless it is the one that was sent for the rule.
with_rules as (
    select
        sessions.*,
        assignments.wrapup_code as assigned_code,
        assignments.wrapup_name as assigned_name,
        assignments.source as assigned_source,
        coalesce(
            sessions.last_real_wrapup_code is null
            or sessions.last_real_wrapup_code = assignments.previous_code
            or (sessions.last_real_wrapup_code = assignments.wrapup_code and assignments.state in ('sent', 'verified')),
            false
        )
        and assignments.wrapup_code is not null as is_assigned
    from sessions
    left join assignments
        on assignments.conversation_id = sessions.conversation_id
        and assignments.participant_no = sessions.participant_no
        and assignments.session_no = sessions.session_no
        and assignments.session_id is not distinct from sessions.session_id
),

final as (
    select
        sessions.conversation_id,
        sessions.participant_no,
        sessions.session_no,
        sessions.participant_id,
        sessions.session_id,
        sessions.user_id,
        sessions.queue_id,
        sessions.team_id,
        sessions.peer_id,
        sessions.outbound_campaign_id,
        genesys.session_key(sessions.conversation_id, sessions.participant_no, sessions.session_no) as session_key,
        (
            select genesys.session_key(legs.conversation_id, legs.participant_no, legs.session_no)
            from genesys.session_facts as legs
            where
                legs.conversation_start = sessions.conversation_start
                and legs.conversation_id = sessions.conversation_id
                and legs.is_queue_leg
                and legs.answer_participant_no = sessions.participant_no
                and legs.answer_session_no = sessions.session_no
            order by legs.started_at
            limit 1
        ) as leg_key,

        users.name as user_name,
        sessions.queue_name,
        (
            select teams.name
            from genesys.teams as teams
            where
                teams.team_id = sessions.team_id
                and teams.valid_to is null
        ) as team_name,
        (
            select campaigns.name
            from genesys.campaigns as campaigns
            where
                campaigns.campaign_id = sessions.outbound_campaign_id
                and campaigns.valid_to is null
        ) as campaign_name,
        sessions.purpose,
        sessions.media_type,
        sessions.message_type,
        sessions.direction,
        sessions.originating_direction,
        sessions.connected_disconnect_type as disconnect_type,
        sessions.acw_wrapup_prompt,
        sessions.wrapup_code,
        sessions.wrapup_name,
        sessions.last_wrapup_code,
        sessions.wrapup_cause,
        case when sessions.is_assigned then sessions.assigned_code else sessions.wrapup_code end as effective_wrapup_code,
        case
            when not sessions.is_assigned then sessions.wrapup_name
            -- Looked up where it is asked for: one more join would keep reports from doing without the ledger.
            else coalesce(
                (
                    select codes.name
                    from genesys.wrapup_codes as codes
                    where codes.wrapup_code = sessions.assigned_code and codes.valid_to is null
                ),
                sessions.assigned_name
            )
        end as effective_wrapup_name,
        case
            when sessions.is_assigned then sessions.assigned_source
            when sessions.last_real_wrapup_code is not null then 'agent'
            when sessions.last_wrapup_code is not null then 'system'
        end as wrapup_source,

        genesys.minute_of_day(sessions.started_at) as minute_of_day,
        sessions.handle_ms * 0.001 as handle_seconds,
        sessions.talk_ms * 0.001 as talk_seconds,
        sessions.held_ms * 0.001 as hold_seconds,
        sessions.acw_ms * 0.001 as acw_seconds,
        sessions.alert_ms * 0.001 as alert_seconds,
        sessions.not_responding_ms * 0.001 as not_responding_seconds,
        sessions.dialing_ms * 0.001 as dialing_seconds,
        sessions.contacting_ms * 0.001 as contacting_seconds,
        sessions.park_ms * 0.001 as park_seconds,
        sessions.answered_ms * 0.001 as answer_seconds,
        sessions.agent_response_ms * 0.001 as agent_response_seconds,
        coalesce(sessions.handle_count, 0) as handle_count,
        coalesce(sessions.talk_count, 0) as talk_count,
        coalesce(sessions.held_count, 0) as hold_count,
        coalesce(sessions.acw_count, 0) as acw_count,
        coalesce(sessions.agent_response_count, 0) as agent_response_count,
        coalesce(sessions.transferred_count, 0) as transferred_count,
        coalesce(sessions.blind_transferred_count, 0) as blind_transferred_count,
        coalesce(sessions.consult_transferred_count, 0) as consult_transferred_count,
        coalesce(sessions.over_sla_count, 0) as over_sla_count,
        coalesce(sessions.outbound_count, 0) as outbound_count,
        coalesce(sessions.error_count, 0) as error_count,
        sessions.wrapup_count,

        sessions.wrapup_cause is null as is_coded,
        genesys.is_codable(sessions.wrapup_cause) as is_codable,
        sessions.handle_count is not null as is_handled,
        coalesce(sessions.handle_ms > 14400000, false) as is_outlier,
        sessions.is_transferred,
        sessions.queue_id is not null and not sessions.is_supervision as is_acd,
        sessions.is_connected,
        coalesce(
            (
                select verdicts.code_count > 0
                from genesys.int_conversation_verdicts as verdicts
                where
                    verdicts.conversation_start = sessions.conversation_start
                    and verdicts.conversation_id = sessions.conversation_id
            ),
            false
        ) as is_conversation_coded,
        coalesce(sessions.media_type = 'voice', false)
        and coalesce(
            (
                select true
                from genesys.session_facts as callbacks
                where
                    callbacks.conversation_start = sessions.conversation_start
                    and callbacks.conversation_id = sessions.conversation_id
                    and callbacks.is_agent_session
                    and callbacks.media_type = 'callback'
                    and callbacks.user_id = sessions.user_id
                limit 1
            ),
            false
        ) as is_callback_voice,
        sessions.is_supervision
        and coalesce(
            (
                select true
                from genesys.segments as segments
                where
                    segments.conversation_start = sessions.conversation_start
                    and segments.conversation_id = sessions.conversation_id
                    and segments.participant_no = sessions.participant_no
                    and segments.session_no = sessions.session_no
                    and segments.segment_type = 'monitoring'
                limit 1
            ),
            false
        ) as is_monitoring,
        sessions.is_supervision
        and coalesce(
            (
                select true
                from genesys.segments as segments
                where
                    segments.conversation_start = sessions.conversation_start
                    and segments.conversation_id = sessions.conversation_id
                    and segments.participant_no = sessions.participant_no
                    and segments.session_no = sessions.session_no
                    and segments.segment_type = 'coaching'
                limit 1
            ),
            false
        ) as is_coaching,
        sessions.is_supervision
        and coalesce(
            (
                select true
                from genesys.segments as segments
                where
                    segments.conversation_start = sessions.conversation_start
                    and segments.conversation_id = sessions.conversation_id
                    and segments.participant_no = sessions.participant_no
                    and segments.session_no = sessions.session_no
                    and segments.segment_type = 'barging'
                limit 1
            ),
            false
        ) as is_barging,
        coalesce(
            (
                select records.recording
                from genesys.sessions as records
                where
                    records.conversation_start = sessions.conversation_start
                    and records.conversation_id = sessions.conversation_id
                    and records.participant_no = sessions.participant_no
                    and records.session_no = sessions.session_no
            ),
            false
        ) as is_recorded,
        sessions.answered_count is not null as is_answered,
        sessions.is_alert_only,
        sessions.is_open or sessions.conversation_end is null as is_open,
        sessions.has_wrapup_note,
        coalesce(sessions.acw_skipped, false) as is_acw_skipped,
        coalesce(
            sessions.started_at <@ (
                select complete.ranges
                from genesys.int_complete_ranges as complete
                where complete.fact = 'conversations'
            ),
            false
        ) as is_complete,

        genesys.local_day(sessions.started_at) as day,
        genesys.local_day(sessions.handled_at) as handled_day,
        sessions.started_at,
        sessions.started_at at time zone {{time_zone}} as started_local,
        sessions.connected_at,
        sessions.connected_at at time zone {{time_zone}} as connected_local,
        sessions.ended_at,
        sessions.ended_at at time zone {{time_zone}} as ended_local,
        sessions.handled_at,
        sessions.handled_at at time zone {{time_zone}} as handled_local,
        sessions.conversation_start as conversation_started_at
    from with_rules as sessions
    left join users on users.user_id = sessions.user_id
    where {{division_check(sessions, division_ids)}}
)

select * from final;

comment on view mart.fct_agent_sessions is 'One row per agent session: conversation × participant × session of a participant of purpose agent or user. Source: conversation details (genesys.session_facts) with the current directory. Filter on started_at or conversation_started_at: both are indexed.';
comment on column mart.fct_agent_sessions.conversation_id is 'Conversation. Details conversationId.';
comment on column mart.fct_agent_sessions.participant_no is 'Position of the participant in the record, from 1; with conversation and session_no the key of this relation.';
comment on column mart.fct_agent_sessions.session_no is 'Position of the session in the participant, from 1.';
comment on column mart.fct_agent_sessions.participant_id is 'Details participantId; may repeat inside a conversation.';
comment on column mart.fct_agent_sessions.session_id is 'Details sessionId; may repeat in other conversations.';
comment on column mart.fct_agent_sessions.user_id is 'Agent. Details userId of the participant; see dim_users.';
comment on column mart.fct_agent_sessions.queue_id is 'Queue of the last segment of the session that names one; null for calls outside queues. See dim_queues.';
comment on column mart.fct_agent_sessions.team_id is 'Team of the agent when it happened. Details teamId of the participant.';
comment on column mart.fct_agent_sessions.peer_id is 'Session of the other side, a hint only. Details peerId.';
comment on column mart.fct_agent_sessions.outbound_campaign_id is 'Campaign that dialed. Details outboundCampaignId.';
comment on column mart.fct_agent_sessions.session_key is 'Conversation, participant_no and session_no in one text, in lower case, separated by colons: the key of this relation in one column.';
comment on column mart.fct_agent_sessions.leg_key is 'Stay in a queue that the session answered; null where it answered none. See fct_queue_legs.';
comment on column mart.fct_agent_sessions.user_name is 'Current name of the agent, from the directory.';
comment on column mart.fct_agent_sessions.queue_name is 'Current name of the queue, from the directory.';
comment on column mart.fct_agent_sessions.team_name is 'Current name of the team the agent was in at the time, from the directory; null without.';
comment on column mart.fct_agent_sessions.campaign_name is 'Current name of the campaign, from the directory; null outside campaigns.';
comment on column mart.fct_agent_sessions.purpose is 'agent (routed by a queue, as a rule) or user (direct). Details purpose.';
comment on column mart.fct_agent_sessions.media_type is 'voice, callback, message, email, chat, … of this session; sessions of one conversation may differ. Details mediaType.';
comment on column mart.fct_agent_sessions.message_type is 'Kind of message channel, e.g. sms or webmessaging. Details messageType.';
comment on column mart.fct_agent_sessions.direction is 'inbound or outbound, of this session. Details direction.';
comment on column mart.fct_agent_sessions.originating_direction is 'inbound or outbound, of the conversation. Details originatingDirection.';
comment on column mart.fct_agent_sessions.disconnect_type is 'How the last segment in contact ended. Details disconnectType.';
comment on column mart.fct_agent_sessions.acw_wrapup_prompt is 'Wrap-up setting of the queue today, not when it happened. Directory acwSettings.wrapupPrompt.';
comment on column mart.fct_agent_sessions.wrapup_code is 'Last real wrap-up code of the session, else its last system code (ININ-…), else null. Details wrapUpCode.';
comment on column mart.fct_agent_sessions.wrapup_name is 'Current or last known name of the code, from the directory; for a system code its words; its id where it is not in the directory.';
comment on column mart.fct_agent_sessions.last_wrapup_code is 'Last code of any kind on the session. Details wrapUpCode.';
comment on column mart.fct_agent_sessions.wrapup_cause is 'Why there is no real code, null where there is one. See dim_wrapup_causes.';
comment on column mart.fct_agent_sessions.effective_wrapup_code is 'What counts in reports: the code that a rule gave where the session has no real code of its own (or had this one when the rule decided), else wrapup_code.';
comment on column mart.fct_agent_sessions.effective_wrapup_name is 'Name of effective_wrapup_code, as of wrapup_name.';
comment on column mart.fct_agent_sessions.wrapup_source is 'Where effective_wrapup_code came from: agent (a real code), system (ININ-…), rule or survey (see rpt_wrapup_assignments); null without any code.';
comment on column mart.fct_agent_sessions.minute_of_day is 'Minutes from midnight, in the reporting time zone, to the quarter of an hour in which it started: 0, 15, … 1425. See dim_intervals.';
comment on column mart.fct_agent_sessions.handle_seconds is 'Handle time in seconds, counted by Genesys when after-call work is complete; null where it was not. Sum of metric tHandle. Sums by day agree with Genesys by handled_day, not by day: long handlings start on another day than they end.';
comment on column mart.fct_agent_sessions.talk_seconds is 'Talk time in seconds; null without talk. Sum of metric tTalkComplete, or of tTalk where that is missing.';
comment on column mart.fct_agent_sessions.hold_seconds is 'Hold time in seconds; null without hold. Sum of metric tHeldComplete, or of tHeld where that is missing.';
comment on column mart.fct_agent_sessions.acw_seconds is 'After-call work in seconds; null without any. Sum of metric tAcw, which is not the length of the wrap-up segment.';
comment on column mart.fct_agent_sessions.alert_seconds is 'Ringing in seconds; null without. Sum of metric tAlert.';
comment on column mart.fct_agent_sessions.not_responding_seconds is 'Ringing without answer in seconds; null without. Sum of metric tNotResponding.';
comment on column mart.fct_agent_sessions.dialing_seconds is 'Dialing in seconds; null without. Sum of metric tDialing.';
comment on column mart.fct_agent_sessions.contacting_seconds is 'Contacting in seconds; null without. Sum of metric tContacting.';
comment on column mart.fct_agent_sessions.park_seconds is 'Parked time in seconds; null without. Sum of metric tParkComplete, or of tPark where that is missing.';
comment on column mart.fct_agent_sessions.answer_seconds is 'Wait of the customer in the queue until this session answered, in seconds; null where it was not the first to answer. Sum of metric tAnswered.';
comment on column mart.fct_agent_sessions.agent_response_seconds is 'Time the agent took to respond on digital channels, in seconds, all turns together. Sum of metric tAgentResponseTime.';
comment on column mart.fct_agent_sessions.handle_count is 'Emissions of tHandle: 1 where handled, 0 elsewhere.';
comment on column mart.fct_agent_sessions.talk_count is 'Emissions of tTalkComplete, the divisor of average talk time.';
comment on column mart.fct_agent_sessions.hold_count is 'Emissions of tHeldComplete, the divisor of average hold time.';
comment on column mart.fct_agent_sessions.acw_count is 'Emissions of tAcw, the divisor of average after-call work.';
comment on column mart.fct_agent_sessions.agent_response_count is 'Emissions of tAgentResponseTime: turns answered.';
comment on column mart.fct_agent_sessions.transferred_count is 'Transfers by this session. Sum of metric nTransferred.';
comment on column mart.fct_agent_sessions.blind_transferred_count is 'Blind transfers. Sum of metric nBlindTransferred.';
comment on column mart.fct_agent_sessions.consult_transferred_count is 'Consult transfers. Sum of metric nConsultTransferred.';
comment on column mart.fct_agent_sessions.over_sla_count is 'Answers after the service-level target. Sum of metric nOverSla.';
comment on column mart.fct_agent_sessions.outbound_count is 'Outbound communications. Sum of metric nOutbound.';
comment on column mart.fct_agent_sessions.error_count is 'Errors of the session, mostly unanswered alerts. Sum of metric nError.';
comment on column mart.fct_agent_sessions.wrapup_count is 'Wrap-up segments of the session.';
comment on column mart.fct_agent_sessions.is_coded is 'True where the session has a real wrap-up code that the directory knows, deleted ones included; then wrapup_cause is null.';
comment on column mart.fct_agent_sessions.is_codable is 'True where the session could have a code: it has one, or it was of a queue, in contact with somebody and over; callbacks whose after-call work is that of a voice session left out. Decided by its cause, see is_codable in dim_wrapup_causes.';
comment on column mart.fct_agent_sessions.is_handled is 'True where Genesys counts a handling: tHandle was emitted.';
comment on column mart.fct_agent_sessions.is_outlier is 'True where the handle time is more than four hours: few of these carry a mean. Metric tHandle.';
comment on column mart.fct_agent_sessions.is_transferred is 'True where the session transferred the conversation: metric nTransferred, or a transfer as disconnect type of its last contact.';
comment on column mart.fct_agent_sessions.is_acd is 'True where the session belongs to a queue and is not supervision.';
comment on column mart.fct_agent_sessions.is_connected is 'True where the session was in contact: a segment of type interact, hold, parked, callback, transmitting or uploading, or talk (tTalkComplete, tTalk).';
comment on column mart.fct_agent_sessions.is_conversation_coded is 'True where the conversation has a real code, on this agent session or another one.';
comment on column mart.fct_agent_sessions.is_callback_voice is 'True for the call that belongs to a callback of the same agent: Genesys counts both as handled, each under its media type. Leave it out where media types are added up.';
comment on column mart.fct_agent_sessions.is_monitoring is 'True for a session that monitored another one.';
comment on column mart.fct_agent_sessions.is_coaching is 'True for a session that coached another agent.';
comment on column mart.fct_agent_sessions.is_barging is 'True for a session that barged into another one.';
comment on column mart.fct_agent_sessions.is_recorded is 'True where the session was recorded. Details recording.';
comment on column mart.fct_agent_sessions.is_answered is 'True where this session was the first to answer a stay in a queue: tAnswered was emitted.';
comment on column mart.fct_agent_sessions.is_alert_only is 'True where the session was alerted and nothing else happened.';
comment on column mart.fct_agent_sessions.is_open is 'True while a segment of the session has no end or the conversation has none.';
comment on column mart.fct_agent_sessions.has_wrapup_note is 'True where a wrap-up segment carries a note. Details wrapUpNote.';
comment on column mart.fct_agent_sessions.is_acw_skipped is 'True where the agent skipped after-call work. Details acwSkipped.';
comment on column mart.fct_agent_sessions.is_complete is 'True where everything of the day on which it started has been pulled. Source: the ledger of slices.';
comment on column mart.fct_agent_sessions.day is 'Day in the reporting time zone on which it started. See dim_dates.';
comment on column mart.fct_agent_sessions.handled_day is 'Day in the reporting time zone on which the handling was completed: the day under which Genesys and rpt_handle_times count it. Null where it was not. See dim_dates.';
comment on column mart.fct_agent_sessions.started_at is 'Start of the first segment (conversation start where there is none), instant, shown in the zone of your session.';
comment on column mart.fct_agent_sessions.started_local is 'started_at in the reporting time zone. When clocks go back, an hour occurs twice.';
comment on column mart.fct_agent_sessions.connected_at is 'Start of the first segment in contact, instant, shown in the zone of your session; null where never in contact.';
comment on column mart.fct_agent_sessions.connected_local is 'connected_at in the reporting time zone.';
comment on column mart.fct_agent_sessions.ended_at is 'End of the last segment, after-call work included, instant, shown in the zone of your session; null while one is open.';
comment on column mart.fct_agent_sessions.ended_local is 'ended_at in the reporting time zone.';
comment on column mart.fct_agent_sessions.handled_at is 'Instant at which Genesys counts the handling: last emission of tHandle. Null where not handled.';
comment on column mart.fct_agent_sessions.handled_local is 'handled_at in the reporting time zone.';
comment on column mart.fct_agent_sessions.conversation_started_at is 'Start of the conversation, instant, shown in the zone of your session. Details conversationStart.';
