-- One row per agent session: its real wrap-up code, or the cause why it has none.
create view genesys.int_wrapup_cases as
with
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

-- The same verdict as in int_agent_sessions, from a row a quarter as wide: there the evidence, here what was made of it at load.
final as (
    select
        handlings.conversation_start,
        handlings.conversation_id,
        handlings.participant_no,
        handlings.session_no,
        handlings.started_at,
        handlings.user_id,
        handlings.queue_id,
        handlings.media_type,
        handlings.handled_at,
        handlings.handle_ms,
        handlings.handle_count,
        queues.name as queue_name,
        handlings.wrapup_code,
        coalesce(codes.name, handlings.wrapup_code) as wrapup_name,
        case
            when handlings.wrapup_code is not null then
                case
                    when codes.wrapup_code is not null then null
                    -- Before the directory has been read, no code can be called deleted.
                    when exists (select from genesys.wrapup_codes) then 'code_deleted'
                end
            when handlings.wrapup_cause not in ('digital_no_code', 'unexplained') then handlings.wrapup_cause
            when queues.acw_wrapup_prompt = 'OPTIONAL' then 'acw_optional'
            when queues.acw_wrapup_prompt = 'AGENT_REQUESTED' then 'acw_not_requested'
            else handlings.wrapup_cause
        end as wrapup_cause,
        handlings.division_ids
    from genesys.handling_facts as handlings
    left join queues on queues.queue_id = handlings.queue_id
    left join codes on codes.wrapup_code = handlings.wrapup_code
)

select * from final;

comment on view genesys.int_wrapup_cases is 'One row per agent session with its real wrap-up code or the cause why it has none, from narrow rows. A test compares its verdict with that of int_agent_sessions.';
