-- One row per agent session (a participant of purpose agent or user with a user id), with its wrap-up verdict.
create view genesys.int_agent_sessions as
with
sessions as (
    select
        facts.*,
        facts.media_type in ('chat', 'message', 'internalmessage', 'email', 'social') as is_digital
    from genesys.session_facts as facts
    where facts.is_agent_session
),

queues as (
    select
        queues.queue_id,
        queues.name,
        queues.acw_wrapup_prompt
    from genesys.queues as queues
    where queues.valid_to is null
),

codes as (
    select
        codes.wrapup_code,
        codes.name
    from genesys.wrapup_codes as codes
    where codes.valid_to is null
),

final as (
    select
        sessions.*,
        queues.name as queue_name,
        queues.acw_wrapup_prompt,
        coalesce(sessions.last_real_wrapup_code, sessions.last_wrapup_code) as wrapup_code,
        case
            when sessions.last_real_wrapup_code is not null then coalesce(codes.name, sessions.last_real_wrapup_code)
            else initcap(replace(substr(sessions.last_wrapup_code, length('ININ-') + 1), '-', ' '))
        end as wrapup_name,
        -- The order is that of mart.dim_wrapup_causes: first evidence on the session itself, then the queue's setting.
        case
            when sessions.last_real_wrapup_code is not null then
                case
                    when codes.wrapup_code is not null then null
                    -- Before the directory has been read, no code can be called deleted.
                    when exists (select from genesys.wrapup_codes) then 'code_deleted'
                end
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
            when queues.acw_wrapup_prompt = 'OPTIONAL' then 'acw_optional'
            when queues.acw_wrapup_prompt = 'AGENT_REQUESTED' then 'acw_not_requested'
            when sessions.is_digital then 'digital_no_code'
            else 'unexplained'
        end as wrapup_cause
    from sessions
    left join queues on queues.queue_id = sessions.queue_id
    left join codes on codes.wrapup_code = sessions.last_real_wrapup_code
)

select * from final;

comment on view genesys.int_agent_sessions is 'One row per agent session with its wrap-up code or the cause why it has none. Shared by fct_agent_sessions and the reports.';
