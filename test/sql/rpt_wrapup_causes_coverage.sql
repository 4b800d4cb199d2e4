-- Days that were asked for whole and on which the report's sessions with a code of a rule are not those of the facts, or a coverage goes down by rules.
with
reported as (
    select
        causes.day,
        sum(causes.rule_session_count) as session_count,
        count(*) filter (where causes.effective_coverage_rate < causes.coverage_rate) as worse_count
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
        and facts.wrapup_source in ('rule', 'survey')
        and facts.started_local::date in (select days.day from genesys.int_days as days)
    group by facts.started_local::date
)

select
    coalesce(reported.day, sessions.day) as day,
    reported.session_count as reported_sessions,
    reported.worse_count,
    sessions.session_count
from reported
full join sessions on sessions.day = reported.day
where
    coalesce(reported.session_count, 0) <> coalesce(sessions.session_count, 0)
    or reported.worse_count > 0
