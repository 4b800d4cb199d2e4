-- One row per wrap-up segment, of agents and of dialers alike.
create view mart.fct_wrapups as
with
-- What names its queue, which is nearly all, and what has that of its session are read apart, so that a filter on the queue is
-- applied before any session is looked up.
segments as (
    select
        segments.*,
        segments.queue_id as known_queue_id
    from genesys.segments as segments
    where
        segments.segment_type = 'wrapup'
        and segments.queue_id is not null

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
    where
        segments.segment_type = 'wrapup'
        and segments.queue_id is null
),

codes as (
    select
        codes.wrapup_code,
        codes.name
    from genesys.wrapup_codes as codes
    where codes.valid_to is null
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

-- As in fct_agent_sessions; of several wrap-up segments of a session the last one bears the rule's code.
with_rules as (
    select
        segments.*,
        nullif(segments.wrap_up_code, '') as code,
        sessions.user_id,
        sessions.media_type,
        sessions.direction,
        sessions.purpose,
        sessions.acw_ms,
        sessions.is_agent_session,
        sessions.code_setter,
        sessions.division_ids,
        assignments.wrapup_code as assigned_code,
        assignments.wrapup_name as assigned_name,
        assignments.source as assigned_source,
        case
            when assignments.wrapup_code is null then false
            when sessions.last_real_wrapup_code <> assignments.wrapup_code
                and sessions.last_real_wrapup_code is distinct from assignments.previous_code then false
            when sessions.last_real_wrapup_code = assignments.wrapup_code
                and assignments.state not in ('sent', 'verified') then false
            when sessions.wrapup_count = 1 then true
            else not exists (
                select
                from genesys.segments as later
                where
                    later.conversation_start = segments.conversation_start
                    and later.conversation_id = segments.conversation_id
                    and later.participant_no = segments.participant_no
                    and later.session_no = segments.session_no
                    and later.segment_no > segments.segment_no
                    and later.segment_type = 'wrapup'
            )
        end as is_assigned
    from segments
    -- One look at the key for each segment. The limit keeps the planner from reading all sessions of all months instead.
    cross join lateral (
        select
            facts.session_id,
            facts.user_id,
            facts.media_type,
            facts.direction,
            facts.purpose,
            facts.acw_ms,
            facts.wrapup_count,
            facts.last_real_wrapup_code,
            facts.is_agent_session,
            facts.division_ids,
            -- Without an agent, a flow or the dialer sets the code; a campaign's own flow is a flow.
            case
                when facts.purpose in ('agent', 'user') then 'agent'
                when facts.purpose in ('ivr', 'botflow', 'workflow', 'inbound', 'voicesurveyflow')
                    or facts.ivr_count is not null then 'flow'
                when facts.purpose in ('dialer', 'campaign', 'outbound')
                    or facts.outbound_campaign_id is not null
                    or facts.outbound_attempted_count is not null then 'dialer'
                else 'flow'
            end as code_setter
        from genesys.session_facts as facts
        where
            facts.conversation_start = segments.conversation_start
            and facts.conversation_id = segments.conversation_id
            and facts.participant_no = segments.participant_no
            and facts.session_no = segments.session_no
        limit 1
    ) as sessions
    left join assignments
        on assignments.conversation_id = segments.conversation_id
        and assignments.participant_no = segments.participant_no
        and assignments.session_no = segments.session_no
        and assignments.session_id is not distinct from sessions.session_id
),

final as (
    select
        segments.conversation_id,
        segments.participant_no,
        segments.session_no,
        segments.segment_no,
        segments.user_id,
        segments.known_queue_id as queue_id,
        genesys.segment_key(
            segments.conversation_id,
            segments.participant_no,
            segments.session_no,
            segments.segment_no
        ) as segment_key,
        genesys.session_key(segments.conversation_id, segments.participant_no, segments.session_no) as session_key,

        segments.media_type,
        segments.direction,
        segments.purpose,
        segments.code as wrapup_code,
        case
            when starts_with(segments.code, 'ININ-')
                then initcap(replace(substr(segments.code, length('ININ-') + 1), '-', ' '))
            else coalesce(codes.name, segments.code)
        end as wrapup_name,
        case when segments.is_assigned then segments.assigned_code else segments.code end as effective_wrapup_code,
        case
            -- Looked up where it is asked for: one more join would keep reports from doing without the ledger.
            when segments.is_assigned
                then coalesce(
                    (
                        select names.name
                        from genesys.wrapup_codes as names
                        where names.wrapup_code = segments.assigned_code and names.valid_to is null
                    ),
                    segments.assigned_name
                )
            when starts_with(segments.code, 'ININ-')
                then initcap(replace(substr(segments.code, length('ININ-') + 1), '-', ' '))
            else coalesce(codes.name, segments.code)
        end as effective_wrapup_name,
        case
            when segments.is_assigned then segments.assigned_source
            when starts_with(segments.code, 'ININ-') then 'system'
            when segments.code is not null then segments.code_setter
        end as wrapup_source,
        segments.wrap_up_note as wrapup_note,
        array_to_string(segments.wrap_up_tags, ', ') as wrapup_tags,
        segments.disconnect_type,

        genesys.minute_of_day(segments.segment_start) as minute_of_day,
        extract(epoch from segments.segment_end - segments.segment_start) as segment_seconds,
        segments.acw_ms * 0.001 as session_acw_seconds,

        segments.code is not null
        and not starts_with(segments.code, 'ININ-')
        and (codes.wrapup_code is not null or not exists (select from genesys.wrapup_codes)) as is_coded,
        coalesce(starts_with(segments.code, 'ININ-'), false) as is_system_code,
        segments.is_agent_session,
        segments.segment_end is null as is_open,
        coalesce(
            segments.segment_start <@ (
                select complete.ranges
                from genesys.int_complete_ranges as complete
                where complete.fact = 'conversations'
            ),
            false
        ) as is_complete,

        genesys.local_day(segments.segment_start) as day,
        segments.segment_start as started_at,
        segments.segment_start at time zone {{time_zone}} as started_local,
        segments.segment_end as ended_at,
        segments.segment_end at time zone {{time_zone}} as ended_local,
        segments.conversation_start as conversation_started_at
    from with_rules as segments
    left join codes on codes.wrapup_code = segments.code
    where {{division_check(segments, division_ids)}}
)

select * from final;

comment on view mart.fct_wrapups is 'One row per wrap-up segment, with or without a code; a session may have several. Source: conversation details, segments of type wrapup. Filter on started_at or conversation_started_at: both are indexed.';
comment on column mart.fct_wrapups.conversation_id is 'Conversation. Details conversationId.';
comment on column mart.fct_wrapups.participant_no is 'Position of the participant in the record, from 1.';
comment on column mart.fct_wrapups.session_no is 'Position of the session in the participant, from 1.';
comment on column mart.fct_wrapups.segment_no is 'Position of the segment in the session, from 1; with the conversation and the other two the key of this relation.';
comment on column mart.fct_wrapups.user_id is 'Agent; null for flows and dialers. Details userId. See dim_users.';
comment on column mart.fct_wrapups.queue_id is 'Queue of the segment, else of its session. Details queueId. See dim_queues.';
comment on column mart.fct_wrapups.segment_key is 'Conversation, participant_no, session_no and segment_no in one text, in lower case, separated by colons: the key of this relation in one column.';
comment on column mart.fct_wrapups.session_key is 'session_key of its session in fct_agent_sessions, where it is one of an agent.';
comment on column mart.fct_wrapups.media_type is 'Media type of the session. Details mediaType.';
comment on column mart.fct_wrapups.direction is 'inbound or outbound, of the session. Details direction.';
comment on column mart.fct_wrapups.purpose is 'Purpose of the participant. Details purpose.';
comment on column mart.fct_wrapups.wrapup_code is 'Id of the code or a system code (ININ-…); null where none was given. Details wrapUpCode.';
comment on column mart.fct_wrapups.wrapup_name is 'Current or last known name of the code, its words for a system code, its id where it is not in the directory.';
comment on column mart.fct_wrapups.effective_wrapup_code is 'What counts in reports: the code that a rule gave to the session, on its last wrap-up segment, else wrapup_code. Sessions without any wrap-up segment are in fct_agent_sessions only.';
comment on column mart.fct_wrapups.effective_wrapup_name is 'Name of effective_wrapup_code, as of wrapup_name.';
comment on column mart.fct_wrapups.wrapup_source is 'Where effective_wrapup_code came from: agent, flow or dialer (a real code), system (ININ-…), rule or survey (see rpt_wrapup_assignments); null without any code.';
comment on column mart.fct_wrapups.wrapup_note is 'Note to the code; may hold personal data. Details wrapUpNote.';
comment on column mart.fct_wrapups.wrapup_tags is 'Tags, separated by comma and blank. Details wrapUpTags.';
comment on column mart.fct_wrapups.disconnect_type is 'Details disconnectType of the segment.';
comment on column mart.fct_wrapups.minute_of_day is 'Minutes from midnight, in the reporting time zone, to the quarter of an hour in which it started: 0, 15, … 1425. See dim_intervals.';
comment on column mart.fct_wrapups.segment_seconds is 'Length of the segment in seconds; null while open. It is not the after-call work that Genesys counts: see session_acw_seconds.';
comment on column mart.fct_wrapups.session_acw_seconds is 'After-call work of the whole session in seconds, repeated on each of its segments: do not sum. Sum of metric tAcw.';
comment on column mart.fct_wrapups.is_coded is 'True where the segment has a real code that the directory knows, deleted ones included.';
comment on column mart.fct_wrapups.is_system_code is 'True where the platform set the code (ININ-…).';
comment on column mart.fct_wrapups.is_agent_session is 'True where the session is one of fct_agent_sessions.';
comment on column mart.fct_wrapups.is_open is 'True while the segment has no end.';
comment on column mart.fct_wrapups.is_complete is 'True where everything of the day on which it started has been pulled. Source: the ledger of slices.';
comment on column mart.fct_wrapups.day is 'Day in the reporting time zone on which it started. See dim_dates.';
comment on column mart.fct_wrapups.started_at is 'Start of the segment, instant, shown in the zone of your session. Details segmentStart.';
comment on column mart.fct_wrapups.started_local is 'started_at in the reporting time zone. When clocks go back, an hour occurs twice.';
comment on column mart.fct_wrapups.ended_at is 'End of the segment, instant, shown in the zone of your session; null while open. Details segmentEnd.';
comment on column mart.fct_wrapups.ended_local is 'ended_at in the reporting time zone.';
comment on column mart.fct_wrapups.conversation_started_at is 'Start of the conversation, instant, shown in the zone of your session. Details conversationStart.';
