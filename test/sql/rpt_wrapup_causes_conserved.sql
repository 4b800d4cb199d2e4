-- Days that were asked for whole and on which the report's sessions or conversations are not those of the facts.
with
reported as (
    select
        causes.day,
        sum(causes.session_count) as session_count,
        sum(causes.agentless_conversation_count) as conversation_count
    from mart.rpt_wrapup_causes as causes
    group by causes.day
),

sessions as (
    select
        facts.started_local::date as day,
        count(*) as session_count
    from mart.fct_agent_sessions as facts
    where
        not facts.is_coded
        and facts.started_local::date in (select days.day from genesys.int_days as days)
    group by facts.started_local::date
),

conversations as (
    select
        facts.started_local::date as day,
        count(*) as conversation_count
    from mart.fct_conversations as facts
    where
        not facts.has_agent_session
        and facts.wrapup_cause is not null
        and facts.started_local::date in (select days.day from genesys.int_days as days)
    group by facts.started_local::date
)

select
    coalesce(reported.day, sessions.day, conversations.day) as day,
    reported.session_count as reported_sessions,
    sessions.session_count,
    reported.conversation_count as reported_conversations,
    conversations.conversation_count
from reported
full join sessions on sessions.day = reported.day
full join conversations on conversations.day = coalesce(reported.day, sessions.day)
where
    coalesce(reported.session_count, 0) <> coalesce(sessions.session_count, 0)
    or coalesce(reported.conversation_count, 0) <> coalesce(conversations.conversation_count, 0)
