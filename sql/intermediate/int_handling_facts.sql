-- One row per agent session, from its session facts alone: what genesys.handling_facts must hold.
create view genesys.int_handling_facts as
with
final as (
    select
        sessions.conversation_start,
        sessions.conversation_id,
        sessions.participant_no,
        sessions.session_no,
        sessions.started_at,
        sessions.handled_at,
        sessions.handle_ms,
        sessions.talk_ms,
        sessions.held_ms,
        sessions.acw_ms,
        sessions.dialing_ms,
        sessions.contacting_ms,
        sessions.transferred_count,
        sessions.handle_count::integer as handle_count,
        sessions.talk_count::integer as talk_count,
        sessions.held_count::integer as held_count,
        sessions.acw_count::integer as acw_count,
        sessions.user_id,
        sessions.queue_id,
        sessions.media_type,
        sessions.last_real_wrapup_code as wrapup_code,
        -- Without the directory: what it has to say about deleted codes and prompts is said by int_agent_sessions and int_wrapup_cases.
        case
            when sessions.last_real_wrapup_code is not null then null
            when sessions.last_wrapup_code = 'ININ-WRAP-UP-TIMEOUT' then 'acw_timeout'
            when sessions.last_wrapup_code = 'ININ-WRAP-UP-SKIPPED' then 'acw_skipped'
            when sessions.last_wrapup_code = 'ININ-WRAP-UP-DELETED' then 'code_deleted'
            when sessions.last_wrapup_code is not null then 'system_code'
            when sessions.queue_id is null or sessions.is_supervision then 'non_acd'
            when not sessions.is_open and not sessions.is_connected and sessions.is_dialed then 'outbound_no_contact'
            when not sessions.is_open and not sessions.is_connected then 'not_answered'
            when sessions.is_open or sessions.conversation_end is null then 'still_open'
            when sessions.acw_skipped then 'acw_skipped'
            when sessions.is_transferred then 'transferred_before_acw'
            when sessions.media_type = 'callback' then 'callback_no_acw'
            when sessions.media_type in ('chat', 'message', 'internalmessage', 'email', 'social') then 'digital_no_code'
            else 'unexplained'
        end as wrapup_cause,
        sessions.division_ids
    from genesys.session_facts as sessions
    where sessions.is_agent_session
)

select * from final;

comment on view genesys.int_handling_facts is 'One row per agent session with what the reports over months read of it. The plain definition of genesys.handling_facts, which the loader writes: a test compares the two, and rebuild-facts fills the table from it.';
