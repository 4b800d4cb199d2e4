-- One row per conversation.
create view mart.fct_conversations as
with
conversations as (
    select * from genesys.int_conversation_verdicts
),

final as (
    select
        conversations.conversation_id,
        conversations.first_queue_id,
        conversations.last_queue_id,
        conversations.first_user_id,
        conversations.last_user_id,

        (
            select queues.name
            from genesys.queues as queues
            where
                queues.queue_id = conversations.first_queue_id
                and queues.valid_to is null
        ) as first_queue_name,
        (
            select queues.name
            from genesys.queues as queues
            where
                queues.queue_id = conversations.last_queue_id
                and queues.valid_to is null
        ) as last_queue_name,
        (
            select users.name
            from genesys.users as users
            where
                users.user_id = conversations.first_user_id
                and users.valid_to is null
        ) as first_user_name,
        (
            select users.name
            from genesys.users as users
            where
                users.user_id = conversations.last_user_id
                and users.valid_to is null
        ) as last_user_name,
        genesys.customer_key(
            conversations.contact,
            (select settings.value from extract.settings as settings where settings.name = 'customer_secret')
        ) as customer_key,
        conversations.entry_point,
        conversations.originating_direction,
        conversations.media_types,
        conversations.media_type,
        conversations.message_type,
        array_to_string(conversations.division_ids, ',') as division_ids,
        conversations.verdict_cause as wrapup_cause,
        case
            when conversations.is_open then 'open'
            when conversations.code_count > 0 and conversations.code_count >= conversations.codable_count then 'coded'
            when conversations.code_count > 0 then 'partly'
            when conversations.codable_count > 0 then 'missing'
            else 'not_applicable'
        end as wrapup_state,
        conversations.wrapup_codes[cardinality(conversations.wrapup_codes)] as wrapup_code,
        coalesce(
            (
                select codes.name
                from genesys.wrapup_codes as codes
                where
                    codes.wrapup_code = conversations.wrapup_codes[cardinality(conversations.wrapup_codes)]
                    and codes.valid_to is null
            ),
            conversations.wrapup_codes[cardinality(conversations.wrapup_codes)]
        ) as wrapup_name,
        coalesce(
            conversations.wrapup_codes[cardinality(conversations.wrapup_codes)],
            (
                select assignments.wrapup_code
                from wrapup.assignments as assignments
                where
                    assignments.conversation_id = conversations.conversation_id
                    and assignments.in_force_no = 0
                    and assignments.wrapup_code is not null
                order by assignments.started_at desc
                limit 1
            )
        ) as effective_wrapup_code,
        case
            when conversations.wrapup_codes is not null
                then coalesce(
                    (
                        select codes.name
                        from genesys.wrapup_codes as codes
                        where
                            codes.wrapup_code = conversations.wrapup_codes[cardinality(conversations.wrapup_codes)]
                            and codes.valid_to is null
                    ),
                    conversations.wrapup_codes[cardinality(conversations.wrapup_codes)]
                )
            else (
                select coalesce(codes.name, assignments.wrapup_name, assignments.wrapup_code)
                from wrapup.assignments as assignments
                left join genesys.wrapup_codes as codes
                    on codes.wrapup_code = assignments.wrapup_code
                    and codes.valid_to is null
                where
                    assignments.conversation_id = conversations.conversation_id
                    and assignments.in_force_no = 0
                    and assignments.wrapup_code is not null
                order by assignments.started_at desc
                limit 1
            )
        end as effective_wrapup_name,

        genesys.minute_of_day(conversations.conversation_start) as minute_of_day,
        conversations.session_count,
        conversations.agent_session_count,
        conversations.handled_count,
        case when conversations.agent_session_count > 0 then conversations.code_count else 0 end as coded_count,
        conversations.codable_count,
        conversations.queue_leg_count,
        coalesce(conversations.transferred_count, 0) as transferred_count,
        extract(epoch from conversations.conversation_end - conversations.conversation_start) as duration_seconds,
        -- Looked up in the index of contacts; who sees some divisions only finds contacts of these only.
        extract(
            epoch from conversations.conversation_start - (
                select earlier.conversation_start
                from genesys.conversation_facts as earlier
                where
                    earlier.contact = conversations.contact
                    and earlier.conversation_start < conversations.conversation_start
                    and {{division_check(earlier, division_ids)}}
                order by earlier.conversation_start desc
                limit 1
            )
        ) as repeat_after_seconds,
        conversations.handle_ms * 0.001 as handle_seconds,
        conversations.talk_ms * 0.001 as talk_seconds,
        conversations.held_ms * 0.001 as hold_seconds,
        conversations.acw_ms * 0.001 as acw_seconds,
        conversations.ivr_ms * 0.001 as ivr_seconds,
        conversations.wait_ms * 0.001 as wait_seconds,
        conversations.acd_ms * 0.001 as acd_seconds,
        conversations.min_mos::numeric as min_mos,
        (
            select count(*)
            from genesys.surveys as surveys
            where
                surveys.conversation_start = conversations.conversation_start
                and surveys.conversation_id = conversations.conversation_id
        ) as survey_count,
        (
            select count(*)
            from genesys.evaluations as evaluations
            where
                evaluations.conversation_start = conversations.conversation_start
                and evaluations.conversation_id = conversations.conversation_id
        ) as evaluation_count,

        conversations.is_open,
        conversations.is_open
        and coalesce(
            (
                select true
                from genesys.session_facts as legs
                where
                    legs.conversation_start = conversations.conversation_start
                    and legs.conversation_id = conversations.conversation_id
                    and legs.is_queue_leg
                    and legs.ended_at is null
                limit 1
            ),
            false
        ) as is_waiting,
        coalesce(conversations.self_served, false) as is_self_served,
        conversations.is_abandoned,
        conversations.agent_session_count > 0 as has_agent_session,
        conversations.code_count > 0 as is_coded,
        conversations.codable_count > 0 as is_codable,
        coalesce(
            conversations.conversation_start <@ (
                select complete.ranges
                from genesys.int_complete_ranges as complete
                where complete.fact = 'conversations'
            ),
            false
        ) as is_complete,

        genesys.local_day(conversations.conversation_start) as day,
        genesys.local_day(conversations.handled_at) as handled_day,
        conversations.conversation_start as started_at,
        conversations.conversation_start at time zone {{time_zone}} as started_local,
        conversations.conversation_end as ended_at,
        conversations.conversation_end at time zone {{time_zone}} as ended_local
    from conversations
    where {{division_check(conversations, division_ids)}}
)

select * from final;

comment on view mart.fct_conversations is 'One row per conversation. Source: conversation details (genesys.conversation_facts). Filter on started_at: it selects partitions.';
comment on column mart.fct_conversations.conversation_id is 'Conversation. Details conversationId.';
comment on column mart.fct_conversations.first_queue_id is 'First queue that held the conversation or an agent handled it for; null where none did. See dim_queues.';
comment on column mart.fct_conversations.last_queue_id is 'Last such queue. See dim_queues.';
comment on column mart.fct_conversations.customer_key is 'Keyed hash of the customer''s external contact id or, without one, of the address in one spelling: the same customer has the same, and it does not reveal whose it is. Null where the address is withheld. See fct_repeat_contacts.';
comment on column mart.fct_conversations.entry_point is 'Number, mailbox or address of the organisation that an inbound customer reached; null elsewhere. Details dnis, or addressTo. See dim_entry_points.';
comment on column mart.fct_conversations.first_user_id is 'Agent of the agent session that started first; null where none took part. See dim_users.';
comment on column mart.fct_conversations.last_user_id is 'Agent of the agent session that started last. See dim_users.';
comment on column mart.fct_conversations.first_queue_name is 'Current name of the first queue, from the directory.';
comment on column mart.fct_conversations.last_queue_name is 'Current name of the last queue, from the directory.';
comment on column mart.fct_conversations.first_user_name is 'Current name of the first agent, from the directory.';
comment on column mart.fct_conversations.last_user_name is 'Current name of the last agent, from the directory.';
comment on column mart.fct_conversations.originating_direction is 'inbound or outbound. Details originatingDirection; null where the record lacks it.';
comment on column mart.fct_conversations.media_types is 'Media types of all its sessions, each once, in alphabetical order, separated by commas. Details mediaType.';
comment on column mart.fct_conversations.media_type is 'The one media type under which reports count it: the alphabetically first of its stays in queues, else of its customer''s sessions, else of any.';
comment on column mart.fct_conversations.message_type is 'Messaging channel, e.g. whatsapp or webmessaging; null where there is none. Details messageType.';
comment on column mart.fct_conversations.division_ids is 'Divisions of the conversation, separated by commas. Details divisionIds. One row each: bridge_conversation_divisions.';
comment on column mart.fct_conversations.wrapup_cause is 'Why the conversation has no real wrap-up code; null where it has one. Of the causes of its agent sessions the first that is a leak, else the first that is expected, in the order of tested_order; where no agent took part, the cause of the conversation itself. See dim_wrapup_causes.';
comment on column mart.fct_conversations.wrapup_state is 'coded (each agent session that could have a code has one, or a flow or a dialer set one), partly (some have), missing (none has), not_applicable (none could have one), open (it has not ended: what it has may change).';
comment on column mart.fct_conversations.wrapup_code is 'Last real wrap-up code: of the agent session that started last among those that have one; where no agent took part, of the flow or the dialer. Null without. Details wrapUpCode.';
comment on column mart.fct_conversations.wrapup_name is 'Its name in the directory, or the code where the directory does not know it.';
comment on column mart.fct_conversations.effective_wrapup_code is 'wrapup_code, or else the code that a rule or a survey gave to the last of its agent sessions; null where there is neither.';
comment on column mart.fct_conversations.minute_of_day is 'Minutes from midnight, in the reporting time zone, to the quarter of an hour in which it started: 0, 15, … 1425. See dim_intervals.';
comment on column mart.fct_conversations.session_count is 'Sessions of all participants.';
comment on column mart.fct_conversations.agent_session_count is 'Agent sessions, as in fct_agent_sessions.';
comment on column mart.fct_conversations.handled_count is 'Agent sessions that Genesys counts as handled (tHandle).';
comment on column mart.fct_conversations.coded_count is 'Agent sessions with a real wrap-up code, as is_coded in fct_agent_sessions: no system code, and known to the directory.';
comment on column mart.fct_conversations.codable_count is 'Agent sessions that could have a code, as is_codable in fct_agent_sessions.';
comment on column mart.fct_conversations.queue_leg_count is 'Stays in queues, as in fct_queue_legs.';
comment on column mart.fct_conversations.transferred_count is 'Transfers. Sum of metric nTransferred.';
comment on column mart.fct_conversations.duration_seconds is 'From start to end in seconds; null while open.';
comment on column mart.fct_conversations.effective_wrapup_name is 'Name of effective_wrapup_code; the code itself where the directory does not list it.';
comment on column mart.fct_conversations.wait_seconds is 'Time waited in queues in seconds, over all stays: each until answer, abandon or flow-out, else its time in the queue; null without. Details metrics tAnswered, tAbandon, tFlowOut, tAcd.';
comment on column mart.fct_conversations.repeat_after_seconds is 'Seconds from the start of the same customer''s previous conversation to that of this one; null for the first and where nothing names the customer. See fct_repeat_contacts. Details ani, addressFrom, externalContactId.';
comment on column mart.fct_conversations.handle_seconds is 'Handle time of all sessions in seconds, a callback and its voice session both; null without, and without what is still open. Sums by day agree with Genesys by handled_day, not by day. Sum of metric tHandle.';
comment on column mart.fct_conversations.talk_seconds is 'Talk time of all sessions in seconds; null without. Sum of metric tTalkComplete, or tTalk.';
comment on column mart.fct_conversations.hold_seconds is 'Hold time of all sessions in seconds; null without. Sum of metric tHeldComplete, or tHeld.';
comment on column mart.fct_conversations.acw_seconds is 'After-call work of all sessions in seconds; null without. Sum of metric tAcw.';
comment on column mart.fct_conversations.ivr_seconds is 'Time in IVR in seconds; null without. Sum of metric tIvr.';
comment on column mart.fct_conversations.acd_seconds is 'Time in queues in seconds; null without. Sum of metric tAcd.';
comment on column mart.fct_conversations.min_mos is 'Lowest mean opinion score of its voice sessions, from 1 (bad) to 5; null without voice quality. Details mediaStatsMinConversationMos.';
comment on column mart.fct_conversations.survey_count is 'Surveys attached to it, as in fct_surveys.';
comment on column mart.fct_conversations.evaluation_count is 'Evaluations attached to it, as in fct_evaluations.';
comment on column mart.fct_conversations.is_open is 'True while the conversation has no end or an agent''s segment has none.';
comment on column mart.fct_conversations.is_waiting is 'True while it is in a queue: a stay that has not ended.';
comment on column mart.fct_conversations.is_self_served is 'True where Genesys counts it as served without an agent. Details selfServed.';
comment on column mart.fct_conversations.is_abandoned is 'True where the customer abandoned in a queue, callbacks not counted; false while the contact waits. Metric tAbandon; in ended records without any metric, a stay that did not end by transfer.';
comment on column mart.fct_conversations.has_agent_session is 'True where an agent took part.';
comment on column mart.fct_conversations.is_coded is 'True where any of its agent sessions has a real code, or, where no agent took part, a flow or a dialer set one: where wrapup_cause is null.';
comment on column mart.fct_conversations.is_codable is 'True where an agent session could have a code: the base of a coverage by conversation.';
comment on column mart.fct_conversations.is_complete is 'True where everything of the day on which it started has been pulled. Source: the ledger of slices.';
comment on column mart.fct_conversations.day is 'Day in the reporting time zone on which it started. See dim_dates.';
comment on column mart.fct_conversations.handled_day is 'Day in the reporting time zone on which its last handling was completed: the day under which Genesys and rpt_handle_times count it. Null where none was. See dim_dates.';
comment on column mart.fct_conversations.started_at is 'Start, instant, shown in the zone of your session. Details conversationStart.';
comment on column mart.fct_conversations.started_local is 'started_at in the reporting time zone. When clocks go back, an hour occurs twice.';
comment on column mart.fct_conversations.ended_at is 'End, instant, shown in the zone of your session; null while open. Details conversationEnd.';
comment on column mart.fct_conversations.ended_local is 'ended_at in the reporting time zone.';
