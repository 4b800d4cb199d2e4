-- Days on which the report's conversations, with or without code, are not those of the facts; and rows that occur twice.
with
reported as (
    select
        report.day,
        sum(report.conversation_count) as conversation_count,
        sum(report.coded_conversation_count) as coded_count,
        sum(report.missing_conversation_count) as missing_count,
        sum(report.codable_conversation_count) as codable_count,
        sum(report.partly_coded_conversation_count) as partly_count
    from mart.rpt_wrapup_conversations as report
    group by report.day
),

facts as (
    select
        conversations.day,
        count(*) as conversation_count,
        count(*) filter (where conversations.wrapup_cause is null) as coded_count,
        count(*) filter (where conversations.wrapup_cause is not null) as missing_count,
        count(*) filter (where conversations.is_codable) as codable_count,
        count(*) filter (where conversations.coded_count > 0 and conversations.coded_count < conversations.codable_count)
            as partly_count
    from mart.fct_conversations as conversations
    group by conversations.day
),

repeated as (
    select report.day
    from mart.rpt_wrapup_conversations as report
    group by report.day, report.queue_id, report.media_type, report.wrapup_cause
    having count(*) > 1
)

select coalesce(reported.day, facts.day) as day
from reported
full join facts on facts.day = reported.day
where
    (reported.conversation_count, reported.coded_count, reported.missing_count, reported.codable_count, reported.partly_count)
    is distinct from
    (facts.conversation_count, facts.coded_count, facts.missing_count, facts.codable_count, facts.partly_count)

union all

select repeated.day from repeated
