-- Differences between handle time in the raw metrics, in the session facts and in the report.
with
raw as (
    select
        sum(metrics.value) * 0.001 as seconds,
        count(*) as handled_count
    from genesys.session_metrics as metrics
    inner join genesys.participants as participants
        on participants.conversation_id = metrics.conversation_id
        and participants.participant_no = metrics.participant_no
    where
        metrics.name = 'tHandle'
        and participants.purpose in ('agent', 'user')
        and participants.user_id is not null
),

facts as (
    select
        sum(sessions.handle_seconds) as seconds,
        sum(sessions.handle_count) as handled_count
    from mart.fct_agent_sessions as sessions
),

reported as (
    select
        sum(times.handle_seconds) as seconds,
        sum(times.handled_count) as handled_count
    from mart.rpt_handle_times as times
)

select
    raw.seconds as raw_seconds,
    facts.seconds as fact_seconds,
    reported.seconds as reported_seconds
from raw
cross join facts
cross join reported
where
    raw.seconds is distinct from facts.seconds
    or facts.seconds is distinct from reported.seconds
    or raw.handled_count is distinct from facts.handled_count
    or facts.handled_count is distinct from reported.handled_count
