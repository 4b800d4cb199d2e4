-- One row per conversation.
create view mart.fct_conversations as
with
conversations as (
    select * from genesys.conversation_facts
),

final as (
    select
        conversations.conversation_id,
        conversations.first_queue_id,
        conversations.last_queue_id,

        conversations.originating_direction,
        conversations.media_types,
        conversations.media_type,
        conversations.wrapup_cause,

        genesys.minute_of_day(conversations.conversation_start) as minute_of_day,
        conversations.session_count,
        conversations.agent_session_count,
        conversations.handled_count,
        conversations.coded_count,
        conversations.queue_leg_count,
        coalesce(conversations.transferred_count, 0) as transferred_count,
        extract(epoch from conversations.conversation_end - conversations.conversation_start) as duration_seconds,
        conversations.handle_ms * 0.001 as handle_seconds,
        conversations.talk_ms * 0.001 as talk_seconds,
        conversations.held_ms * 0.001 as hold_seconds,
        conversations.acw_ms * 0.001 as acw_seconds,
        conversations.ivr_ms * 0.001 as ivr_seconds,
        conversations.acd_ms * 0.001 as acd_seconds,

        conversations.is_open,
        conversations.is_abandoned,
        conversations.agent_session_count > 0 as has_agent_session,
        coalesce(
            conversations.conversation_start <@ (
                select complete.ranges
                from genesys.int_complete_ranges as complete
                where complete.fact = 'conversations'
            ),
            false
        ) as is_complete,

        genesys.local_day(conversations.conversation_start) as day,
        conversations.conversation_start as started_at,
        conversations.conversation_start at time zone {{time_zone}} as started_local,
        conversations.conversation_end as ended_at,
        conversations.conversation_end at time zone {{time_zone}} as ended_local
    from conversations
)

select * from final;

comment on view mart.fct_conversations is 'One row per conversation. Source: conversation details (genesys.conversation_facts). Filter on started_at: it reaches the partitions.';
comment on column mart.fct_conversations.conversation_id is 'Conversation. Details conversationId.';
comment on column mart.fct_conversations.first_queue_id is 'First queue that held the conversation or an agent handled it for; null where none did. See dim_queues.';
comment on column mart.fct_conversations.last_queue_id is 'Last such queue. See dim_queues.';
comment on column mart.fct_conversations.originating_direction is 'inbound or outbound. Details originatingDirection; null where the record lacks it.';
comment on column mart.fct_conversations.media_types is 'Media types of all its sessions, each once, in alphabetical order, separated by commas. Details mediaType.';
comment on column mart.fct_conversations.media_type is 'The one media type under which reports count it: the alphabetically first of its stays in queues, else of its customer''s sessions, else of any.';
comment on column mart.fct_conversations.wrapup_cause is 'Why there is no wrap-up code, where no agent took part; null elsewhere, and where a flow or a dialer set a code (wrapup_source in fct_wrapups). See dim_wrapup_causes.';
comment on column mart.fct_conversations.minute_of_day is 'Minutes from midnight, in the reporting time zone, to the quarter of an hour in which it started: 0, 15, … 1425. See dim_intervals.';
comment on column mart.fct_conversations.session_count is 'Sessions of all participants.';
comment on column mart.fct_conversations.agent_session_count is 'Agent sessions, as in fct_agent_sessions.';
comment on column mart.fct_conversations.handled_count is 'Agent sessions that Genesys counts as handled (tHandle).';
comment on column mart.fct_conversations.coded_count is 'Agent sessions with a wrap-up code that is not a system code, known to the directory or not.';
comment on column mart.fct_conversations.queue_leg_count is 'Stays in queues, as in fct_queue_legs.';
comment on column mart.fct_conversations.transferred_count is 'Transfers. Sum of metric nTransferred.';
comment on column mart.fct_conversations.duration_seconds is 'From start to end in seconds; null while open.';
comment on column mart.fct_conversations.handle_seconds is 'Handle time of all sessions in seconds; null without. Sum of metric tHandle.';
comment on column mart.fct_conversations.talk_seconds is 'Talk time of all sessions in seconds; null without. Sum of metric tTalkComplete, or tTalk.';
comment on column mart.fct_conversations.hold_seconds is 'Hold time of all sessions in seconds; null without. Sum of metric tHeldComplete, or tHeld.';
comment on column mart.fct_conversations.acw_seconds is 'After-call work of all sessions in seconds; null without. Sum of metric tAcw.';
comment on column mart.fct_conversations.ivr_seconds is 'Time in IVR in seconds; null without. Sum of metric tIvr.';
comment on column mart.fct_conversations.acd_seconds is 'Time in queues in seconds; null without. Sum of metric tAcd.';
comment on column mart.fct_conversations.is_open is 'True while the conversation has no end or an agent''s segment has none.';
comment on column mart.fct_conversations.is_abandoned is 'True where the customer abandoned in a queue, callbacks not counted; false while the contact waits. Metric tAbandon; in ended records without any metric, a stay that did not end by transfer.';
comment on column mart.fct_conversations.has_agent_session is 'True where an agent took part.';
comment on column mart.fct_conversations.is_complete is 'True where everything of the day on which it started has been pulled. Source: the ledger of slices.';
comment on column mart.fct_conversations.day is 'Day in the reporting time zone on which it started. See dim_dates.';
comment on column mart.fct_conversations.started_at is 'Start, UTC instant. Details conversationStart.';
comment on column mart.fct_conversations.started_local is 'started_at in the reporting time zone.';
comment on column mart.fct_conversations.ended_at is 'End, UTC instant; null while open. Details conversationEnd.';
comment on column mart.fct_conversations.ended_local is 'ended_at in the reporting time zone.';
