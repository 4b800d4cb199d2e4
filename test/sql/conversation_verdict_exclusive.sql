-- Conversations whose cause and code are both there or both missing, or whose cause, code count or state contradicts their agent sessions.
with
sessions as (
    select
        sessions.conversation_id,
        count(*) filter (where sessions.is_coded) as coded_count,
        count(*) filter (where sessions.is_codable) as codable_count,
        -- Leaks before expected causes, then the order in which causes are tested.
        (array_agg(sessions.wrapup_cause order by causes.is_expected, causes.tested_order))[1] as wrapup_cause
    from mart.fct_agent_sessions as sessions
    left join mart.dim_wrapup_causes as causes on causes.wrapup_cause = sessions.wrapup_cause
    group by sessions.conversation_id
),

coded_by_others as (
    select distinct wrapups.conversation_id
    from mart.fct_wrapups as wrapups
    where
        wrapups.wrapup_code is not null
        and not wrapups.is_system_code
),

expected as (
    select
        conversations.*,
        coalesce(sessions.coded_count, 0) as expected_coded_count,
        coalesce(sessions.codable_count, 0) as expected_codable_count,
        case
            when conversations.agent_session_count = 0 then coded_by_others.conversation_id is not null
            else sessions.coded_count > 0
        end as expected_is_coded,
        case
            when conversations.agent_session_count > 0 and sessions.coded_count = 0 then sessions.wrapup_cause
        end as expected_cause,
        causes.wrapup_cause is not null as is_known_cause,
        causes.is_conversation_cause
    from mart.fct_conversations as conversations
    left join sessions on sessions.conversation_id = conversations.conversation_id
    left join coded_by_others on coded_by_others.conversation_id = conversations.conversation_id
    left join mart.dim_wrapup_causes as causes on causes.wrapup_cause = conversations.wrapup_cause
)

select
    expected.conversation_id,
    expected.wrapup_cause,
    expected.expected_cause,
    expected.wrapup_state
from expected
where
    expected.is_coded = (expected.wrapup_cause is not null)
    or expected.is_coded <> expected.expected_is_coded
    or expected.is_coded <> (expected.wrapup_code is not null)
    and (expected.wrapup_cause is distinct from 'code_deleted' or expected.wrapup_code is null)
    or expected.coded_count <> expected.expected_coded_count
    or expected.codable_count <> expected.expected_codable_count
    or expected.is_codable <> (expected.expected_codable_count > 0)
    or (expected.agent_session_count > 0 and expected.wrapup_cause is distinct from expected.expected_cause)
    or (expected.wrapup_cause is not null and not expected.is_known_cause)
    or (expected.agent_session_count = 0 and expected.wrapup_cause is not null and not expected.is_conversation_cause)
    or expected.wrapup_state <> case
        when expected.is_open then 'open'
        when expected.expected_is_coded and expected.expected_coded_count < expected.expected_codable_count then 'partly'
        when expected.expected_is_coded then 'coded'
        when expected.expected_codable_count > 0 then 'missing'
        else 'not_applicable'
    end
