-- One row per session: genesys.session_facts said a second time, in plain SQL over the raw tables, columns in the same order.
-- Deliberately slow and literal. The stored facts are computed in TypeScript; a test compares the two row by row.
with
sessions as (
    select
        sessions.conversation_start,
        sessions.conversation_id,
        sessions.participant_no,
        sessions.session_no,
        conversations.conversation_end,
        conversations.originating_direction,
        conversations.division_ids,
        participants.participant_id,
        participants.user_id,
        participants.team_id,
        participants.purpose,
        sessions.callback_scheduled_time,
        sessions.session_id,
        sessions.peer_id,
        sessions.outbound_campaign_id,
        sessions.acw_skipped,
        sessions.media_type,
        sessions.direction,
        sessions.message_type,
        sessions.flow_out_type
    from genesys.sessions as sessions
    inner join genesys.participants as participants
        on participants.conversation_start = sessions.conversation_start
        and participants.conversation_id = sessions.conversation_id
        and participants.participant_no = sessions.participant_no
    inner join genesys.conversations as conversations
        on conversations.conversation_start = sessions.conversation_start
        and conversations.conversation_id = sessions.conversation_id

    union all

    -- A conversation without any session has one row at position 0, 0.
    select
        conversations.conversation_start,
        conversations.conversation_id,
        0::smallint as participant_no,
        0::smallint as session_no,
        conversations.conversation_end,
        conversations.originating_direction,
        conversations.division_ids,
        null as participant_id,
        null as user_id,
        null as team_id,
        null as purpose,
        null as callback_scheduled_time,
        null as session_id,
        null as peer_id,
        null as outbound_campaign_id,
        null as acw_skipped,
        null as media_type,
        null as direction,
        null as message_type,
        null as flow_out_type
    from genesys.conversations as conversations
    where not exists (
        select
        from genesys.sessions as sessions
        where
            sessions.conversation_start = conversations.conversation_start
            and sessions.conversation_id = conversations.conversation_id
    )
),

segment_sums as (
    select
        segments.conversation_start,
        segments.conversation_id,
        segments.participant_no,
        segments.session_no,
        min(segments.segment_start) as started_at,
        case when bool_and(segments.segment_end is not null) then max(segments.segment_end) end as ended_at,
        min(segments.segment_start) filter (where segments.segment_type in ('interact', 'hold', 'parked', 'callback', 'transmitting', 'uploading')) as connected_at,
        (
            array_agg(segments.queue_id order by segments.segment_no desc)
            filter (where segments.queue_id is not null)
        )[1] as queue_id,
        count(*) filter (where segments.segment_type = 'wrapup') as wrapup_count,
        (
            array_agg(segments.wrap_up_code order by segments.segment_no desc)
            filter (where segments.wrap_up_code <> '')
        )[1] as last_wrapup_code,
        (
            array_agg(segments.wrap_up_code order by segments.segment_no desc)
            filter (where segments.wrap_up_code <> '' and segments.wrap_up_code not like 'ININ-%')
        )[1] as last_real_wrapup_code,
        (
            array_agg(segments.disconnect_type order by segments.segment_no desc)
            filter (where segments.disconnect_type is not null)
        )[1] as last_disconnect_type,
        (
            array_agg(segments.disconnect_type order by segments.segment_no desc)
            filter (
                where segments.disconnect_type is not null
                and segments.segment_type in ('interact', 'hold', 'parked', 'callback', 'transmitting', 'uploading')
            )
        )[1] as connected_disconnect_type,
        bool_or(segments.segment_end is null) as is_open,
        coalesce(bool_or(segments.segment_type = 'wrapup' and segments.segment_end is null), false) as is_wrapup_open,
        coalesce(bool_or(segments.segment_type in ('interact', 'hold', 'parked', 'callback', 'transmitting', 'uploading')), false) as is_connected,
        coalesce(bool_or(segments.segment_type in ('dialing', 'contacting')), false) as is_dialed,
        coalesce(
            bool_or(segments.segment_type in ('monitoring', 'coaching', 'barging', 'screenmonitoring', 'sharing')),
            false
        ) as is_supervision,
        coalesce(bool_or(segments.segment_type = 'voicemail'), false) as has_voicemail,
        coalesce(bool_or(segments.wrap_up_note <> ''), false) as has_wrapup_note,
        coalesce(bool_or(segments.segment_type = 'alert'), false) as has_alert
    from genesys.segments as segments
    group by
        segments.conversation_start,
        segments.conversation_id,
        segments.participant_no,
        segments.session_no
),

metrics as (
    select
        metrics.conversation_start,
        metrics.conversation_id,
        metrics.participant_no,
        metrics.session_no,
        metrics.name,
        sum(metrics.value)::bigint as total,
        count(*) as emissions,
        max(metrics.emit_date) as last_emit_date
    from genesys.session_metrics as metrics
    where
        metrics.name is not null
        and metrics.value is not null
    group by
        metrics.conversation_start,
        metrics.conversation_id,
        metrics.participant_no,
        metrics.session_no,
        metrics.name
),

metric_sums as (
    select
        metrics.conversation_start,
        metrics.conversation_id,
        metrics.participant_no,
        metrics.session_no,
        max(metrics.total) filter (where metrics.name = 'tHandle') as handle_ms,
        max(metrics.emissions) filter (where metrics.name = 'tHandle') as handle_count,
        coalesce(max(metrics.total) filter (where metrics.name = 'tTalkComplete'), max(metrics.total) filter (where metrics.name = 'tTalk')) as talk_ms,
        coalesce(
            max(metrics.emissions) filter (where metrics.name = 'tTalkComplete'),
            max(1) filter (where metrics.name = 'tTalk')
        ) as talk_count,
        coalesce(max(metrics.total) filter (where metrics.name = 'tHeldComplete'), max(metrics.total) filter (where metrics.name = 'tHeld')) as held_ms,
        coalesce(
            max(metrics.emissions) filter (where metrics.name = 'tHeldComplete'),
            max(1) filter (where metrics.name = 'tHeld')
        ) as held_count,
        max(metrics.total) filter (where metrics.name = 'tAcw') as acw_ms,
        max(metrics.emissions) filter (where metrics.name = 'tAcw') as acw_count,
        max(metrics.total) filter (where metrics.name = 'tAlert') as alert_ms,
        max(metrics.emissions) filter (where metrics.name = 'tAlert') as alert_count,
        max(metrics.total) filter (where metrics.name = 'tNotResponding') as not_responding_ms,
        max(metrics.emissions) filter (where metrics.name = 'tNotResponding') as not_responding_count,
        max(metrics.total) filter (where metrics.name = 'tDialing') as dialing_ms,
        max(metrics.emissions) filter (where metrics.name = 'tDialing') as dialing_count,
        max(metrics.total) filter (where metrics.name = 'tContacting') as contacting_ms,
        max(metrics.emissions) filter (where metrics.name = 'tContacting') as contacting_count,
        coalesce(max(metrics.total) filter (where metrics.name = 'tParkComplete'), max(metrics.total) filter (where metrics.name = 'tPark')) as park_ms,
        coalesce(
            max(metrics.emissions) filter (where metrics.name = 'tParkComplete'),
            max(1) filter (where metrics.name = 'tPark')
        ) as park_count,
        max(metrics.total) filter (where metrics.name = 'tAnswered') as answered_ms,
        max(metrics.emissions) filter (where metrics.name = 'tAnswered') as answered_count,
        max(metrics.total) filter (where metrics.name = 'tAcd') as acd_ms,
        max(metrics.emissions) filter (where metrics.name = 'tAcd') as acd_count,
        max(metrics.total) filter (where metrics.name = 'tAbandon') as abandon_ms,
        max(metrics.emissions) filter (where metrics.name = 'tAbandon') as abandon_count,
        max(metrics.total) filter (where metrics.name = 'tShortAbandon') as short_abandon_ms,
        max(metrics.emissions) filter (where metrics.name = 'tShortAbandon') as short_abandon_count,
        max(metrics.total) filter (where metrics.name = 'tFlowOut') as flow_out_ms,
        max(metrics.emissions) filter (where metrics.name = 'tFlowOut') as flow_out_count,
        max(metrics.total) filter (where metrics.name = 'tVoicemail') as voicemail_ms,
        max(metrics.emissions) filter (where metrics.name = 'tVoicemail') as voicemail_count,
        max(metrics.total) filter (where metrics.name = 'tIvr') as ivr_ms,
        max(metrics.emissions) filter (where metrics.name = 'tIvr') as ivr_count,
        max(metrics.total) filter (where metrics.name = 'tAgentResponseTime') as agent_response_ms,
        max(metrics.emissions) filter (where metrics.name = 'tAgentResponseTime') as agent_response_count,
        max(metrics.total) filter (where metrics.name = 'tUserResponseTime') as user_response_ms,
        max(metrics.emissions) filter (where metrics.name = 'tUserResponseTime') as user_response_count,
        max(metrics.total) filter (where metrics.name = 'nOffered') as offered_count,
        max(metrics.total) filter (where metrics.name = 'nConnected') as connected_count,
        max(metrics.total) filter (where metrics.name = 'nOverSla') as over_sla_count,
        max(metrics.total) filter (where metrics.name = 'nTransferred') as transferred_count,
        max(metrics.total) filter (where metrics.name = 'nBlindTransferred') as blind_transferred_count,
        max(metrics.total) filter (where metrics.name = 'nConsultTransferred') as consult_transferred_count,
        max(metrics.total) filter (where metrics.name = 'nConsult') as consult_count,
        max(metrics.total) filter (where metrics.name = 'nOutbound') as outbound_count,
        max(metrics.total) filter (where metrics.name = 'nOutboundAttempted') as outbound_attempted_count,
        max(metrics.total) filter (where metrics.name = 'nOutboundConnected') as outbound_connected_count,
        max(metrics.total) filter (where metrics.name = 'nOutboundAbandoned') as outbound_abandoned_count,
        max(metrics.total) filter (where metrics.name = 'nError') as error_count,
        max(metrics.last_emit_date) filter (where metrics.name = 'tHandle') as handled_at
    from metrics
    group by
        metrics.conversation_start,
        metrics.conversation_id,
        metrics.participant_no,
        metrics.session_no
),

described as (
    select
        sessions.*,
        coalesce(segment_sums.started_at, sessions.conversation_start) as started_at,
        segment_sums.ended_at,
        segment_sums.connected_at,
        segment_sums.queue_id,
        coalesce(segment_sums.wrapup_count, 0) as wrapup_count,
        segment_sums.last_wrapup_code,
        segment_sums.last_real_wrapup_code,
        segment_sums.last_disconnect_type,
        segment_sums.connected_disconnect_type,
        coalesce(segment_sums.is_open, false) as is_open,
        coalesce(segment_sums.is_wrapup_open, false) as is_wrapup_open,
        coalesce(segment_sums.is_connected, false) or metric_sums.talk_ms is not null as is_connected,
        coalesce(segment_sums.is_dialed, false) as is_dialed,
        coalesce(segment_sums.is_supervision, false) as is_supervision,
        coalesce(segment_sums.has_voicemail, false) as has_voicemail,
        coalesce(segment_sums.has_wrapup_note, false) as has_wrapup_note,
        metric_sums.handled_at,
        metric_sums.handle_ms,
        metric_sums.handle_count,
        metric_sums.talk_ms,
        metric_sums.talk_count,
        metric_sums.held_ms,
        metric_sums.held_count,
        metric_sums.acw_ms,
        metric_sums.acw_count,
        metric_sums.alert_ms,
        metric_sums.alert_count,
        metric_sums.not_responding_ms,
        metric_sums.not_responding_count,
        metric_sums.dialing_ms,
        metric_sums.dialing_count,
        metric_sums.contacting_ms,
        metric_sums.contacting_count,
        metric_sums.park_ms,
        metric_sums.park_count,
        metric_sums.answered_ms,
        metric_sums.answered_count,
        metric_sums.acd_ms,
        metric_sums.acd_count,
        metric_sums.abandon_ms,
        metric_sums.abandon_count,
        metric_sums.short_abandon_ms,
        metric_sums.short_abandon_count,
        metric_sums.flow_out_ms,
        metric_sums.flow_out_count,
        metric_sums.voicemail_ms,
        metric_sums.voicemail_count,
        metric_sums.ivr_ms,
        metric_sums.ivr_count,
        metric_sums.agent_response_ms,
        metric_sums.agent_response_count,
        metric_sums.user_response_ms,
        metric_sums.user_response_count,
        metric_sums.offered_count,
        metric_sums.connected_count,
        metric_sums.over_sla_count,
        metric_sums.transferred_count,
        metric_sums.blind_transferred_count,
        metric_sums.consult_transferred_count,
        metric_sums.consult_count,
        metric_sums.outbound_count,
        metric_sums.outbound_attempted_count,
        metric_sums.outbound_connected_count,
        metric_sums.outbound_abandoned_count,
        metric_sums.error_count,
        coalesce(sessions.purpose in ('agent', 'user') and sessions.user_id is not null, false) as is_agent_session,
        coalesce(sessions.purpose = 'acd', false) as is_queue_leg,
        (coalesce(segment_sums.has_alert, false) or metric_sums.alert_ms is not null)
        and not coalesce(segment_sums.is_connected, false)
        and metric_sums.talk_ms is null
        and not coalesce(segment_sums.is_dialed, false) as is_alert_only,
        coalesce(metric_sums.transferred_count > 0, false)
        or coalesce(
            segment_sums.connected_disconnect_type in (
                'transfer',
                'consultTransfer',
                'conferenceTransfer',
                'forwardTransfer',
                'noAnswerTransfer',
                'notAvailableTransfer',
                'dndTransfer'
            ),
            false
        ) as is_transferred
    from sessions
    left join segment_sums
        on segment_sums.conversation_start = sessions.conversation_start
        and segment_sums.conversation_id = sessions.conversation_id
        and segment_sums.participant_no = sessions.participant_no
        and segment_sums.session_no = sessions.session_no
    left join metric_sums
        on metric_sums.conversation_start = sessions.conversation_start
        and metric_sums.conversation_id = sessions.conversation_id
        and metric_sums.participant_no = sessions.participant_no
        and metric_sums.session_no = sessions.session_no
),

-- Each answered agent session belongs to the latest stay in its queue that began no later than it did.
belongings as (
    select distinct on (
        agents.conversation_start,
        agents.conversation_id,
        agents.participant_no,
        agents.session_no
    )
        agents.conversation_start,
        agents.conversation_id,
        legs.participant_no as leg_participant_no,
        legs.session_no as leg_session_no,
        agents.participant_no,
        agents.session_no,
        agents.started_at,
        agents.answered_ms,
        agents.over_sla_count,
        agents.user_id
    from described as agents
    inner join described as legs
        on legs.conversation_start = agents.conversation_start
        and legs.conversation_id = agents.conversation_id
        and legs.queue_id = agents.queue_id
        and legs.started_at <= agents.started_at
    where
        agents.is_agent_session
        and agents.answered_count is not null
        and legs.is_queue_leg
    order by
        agents.conversation_start,
        agents.conversation_id,
        agents.participant_no,
        agents.session_no,
        legs.started_at desc,
        legs.participant_no desc,
        legs.session_no desc
),

-- Of several that belong to one stay, the earliest answered it.
answers as (
    select distinct on (
        belongings.conversation_start,
        belongings.conversation_id,
        belongings.leg_participant_no,
        belongings.leg_session_no
    )
        belongings.*
    from belongings
    order by
        belongings.conversation_start,
        belongings.conversation_id,
        belongings.leg_participant_no,
        belongings.leg_session_no,
        belongings.started_at,
        belongings.participant_no,
        belongings.session_no
),

final as (
    select
        described.conversation_start,
        described.conversation_id,
        described.participant_no,
        described.session_no,
        described.started_at,
        described.ended_at,
        described.connected_at,
        described.handled_at,
        described.conversation_end,
        described.callback_scheduled_time,
        count(*) filter (where described.is_agent_session) over conversation as agent_session_count,
        answers.participant_no::bigint as answer_participant_no,
        answers.session_no::bigint as answer_session_no,
        answers.answered_ms as answer_ms,
        answers.over_sla_count as answer_over_sla_count,
        described.wrapup_count,
        described.participant_id,
        described.session_id,
        described.user_id,
        described.team_id,
        described.queue_id,
        described.peer_id,
        described.outbound_campaign_id,
        answers.user_id as answer_user_id,
        described.is_agent_session,
        described.is_queue_leg,
        described.queue_id is not null
        and (described.is_queue_leg or described.is_agent_session)
        and row_number() over queues = 1 as is_first_queue,
        described.queue_id is not null
        and (described.is_queue_leg or described.is_agent_session)
        and row_number() over queues = count(*) over queues as is_last_queue,
        described.is_connected,
        described.is_dialed,
        described.is_transferred,
        described.is_alert_only,
        described.is_supervision,
        described.is_open,
        described.is_wrapup_open,
        described.has_voicemail,
        described.has_wrapup_note,
        described.acw_skipped,
        described.purpose,
        described.media_type,
        described.direction,
        described.message_type,
        described.flow_out_type,
        described.originating_direction,
        described.last_wrapup_code,
        described.last_real_wrapup_code,
        described.last_disconnect_type,
        described.connected_disconnect_type,
        described.offered_count,
        described.connected_count,
        described.over_sla_count,
        described.transferred_count,
        described.blind_transferred_count,
        described.consult_transferred_count,
        described.consult_count,
        described.outbound_count,
        described.outbound_attempted_count,
        described.outbound_connected_count,
        described.outbound_abandoned_count,
        described.error_count,
        described.handle_ms,
        described.handle_count,
        described.talk_ms,
        described.talk_count,
        described.held_ms,
        described.held_count,
        described.acw_ms,
        described.acw_count,
        described.alert_ms,
        described.alert_count,
        described.not_responding_ms,
        described.not_responding_count,
        described.dialing_ms,
        described.dialing_count,
        described.contacting_ms,
        described.contacting_count,
        described.park_ms,
        described.park_count,
        described.answered_ms,
        described.answered_count,
        described.acd_ms,
        described.acd_count,
        described.abandon_ms,
        described.abandon_count,
        described.short_abandon_ms,
        described.short_abandon_count,
        described.flow_out_ms,
        described.flow_out_count,
        described.voicemail_ms,
        described.voicemail_count,
        described.ivr_ms,
        described.ivr_count,
        described.agent_response_ms,
        described.agent_response_count,
        described.user_response_ms,
        described.user_response_count,
        described.division_ids
    from described
    left join answers
        on answers.conversation_start = described.conversation_start
        and answers.conversation_id = described.conversation_id
        and answers.leg_participant_no = described.participant_no
        and answers.leg_session_no = described.session_no
    window
        conversation as (partition by described.conversation_start, described.conversation_id),
        queues as (
            partition by
                described.conversation_start,
                described.conversation_id,
                described.queue_id is not null and (described.is_queue_leg or described.is_agent_session)
            order by described.started_at, described.participant_no, described.session_no
            rows between unbounded preceding and unbounded following
        )
)

select * from final
