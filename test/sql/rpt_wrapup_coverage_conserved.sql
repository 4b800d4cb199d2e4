-- Days and users whose counts are not those of the facts, counts that do not add up, and rows that occur twice.
with
reported as (
    select
        report.day,
        report.user_id,
        sum(report.agent_session_count) as session_count,
        sum(report.codable_count) as codable_count,
        sum(report.coded_count) as coded_count,
        sum(report.leak_count) as leak_count,
        sum(report.expected_count) as expected_count
    from mart.rpt_wrapup_coverage as report
    group by report.day, report.user_id
),

facts as (
    select
        sessions.day,
        sessions.user_id,
        count(*) as session_count,
        count(*) filter (where sessions.is_codable) as codable_count,
        count(*) filter (where sessions.is_coded) as coded_count,
        count(*) filter (where not causes.is_expected) as leak_count,
        count(*) filter (where causes.is_expected) as expected_count
    from mart.fct_agent_sessions as sessions
    left join mart.dim_wrapup_causes as causes on causes.wrapup_cause = sessions.wrapup_cause
    group by sessions.day, sessions.user_id
),

repeated as (
    select report.day
    from mart.rpt_wrapup_coverage as report
    group by report.day, report.queue_id, report.media_type, report.user_id
    having count(*) > 1
)

select coalesce(reported.day, facts.day) as day
from reported
full join facts on facts.day = reported.day and facts.user_id = reported.user_id
where
    (reported.session_count, reported.codable_count, reported.coded_count, reported.leak_count, reported.expected_count)
    is distinct from
    (facts.session_count, facts.codable_count, facts.coded_count, facts.leak_count, facts.expected_count)
    or reported.session_count <> reported.coded_count + reported.leak_count + reported.expected_count
    or reported.coded_count > reported.codable_count

union all

select repeated.day from repeated
