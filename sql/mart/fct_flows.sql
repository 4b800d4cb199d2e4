-- One row per session with a flow.
create view mart.fct_flows as
with
flows as (
    select
        flows.*,
        -- Of the session, so that a filter on it reaches the partitions: it does not pass into what is looked up.
        facts.conversation_start as session_conversation_start,
        facts.purpose,
        facts.media_type,
        facts.direction,
        facts.started_at,
        facts.ended_at,
        facts.ivr_ms,
        facts.last_disconnect_type,
        facts.division_ids
    from genesys.session_facts as facts
    -- Session by session: a join by four columns is estimated to find next to nothing, and a day would then be looked for in all of it.
    cross join lateral (
        select found.*
        from genesys.session_flows as found
        where
            found.conversation_start = facts.conversation_start
            and found.conversation_id = facts.conversation_id
            and found.participant_no = facts.participant_no
            and found.session_no = facts.session_no
        offset 0
    ) as flows
),

final as (
    select
        genesys.session_key(flows.conversation_id, flows.participant_no, flows.session_no) as session_key,
        flows.conversation_id,
        flows.flow_id,

        flows.flow_name,
        flows.flow_type,
        flows.flow_version,
        flows.purpose,
        flows.media_type,
        flows.entry_type,
        flows.exit_reason,
        flows.transfer_type,
        flows.transfer_target_name,
        flows.starting_language,
        flows.ending_language,
        flows.recognition_failure_reason,
        flows.last_disconnect_type as disconnect_type,

        genesys.minute_of_day(flows.started_at) as minute_of_day,
        extract(epoch from flows.ended_at - flows.started_at) as flow_seconds,
        flows.ivr_ms * 0.001 as ivr_seconds,
        (
            select count(*)
            from genesys.flow_outcomes as outcomes
            where
                outcomes.conversation_start = flows.conversation_start
                and outcomes.conversation_id = flows.conversation_id
                and outcomes.participant_no = flows.participant_no
                and outcomes.session_no = flows.session_no
        ) as outcome_count,
        (
            select count(*)
            from genesys.flow_outcomes as outcomes
            where
                outcomes.conversation_start = flows.conversation_start
                and outcomes.conversation_id = flows.conversation_id
                and outcomes.participant_no = flows.participant_no
                and outcomes.session_no = flows.session_no
                and outcomes.flow_outcome_value = 'SUCCESS'
        ) as success_outcome_count,

        coalesce(flows.issued_callback, false) as is_callback_issued,
        coalesce(flows.started_at <@ (
            select complete.ranges
            from genesys.int_complete_ranges as complete
            where complete.fact = 'conversations'
        ), false) as is_complete,

        genesys.local_day(flows.started_at) as day,
        flows.started_at,
        flows.started_at at time zone {{time_zone}} as started_local,
        flows.ended_at,
        flows.session_conversation_start as conversation_started_at
    from flows
    where {{division_check(flows, division_ids)}}
)

select * from final;

comment on view mart.fct_flows is 'One row per session of a flow: IVR, bot, workflow. Source: conversation details, flow of a session. Filter on conversation_started_at: it selects partitions.';
comment on column mart.fct_flows.session_key is 'Session of the flow; the key of this relation.';
comment on column mart.fct_flows.conversation_id is 'Conversation. Details conversationId.';
comment on column mart.fct_flows.flow_id is 'Flow. Details flowId. See dim_flows.';
comment on column mart.fct_flows.flow_name is 'Name of the flow then. Details flowName.';
comment on column mart.fct_flows.flow_type is 'Kind of flow. Details flowType. See dim_enums.';
comment on column mart.fct_flows.flow_version is 'Version of the flow. Details flowVersion.';
comment on column mart.fct_flows.purpose is 'ivr, botflow, workflow, … Details purpose. See dim_enums.';
comment on column mart.fct_flows.media_type is 'voice, message, email, chat, … Details mediaType.';
comment on column mart.fct_flows.entry_type is 'How the contact came in: dnis, dialer, agent, flow, direct. Details entryType. See dim_enums.';
comment on column mart.fct_flows.exit_reason is 'How the flow ended: TRANSFER, DISCONNECT, … Details exitReason. See dim_enums.';
comment on column mart.fct_flows.transfer_type is 'Kind of transfer out of the flow, such as ACD; null without. Details transferType.';
comment on column mart.fct_flows.transfer_target_name is 'Queue, flow or other target of the transfer by name; null without. Details transferTargetName.';
comment on column mart.fct_flows.starting_language is 'Language at the beginning. Details startingLanguage.';
comment on column mart.fct_flows.ending_language is 'Language at the end. Details endingLanguage.';
comment on column mart.fct_flows.recognition_failure_reason is 'Why speech was not understood; null without. Details recognitionFailureReason.';
comment on column mart.fct_flows.disconnect_type is 'How the session ended. Details disconnectType. See dim_enums.';
comment on column mart.fct_flows.minute_of_day is 'Minutes from midnight, in the reporting time zone, to the quarter of an hour in which it started: 0, 15, … 1425. See dim_intervals.';
comment on column mart.fct_flows.flow_seconds is 'From start to end of the session in seconds; null while open.';
comment on column mart.fct_flows.outcome_count is 'Outcomes that the flow reported in the session. Details flow.outcomes.';
comment on column mart.fct_flows.success_outcome_count is 'Those of them with the value SUCCESS. Details flowOutcomeValue.';
comment on column mart.fct_flows.ivr_seconds is 'Time in IVR in seconds; null without. Sum of metric tIvr.';
comment on column mart.fct_flows.is_callback_issued is 'True where the flow made a callback. Details issuedCallback.';
comment on column mart.fct_flows.is_complete is 'True where everything of the day on which it started has been pulled. Source: the ledger of slices.';
comment on column mart.fct_flows.day is 'Day in the reporting time zone on which it started. See dim_dates.';
comment on column mart.fct_flows.started_at is 'Start of the session, instant, shown in the zone of your session.';
comment on column mart.fct_flows.started_local is 'started_at in the reporting time zone. When clocks go back, an hour occurs twice.';
comment on column mart.fct_flows.ended_at is 'End of the session, instant, shown in the zone of your session; null while open.';
comment on column mart.fct_flows.conversation_started_at is 'Start of the conversation, instant, shown in the zone of your session. Details conversationStart.';
