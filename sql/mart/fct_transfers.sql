-- One row per agent session with at least one transfer.
create view mart.fct_transfers as
with
sessions as (
    select
        facts.*,
        (
            select max(segments.segment_end)
            from genesys.segments as segments
            where
                segments.conversation_start = facts.conversation_start
                and segments.conversation_id = facts.conversation_id
                and segments.participant_no = facts.participant_no
                and segments.session_no = facts.session_no
                and segments.segment_type <> 'wrapup'
        ) as passed_at
    from genesys.session_facts as facts
    where
        facts.is_agent_session
        and facts.transferred_count > 0
),

-- Participants are in the record in the order in which they joined. Who left before the conversation was passed on,
-- such as a colleague who was asked and declined, did not take it; a stay in a queue lasts as long as the agent who answered it.
moved as (
    select
        sessions.*,
        next.participant_no as to_participant_no,
        next.session_no as to_session_no,
        next.purpose as to_purpose,
        next.queue_id as to_queue_id,
        next.user_id as next_user_id,
        next.answer_user_id as to_answer_user_id,
        next.is_queue_leg as is_to_queue,
        next.is_connected as is_to_connected,
        next.started_at as to_started_at,
        next.connected_at as to_connected_at,
        coalesce(next.answered_ms, next.answer_ms) as answer_wait_ms,
        next.abandon_count as to_abandon_count,
        next.answer_session_no as to_answer_session_no,
        next.is_open as is_to_open
    from sessions
    left join lateral (
        select *
        from genesys.session_facts as later
        where
            later.conversation_start = sessions.conversation_start
            and later.conversation_id = sessions.conversation_id
            and later.participant_no > sessions.participant_no
            and later.purpose in ('acd', 'agent', 'user', 'ivr', 'workflow', 'botflow', 'inbound', 'voicemail', 'external')
            and not coalesce(later.is_supervision, false)
        order by
            not exists (
                select
                from genesys.segments as segments
                where
                    segments.conversation_start = later.conversation_start
                    and segments.conversation_id = later.conversation_id
                    and (
                        (segments.participant_no = later.participant_no and segments.session_no = later.session_no)
                        or (segments.participant_no = later.answer_participant_no and segments.session_no = later.answer_session_no)
                    )
                    and segments.segment_type <> 'wrapup'
                    and coalesce(segments.segment_end >= sessions.passed_at - interval '1 second', true)
            ),
            later.participant_no,
            later.session_no
        limit 1
    ) as next on true
),

final as (
    select
        genesys.session_key(moved.conversation_id, moved.participant_no, moved.session_no) as session_key,
        genesys.session_key(moved.conversation_id, moved.to_participant_no, moved.to_session_no) as to_session_key,
        moved.conversation_id,
        moved.user_id,
        moved.queue_id,
        moved.to_queue_id,
        coalesce(moved.to_answer_user_id, moved.next_user_id) as to_user_id,
        (
            select flows.flow_id
            from genesys.session_flows as flows
            where
                flows.conversation_start = moved.conversation_start
                and flows.conversation_id = moved.conversation_id
                and flows.participant_no = moved.to_participant_no
                and flows.session_no = moved.to_session_no
        ) as to_flow_id,

        moved.media_type,
        case when moved.consult_transferred_count > 0 then 'consult' else 'blind' end as transfer_type,
        moved.to_purpose,
        case
            when moved.to_purpose is null then 'unknown'
            when moved.is_to_queue and moved.to_abandon_count > 0 then 'abandoned'
            when moved.is_to_queue and (moved.to_answer_session_no is not null or moved.answer_wait_ms is not null) then 'answered'
            when moved.is_to_open then 'open'
            when moved.is_to_queue then 'not_answered'
            when moved.to_purpose in ('agent', 'user') and not moved.is_to_connected then 'not_answered'
            else 'answered'
        end as outcome,

        genesys.minute_of_day(moved.started_at) as minute_of_day,
        moved.transferred_count as transfer_count,
        coalesce(moved.blind_transferred_count, 0) as blind_count,
        coalesce(moved.consult_transferred_count, 0) as consult_count,
        case
            when moved.is_to_queue then moved.answer_wait_ms * 0.001
            when moved.is_to_connected then extract(epoch from moved.to_connected_at - moved.to_started_at)
        end as answer_seconds,

        coalesce(moved.started_at <@ (
            select complete.ranges
            from genesys.int_complete_ranges as complete
            where complete.fact = 'conversations'
        ), false) as is_complete,

        genesys.local_day(moved.started_at) as day,
        moved.started_at,
        moved.started_at at time zone {{time_zone}} as started_local,
        moved.conversation_start as conversation_started_at
    from moved
    where {{division_check(moved, division_ids)}}
)

select * from final;

comment on view mart.fct_transfers is 'One row per agent session that passed its conversation on, with the next stay in a queue, agent or flow of the record that had not ended before it was passed on, else the next one of all; supervisors who listen left out. Sum of transfer_count = transfers of agent sessions (nTransferred). Source: conversation details. Filter on started_at or conversation_started_at.';
comment on column mart.fct_transfers.session_key is 'Session that passed on, as in fct_agent_sessions; the key of this relation.';
comment on column mart.fct_transfers.to_session_key is 'Session to which it went: leg_key of fct_queue_legs, session_key of fct_agent_sessions or fct_flows; null where the record has none after it.';
comment on column mart.fct_transfers.conversation_id is 'Conversation. Details conversationId.';
comment on column mart.fct_transfers.user_id is 'Agent who passed it on. See dim_users.';
comment on column mart.fct_transfers.queue_id is 'Queue for which the agent had it. See dim_queues.';
comment on column mart.fct_transfers.to_queue_id is 'Queue to which it went; null where it went to none. See dim_queues.';
comment on column mart.fct_transfers.to_flow_id is 'Flow that took the conversation over; null where none did. See dim_flows. Details flow.flowId.';
comment on column mart.fct_transfers.to_user_id is 'Agent who took it next, or was asked to; null where nobody did. See dim_users.';
comment on column mart.fct_transfers.media_type is 'Medium of the session that passed on. Details mediaType.';
comment on column mart.fct_transfers.transfer_type is 'consult after a talk with the next one, else blind. nConsultTransferred, nBlindTransferred. See dim_enums.';
comment on column mart.fct_transfers.to_purpose is 'What came next: acd (a queue), agent, user, ivr, workflow, voicemail, external; null where the record ends. See dim_enums.';
comment on column mart.fct_transfers.outcome is 'Outcome: answered, abandoned in the next queue, not_answered, open, or unknown where the record has nothing after it.';
comment on column mart.fct_transfers.minute_of_day is 'Minutes from midnight, in the reporting time zone, to the quarter of an hour in which the session started: 0, 15, … 1425. See dim_intervals.';
comment on column mart.fct_transfers.transfer_count is 'Transfers of the session, mostly 1. Sum of metric nTransferred.';
comment on column mart.fct_transfers.blind_count is 'Those without a talk before. Sum of metric nBlindTransferred.';
comment on column mart.fct_transfers.consult_count is 'Those after a talk with the next one. Sum of metric nConsultTransferred.';
comment on column mart.fct_transfers.answer_seconds is 'Wait in seconds until the next one answered; null where nobody did.';
comment on column mart.fct_transfers.is_complete is 'True where everything of the day on which the session started has been pulled. Source: the ledger of slices.';
comment on column mart.fct_transfers.day is 'Day in the reporting time zone on which the session started. See dim_dates.';
comment on column mart.fct_transfers.started_at is 'Start of the session that passed on, instant, shown in the zone of your session.';
comment on column mart.fct_transfers.started_local is 'started_at in the reporting time zone. When clocks go back, an hour occurs twice.';
comment on column mart.fct_transfers.conversation_started_at is 'Start of the conversation, instant, shown in the zone of your session. Details conversationStart.';
