-- One row per agent session, a quarter as wide as in fct_agent_sessions: the code that counts, or why there is none.
create view mart.fct_session_codes as
with
cases as (
    select * from genesys.int_wrapup_cases
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
        assignments.state
    from wrapup.assignments as assignments
    where assignments.in_force_no = 0
),

-- As in fct_agent_sessions: a real code that came since the rule decided is an agent's and wins, unless it was sent for the rule.
with_rules as (
    select
        cases.*,
        assignments.wrapup_code as assigned_code,
        assignments.wrapup_name as assigned_name,
        case
            when assignments.wrapup_code is null then false
            else coalesce(
                cases.wrapup_code is null
                or cases.wrapup_code = assignments.previous_code
                or (cases.wrapup_code = assignments.wrapup_code and assignments.state in ('sent', 'verified')),
                false
            )
            -- The record may have another session at this position by now. Looked up for what has a rule's code only.
            and assignments.session_id is not distinct from (
                select facts.session_id
                from genesys.session_facts as facts
                where
                    facts.conversation_start = cases.conversation_start
                    and facts.conversation_id = cases.conversation_id
                    and facts.participant_no = cases.participant_no
                    and facts.session_no = cases.session_no
            )
        end as is_ruled
    from cases
    left join assignments
        on assignments.conversation_id = cases.conversation_id
        and assignments.participant_no = cases.participant_no
        and assignments.session_no = cases.session_no
),

final as (
    select
        sessions.conversation_id,
        sessions.participant_no,
        sessions.session_no,
        sessions.user_id,
        sessions.queue_id,
        genesys.session_key(sessions.conversation_id, sessions.participant_no, sessions.session_no) as session_key,

        users.name as user_name,
        sessions.queue_name,
        sessions.media_type,
        sessions.wrapup_code,
        sessions.wrapup_name,
        sessions.wrapup_cause,
        case when sessions.is_ruled then sessions.assigned_code else sessions.wrapup_code end as effective_wrapup_code,
        case
            when not sessions.is_ruled then sessions.wrapup_name
            else coalesce(
                (
                    select codes.name
                    from genesys.wrapup_codes as codes
                    where codes.wrapup_code = sessions.assigned_code and codes.valid_to is null
                ),
                sessions.assigned_name
            )
        end as effective_wrapup_name,

        genesys.minute_of_day(sessions.started_at) as minute_of_day,
        sessions.handle_ms * 0.001 as handle_seconds,

        sessions.wrapup_cause is null as is_coded,
        genesys.is_codable(sessions.wrapup_cause) as is_codable,
        sessions.is_ruled,
        sessions.handle_count is not null as is_handled,
        coalesce(
            sessions.started_at <@ (
                select complete.ranges
                from genesys.int_complete_ranges as complete
                where complete.fact = 'conversations'
            ),
            false
        ) as is_complete,

        genesys.local_day(sessions.started_at) as day,
        sessions.started_at,
        sessions.started_at at time zone {{time_zone}} as started_local
    from with_rules as sessions
    left join users on users.user_id = sessions.user_id
    where {{division_check(sessions, division_ids)}}
)

select * from final;

comment on view mart.fct_session_codes is 'One row per agent session, as in fct_agent_sessions, with what reports on wrap-up codes over months need and nothing else: a quarter of the bytes to read. Source: conversation details (genesys.handling_facts) with the current directory. Filter on started_at.';
comment on column mart.fct_session_codes.conversation_id is 'Conversation. Details conversationId.';
comment on column mart.fct_session_codes.participant_no is 'Position of the participant in the record, from 1; with conversation and session_no the key of this relation.';
comment on column mart.fct_session_codes.session_no is 'Position of the session in the participant, from 1.';
comment on column mart.fct_session_codes.user_id is 'Agent. Details userId of the participant; see dim_users.';
comment on column mart.fct_session_codes.queue_id is 'Queue of the last segment of the session that names one; null for calls outside queues. See dim_queues.';
comment on column mart.fct_session_codes.session_key is 'Conversation, participant_no and session_no in one text, in lower case, separated by colons: the key of this relation in one column. See fct_agent_sessions.';
comment on column mart.fct_session_codes.user_name is 'Current name of the agent, from the directory.';
comment on column mart.fct_session_codes.queue_name is 'Current name of the queue, from the directory.';
comment on column mart.fct_session_codes.media_type is 'voice, callback, message, email, chat, … of this session. Details mediaType.';
comment on column mart.fct_session_codes.wrapup_code is 'Last real wrap-up code of the session; null without one. System codes (ININ-…) are in fct_agent_sessions. Details wrapUpCode.';
comment on column mart.fct_session_codes.wrapup_name is 'Current or last known name of the code, from the directory; its id where it is not in the directory.';
comment on column mart.fct_session_codes.wrapup_cause is 'Why there is no real code, null where there is one. See dim_wrapup_causes.';
comment on column mart.fct_session_codes.effective_wrapup_code is 'What counts in reports: the code that a rule gave where the session has no real code of its own (or had this one when the rule decided), else wrapup_code.';
comment on column mart.fct_session_codes.effective_wrapup_name is 'Name of effective_wrapup_code, as of wrapup_name.';
comment on column mart.fct_session_codes.minute_of_day is 'Minutes from midnight, in the reporting time zone, to the quarter of an hour in which it started: 0, 15, … 1425. See dim_intervals.';
comment on column mart.fct_session_codes.handle_seconds is 'Handle time in seconds; null where not handled. Sum of metric tHandle.';
comment on column mart.fct_session_codes.is_coded is 'True where the session has a real wrap-up code that the directory knows, deleted ones included; then wrapup_cause is null.';
comment on column mart.fct_session_codes.is_codable is 'True where the session could have a code, decided by its cause. See is_codable in dim_wrapup_causes.';
comment on column mart.fct_session_codes.is_ruled is 'True where effective_wrapup_code comes from a rule or a survey. See rpt_wrapup_assignments.';
comment on column mart.fct_session_codes.is_handled is 'True where Genesys counts a handling: tHandle was emitted.';
comment on column mart.fct_session_codes.is_complete is 'True where everything of the day on which it started has been pulled. Source: the ledger of slices.';
comment on column mart.fct_session_codes.day is 'Day in the reporting time zone on which it started. See dim_dates.';
comment on column mart.fct_session_codes.started_at is 'Start of the first segment (conversation start where there is none), instant, shown in the zone of your session.';
comment on column mart.fct_session_codes.started_local is 'started_at in the reporting time zone. When clocks go back, an hour occurs twice.';
