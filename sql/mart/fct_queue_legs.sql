-- One row per stay of a conversation in a queue: a session of a participant of purpose acd.
create view mart.fct_queue_legs as
with
legs as (
    select
        facts.*,
        coalesce(facts.answered_ms, facts.answer_ms) as wait_until_answer_ms,
        facts.answer_session_no is not null or facts.answered_count is not null as is_answered
    from genesys.session_facts as facts
    where facts.is_queue_leg
),

queues as (
    select
        queues.queue_id,
        queues.name
    from genesys.queues as queues
    where queues.valid_to is null
),

final as (
    select
        legs.conversation_id,
        legs.participant_no,
        legs.session_no,
        legs.participant_id,
        legs.session_id,
        legs.queue_id,
        (
            select handlings.queue_id
            from genesys.session_facts as handlings
            where
                handlings.conversation_start = legs.conversation_start
                and handlings.conversation_id = legs.conversation_id
                and handlings.is_agent_session
                and handlings.is_transferred
                and handlings.started_at < legs.started_at
            order by handlings.started_at desc
            limit 1
        ) as transferred_from_queue_id,
        legs.answer_user_id,
        legs.answer_participant_no,
        legs.answer_session_no,
        genesys.session_key(legs.conversation_id, legs.participant_no, legs.session_no) as leg_key,
        genesys.session_key(
            legs.conversation_id,
            legs.answer_participant_no::integer,
            legs.answer_session_no::integer
        ) as answer_session_key,

        queues.name as queue_name,
        legs.media_type,
        legs.message_type,
        legs.direction,
        legs.originating_direction,
        legs.flow_out_type,
        legs.last_disconnect_type as disconnect_type,
        case
            when legs.short_abandon_count is not null then 'short_abandoned'
            when legs.abandon_count is not null then 'abandoned'
            when legs.is_answered then 'answered'
            when legs.voicemail_count is not null then 'voicemail'
            when legs.flow_out_count is not null then 'flow_out'
            when legs.is_open then 'open'
            when legs.last_disconnect_type = 'transfer' then 'transferred'
            else 'ended'
        end as outcome,
        case
            when coalesce(legs.wait_until_answer_ms, legs.abandon_ms) <= 10000 then '0_10'
            when coalesce(legs.wait_until_answer_ms, legs.abandon_ms) <= 20000 then '10_20'
            when coalesce(legs.wait_until_answer_ms, legs.abandon_ms) <= 30000 then '20_30'
            when coalesce(legs.wait_until_answer_ms, legs.abandon_ms) <= 60000 then '30_60'
            when coalesce(legs.wait_until_answer_ms, legs.abandon_ms) <= 120000 then '60_120'
            when coalesce(legs.wait_until_answer_ms, legs.abandon_ms) <= 300000 then '120_300'
            when coalesce(legs.wait_until_answer_ms, legs.abandon_ms) > 300000 then 'over_300'
        end as wait_bucket,
        (
            select languages.name
            from genesys.segments as segments
            inner join genesys.languages as languages
                on languages.language_id = segments.requested_language_id
                and languages.valid_to is null
            where
                segments.conversation_start = legs.conversation_start
                and segments.conversation_id = legs.conversation_id
                and segments.participant_no = legs.participant_no
                and segments.session_no = legs.session_no
            order by segments.segment_no desc
            limit 1
        ) as requested_language,
        (
            select string_agg(distinct skills.name, ', ' order by skills.name)
            from genesys.segments as segments
            cross join lateral unnest(segments.requested_routing_skill_ids) as requested (skill_id)
            inner join genesys.skills as skills
                on skills.skill_id::text = requested.skill_id
                and skills.valid_to is null
            where
                segments.conversation_start = legs.conversation_start
                and segments.conversation_id = legs.conversation_id
                and segments.participant_no = legs.participant_no
                and segments.session_no = legs.session_no
        ) as requested_skills,

        genesys.minute_of_day(legs.started_at) as minute_of_day,
        coalesce(legs.offered_count, 0) as offered_count,
        coalesce(legs.over_sla_count, legs.answer_over_sla_count, 0) as over_sla_count,
        coalesce(legs.wait_until_answer_ms, legs.abandon_ms, legs.flow_out_ms, legs.acd_ms) * 0.001 as wait_seconds,
        legs.acd_ms * 0.001 as acd_seconds,
        legs.wait_until_answer_ms * 0.001 as answer_seconds,
        legs.abandon_ms * 0.001 as abandon_seconds,
        legs.short_abandon_ms * 0.001 as short_abandon_seconds,
        legs.flow_out_ms * 0.001 as flow_out_seconds,
        legs.voicemail_ms * 0.001 as voicemail_seconds,

        legs.offered_count is not null as is_offered,
        legs.is_answered,
        legs.abandon_count is not null as is_abandoned,
        legs.short_abandon_count is not null as is_short_abandoned,
        legs.flow_out_count is not null as is_flow_out,
        legs.voicemail_count is not null as is_voicemail,
        legs.is_open,
        coalesce(
            legs.started_at <@ (
                select complete.ranges
                from genesys.int_complete_ranges as complete
                where complete.fact = 'conversations'
            ),
            false
        ) as is_complete,

        genesys.local_day(legs.started_at) as day,
        legs.started_at,
        legs.started_at at time zone {{time_zone}} as started_local,
        legs.ended_at,
        legs.ended_at at time zone {{time_zone}} as ended_local,
        legs.callback_scheduled_time as callback_scheduled_at,
        legs.callback_scheduled_time at time zone {{time_zone}} as callback_scheduled_local,
        legs.conversation_start as conversation_started_at
    from legs
    left join queues on queues.queue_id = legs.queue_id
    where {{division_check(legs, division_ids)}}
)

select * from final;

comment on view mart.fct_queue_legs is 'One row per stay of a conversation in a queue. Source: conversation details, sessions of purpose acd (genesys.session_facts). Filter on started_at or conversation_started_at: both are indexed.';
comment on column mart.fct_queue_legs.conversation_id is 'Conversation. Details conversationId.';
comment on column mart.fct_queue_legs.participant_no is 'Position of the acd participant in the record, from 1; with conversation and session_no the key of this relation.';
comment on column mart.fct_queue_legs.session_no is 'Position of the session in the participant, from 1.';
comment on column mart.fct_queue_legs.participant_id is 'Details participantId of the acd participant.';
comment on column mart.fct_queue_legs.session_id is 'Details sessionId.';
comment on column mart.fct_queue_legs.queue_id is 'Queue. Details queueId of the last segment that names one. See dim_queues.';
comment on column mart.fct_queue_legs.transferred_from_queue_id is 'Queue of the agent session that passed the conversation on before this stay began; null where none did. See dim_queues.';
comment on column mart.fct_queue_legs.answer_user_id is 'Agent who answered this stay; null where nobody did. See dim_users.';
comment on column mart.fct_queue_legs.answer_participant_no is 'participant_no of the answering session in fct_agent_sessions: the first with tAnswered and the same queue after this stay began.';
comment on column mart.fct_queue_legs.answer_session_no is 'session_no of the answering session in fct_agent_sessions.';
comment on column mart.fct_queue_legs.leg_key is 'Conversation, participant_no and session_no in one text, in lower case, separated by colons: the key of this relation in one column.';
comment on column mart.fct_queue_legs.answer_session_key is 'session_key of the answering session in fct_agent_sessions; null where nobody answered.';
comment on column mart.fct_queue_legs.queue_name is 'Current name of the queue, from the directory.';
comment on column mart.fct_queue_legs.media_type is 'voice, callback, message, email, chat, … Details mediaType.';
comment on column mart.fct_queue_legs.message_type is 'Kind of message channel. Details messageType.';
comment on column mart.fct_queue_legs.direction is 'inbound or outbound, of this session. Details direction.';
comment on column mart.fct_queue_legs.originating_direction is 'inbound or outbound, of the conversation. Details originatingDirection.';
comment on column mart.fct_queue_legs.flow_out_type is 'Where a flow-out went. Details flowOutType.';
comment on column mart.fct_queue_legs.disconnect_type is 'How the last segment ended. Details disconnectType.';
comment on column mart.fct_queue_legs.outcome is 'How the stay ended, one word: short_abandoned, abandoned, answered, voicemail, flow_out, open, transferred (moved on without answer), ended (no metric shows how).';
comment on column mart.fct_queue_legs.wait_bucket is 'Bucket of seconds from entering the queue to answer or abandon, the upper edge included: 0_10, 10_20, 20_30, 30_60, 60_120, 120_300, over_300, as in rpt_wait_times. Null where neither happened.';
comment on column mart.fct_queue_legs.requested_language is 'Current name of the language that the stay asked for; null without. Details requestedLanguageId.';
comment on column mart.fct_queue_legs.requested_skills is 'Current names of the skills that the stay asked for, in alphabetical order, separated by comma and blank; null without. Details requestedRoutingSkillIds. One row each: bridge_leg_skills.';
comment on column mart.fct_queue_legs.minute_of_day is 'Minutes from midnight, in the reporting time zone, to the quarter of an hour in which it started: 0, 15, … 1425. See dim_intervals.';
comment on column mart.fct_queue_legs.offered_count is 'Sum of metric nOffered.';
comment on column mart.fct_queue_legs.over_sla_count is 'Answered after the service-level target. Sum of metric nOverSla of the stay or else of the answering session.';
comment on column mart.fct_queue_legs.wait_seconds is 'Wait in seconds until answer, abandon or flow-out, else time in the queue; null where no metric was emitted.';
comment on column mart.fct_queue_legs.acd_seconds is 'Time in the queue in seconds. Sum of metric tAcd.';
comment on column mart.fct_queue_legs.answer_seconds is 'Wait until answer in seconds; null where not answered. Sum of metric tAnswered of the answering session.';
comment on column mart.fct_queue_legs.abandon_seconds is 'Wait until abandon in seconds, short ones included; null where not abandoned. Sum of metric tAbandon.';
comment on column mart.fct_queue_legs.short_abandon_seconds is 'Wait until a short abandon in seconds; null elsewhere. Sum of metric tShortAbandon.';
comment on column mart.fct_queue_legs.flow_out_seconds is 'Wait until the flow-out in seconds; null elsewhere. Sum of metric tFlowOut.';
comment on column mart.fct_queue_legs.voicemail_seconds is 'Time in voicemail in seconds; null elsewhere. Sum of metric tVoicemail.';
comment on column mart.fct_queue_legs.is_offered is 'True where the queue offered it: nOffered was emitted.';
comment on column mart.fct_queue_legs.is_answered is 'True where an agent answered this stay.';
comment on column mart.fct_queue_legs.is_abandoned is 'True where the customer abandoned, short ones included: tAbandon was emitted.';
comment on column mart.fct_queue_legs.is_short_abandoned is 'True where the abandon was under the queue''s threshold: tShortAbandon was emitted.';
comment on column mart.fct_queue_legs.is_flow_out is 'True where it left by a flow: tFlowOut was emitted.';
comment on column mart.fct_queue_legs.is_voicemail is 'True where a voicemail was left: tVoicemail was emitted.';
comment on column mart.fct_queue_legs.is_open is 'True while a segment of the stay has no end.';
comment on column mart.fct_queue_legs.is_complete is 'True where everything of the day on which it started has been pulled. Source: the ledger of slices.';
comment on column mart.fct_queue_legs.day is 'Day in the reporting time zone on which it started. See dim_dates.';
comment on column mart.fct_queue_legs.started_at is 'Start of the stay, instant, shown in the zone of your session.';
comment on column mart.fct_queue_legs.started_local is 'started_at in the reporting time zone. When clocks go back, an hour occurs twice.';
comment on column mart.fct_queue_legs.ended_at is 'End of the stay, instant, shown in the zone of your session; null while open.';
comment on column mart.fct_queue_legs.ended_local is 'ended_at in the reporting time zone.';
comment on column mart.fct_queue_legs.callback_scheduled_at is 'When a callback was scheduled for, instant, shown in the zone of your session; null elsewhere. Details callbackScheduledTime.';
comment on column mart.fct_queue_legs.callback_scheduled_local is 'callback_scheduled_at in the reporting time zone.';
comment on column mart.fct_queue_legs.conversation_started_at is 'Start of the conversation, instant, shown in the zone of your session. Details conversationStart.';
