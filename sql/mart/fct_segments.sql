-- One row per segment of a session, of every purpose.
create view mart.fct_segments as
with
-- What names its queue and what has that of its session are read apart, so that a filter on the queue is applied before any session is
-- looked up.
with_queue as (
    select
        segments.*,
        segments.queue_id as known_queue_id
    from genesys.segments as segments
    where segments.queue_id is not null

    union all

    select
        segments.*,
        (
            select facts.queue_id
            from genesys.session_facts as facts
            where
                facts.conversation_start = segments.conversation_start
                and facts.conversation_id = segments.conversation_id
                and facts.participant_no = segments.participant_no
                and facts.session_no = segments.session_no
        ) as known_queue_id
    from genesys.segments as segments
    where segments.queue_id is null
),

segments as (
    select
        segments.*,
        facts.user_id,
        facts.purpose,
        facts.media_type,
        facts.direction,
        facts.division_ids
    from with_queue as segments
    -- One by one: a join by four columns is estimated to find next to nothing, and what is joined to that is then read once a row.
    cross join lateral (
        select
            found.user_id,
            found.purpose,
            found.media_type,
            found.direction,
            found.division_ids
        from genesys.session_facts as found
        where
            found.conversation_start = segments.conversation_start
            and found.conversation_id = segments.conversation_id
            and found.participant_no = segments.participant_no
            and found.session_no = segments.session_no
        limit 1
    ) as facts
),

final as (
    select
        genesys.segment_key(segments.conversation_id, segments.participant_no, segments.session_no, segments.segment_no) as segment_key,
        genesys.session_key(segments.conversation_id, segments.participant_no, segments.session_no) as session_key,
        segments.conversation_id,
        segments.participant_no,
        segments.session_no,
        segments.segment_no,
        segments.user_id,
        segments.known_queue_id as queue_id,
        (
            select flows.flow_id
            from genesys.session_flows as flows
            where
                flows.conversation_start = segments.conversation_start
                and flows.conversation_id = segments.conversation_id
                and flows.participant_no = segments.participant_no
                and flows.session_no = segments.session_no
        ) as flow_id,
        segments.destination_conversation_id,

        segments.purpose,
        segments.media_type,
        segments.direction,
        segments.segment_type,
        segments.disconnect_type,
        segments.error_code,
        segments.wrap_up_code as wrapup_code,
        array_to_string(segments.sip_response_codes, ',') as sip_response_codes,

        genesys.minute_of_day(segments.segment_start) as minute_of_day,
        extract(epoch from segments.segment_end - segments.segment_start) as segment_seconds,

        coalesce(segments.conference, false) as is_conference,
        segments.segment_end is null as is_open,
        coalesce(segments.segment_start <@ (
            select complete.ranges
            from genesys.int_complete_ranges as complete
            where complete.fact = 'conversations'
        ), false) as is_complete,

        genesys.local_day(segments.segment_start) as day,
        segments.segment_start as started_at,
        segments.segment_start at time zone {{time_zone}} as started_local,
        segments.segment_end as ended_at,
        segments.segment_end at time zone {{time_zone}} as ended_local,
        segments.conversation_start as conversation_started_at
    from segments
    where {{division_check(segments, division_ids)}}
)

select * from final;

comment on view mart.fct_segments is 'One row per segment: what happened in a conversation, in order, all purposes. Source: conversation details, segments. Filter on conversation_started_at: it selects partitions.';
comment on column mart.fct_segments.segment_key is 'Key of this relation: conversation, participant_no, session_no and segment_no, in lower case.';
comment on column mart.fct_segments.session_key is 'Session of the segment: session_key of fct_agent_sessions or leg_key of fct_queue_legs.';
comment on column mart.fct_segments.conversation_id is 'Conversation. Details conversationId.';
comment on column mart.fct_segments.participant_no is 'Position of the participant in the record, from 1.';
comment on column mart.fct_segments.session_no is 'Position of the session in the participant, from 1.';
comment on column mart.fct_segments.segment_no is 'Position of the segment in the session, from 1.';
comment on column mart.fct_segments.user_id is 'Agent or user of the session; null for all others. See dim_users.';
comment on column mart.fct_segments.queue_id is 'Queue of the segment, else of its session. Details queueId. See dim_queues.';
comment on column mart.fct_segments.flow_id is 'Flow of the session; null without. See dim_flows. Details flow.flowId.';
comment on column mart.fct_segments.destination_conversation_id is 'Conversation that a consult or conference made; null elsewhere. Details destinationConversationId.';
comment on column mart.fct_segments.purpose is 'What the participant is: customer, agent, acd, ivr, … Details purpose. See dim_enums.';
comment on column mart.fct_segments.media_type is 'voice, callback, message, email, chat, … Details mediaType.';
comment on column mart.fct_segments.direction is 'inbound or outbound, of the session. Details direction.';
comment on column mart.fct_segments.segment_type is 'interact, hold, wrapup, alert, … Details segmentType. See dim_enums.';
comment on column mart.fct_segments.disconnect_type is 'How it ended; null while open. Details disconnectType. See dim_enums.';
comment on column mart.fct_segments.error_code is 'Fault that ended it; null without. Details errorCode.';
comment on column mart.fct_segments.wrapup_code is 'Code of a wrap-up segment; null elsewhere. Details wrapUpCode. See dim_wrapup_codes.';
comment on column mart.fct_segments.sip_response_codes is 'SIP response codes, separated by commas; null without. Details sipResponseCodes.';
comment on column mart.fct_segments.minute_of_day is 'Minutes from midnight, in the reporting time zone, to the quarter of an hour in which it started: 0, 15, … 1425. See dim_intervals.';
comment on column mart.fct_segments.segment_seconds is 'From start to end in seconds; null while open.';
comment on column mart.fct_segments.is_conference is 'True where it was part of a conference. Details conference.';
comment on column mart.fct_segments.is_open is 'True while it has no end.';
comment on column mart.fct_segments.is_complete is 'True where everything of the day on which it started has been pulled. Source: the ledger of slices.';
comment on column mart.fct_segments.day is 'Day in the reporting time zone on which it started. See dim_dates.';
comment on column mart.fct_segments.started_at is 'Start, instant, shown in the zone of your session. Details segmentStart.';
comment on column mart.fct_segments.started_local is 'started_at in the reporting time zone. When clocks go back, an hour occurs twice.';
comment on column mart.fct_segments.ended_at is 'End, instant, shown in the zone of your session; null while open. Details segmentEnd.';
comment on column mart.fct_segments.ended_local is 'ended_at in the reporting time zone.';
comment on column mart.fct_segments.conversation_started_at is 'Start of the conversation, instant, shown in the zone of your session. Details conversationStart.';
