-- One row per day of a span: agent sessions and their wrap-up codes, before and after rules.
-- @parameters from: day, to: day, queues: uuids?, users: uuids?, media: texts?, zone: zone
-- @definitions fct_session_codes
-- @column session_count: Agent sessions that began on the day.
-- @column asked_count: Of these, sessions that could have a code (is_codable): they have one, or were of a queue, in contact and over.
-- @column asked_coded_count: Of asked_count, with a real wrap-up code given by an agent.
-- @column asked_ruled_count: Of asked_count, without one, but with a code from a rule or a survey.
-- @column coded_count: Sessions with a real wrap-up code given by an agent.
-- @column ruled_count: Sessions without one that a rule or a survey gave a code.
-- @column leak_count: Sessions without a real code where one was to be expected: their cause is a leak.
-- @column ruled_leak_count: Of the leaks, sessions that a rule or a survey gave a code.
-- @column expected_count: Sessions without a real code where none was to be expected.
-- @column all_rate: Coverage of all sessions: coded_count / session_count.
-- @column asked_rate: Coverage of what could have been coded: asked_coded_count / asked_count.
-- @column due_rate: Coverage of what should have been coded: coded_count / (coded_count + leak_count).
-- @column all_after_rate: all_rate after rules: coded or ruled.
-- @column asked_after_rate: asked_rate after rules.
-- @column due_after_rate: due_rate after rules.
with
sessions as (
    select
        sessions.day,
        sessions.is_coded,
        sessions.is_codable as is_asked,
        not sessions.is_coded and sessions.is_ruled as is_ruled,
        causes.is_expected = false as is_leak,
        causes.is_expected
    from mart.fct_session_codes as sessions
    left join mart.dim_wrapup_causes as causes on causes.wrapup_cause = sessions.wrapup_cause
    where
        sessions.started_at >= :from::timestamp at time zone :zone
        and sessions.started_at < (:to + 1)::timestamp at time zone :zone
        and (:queues is null or sessions.queue_id = any(:queues))
        and (:users is null or sessions.user_id = any(:users))
        and (:media is null or sessions.media_type = any(:media))
),

counted as (
    select
        sessions.day,
        count(*) as session_count,
        count(*) filter (where sessions.is_asked) as asked_count,
        count(*) filter (where sessions.is_coded) as coded_count,
        count(*) filter (where sessions.is_ruled) as ruled_count,
        count(*) filter (where sessions.is_leak) as leak_count,
        count(*) filter (where sessions.is_leak and sessions.is_ruled) as ruled_leak_count,
        count(*) filter (where sessions.is_expected) as expected_count,
        count(*) filter (where sessions.is_asked and sessions.is_coded) as asked_coded_count,
        count(*) filter (where sessions.is_asked and sessions.is_ruled) as asked_ruled_count
    from sessions
    group by sessions.day
)

select
    counted.day,
    counted.session_count,
    counted.asked_count,
    counted.asked_coded_count,
    counted.asked_ruled_count,
    counted.coded_count,
    counted.ruled_count,
    counted.leak_count,
    counted.ruled_leak_count,
    counted.expected_count,
    round(counted.coded_count::numeric / nullif(counted.session_count, 0), 6) as all_rate,
    round(counted.asked_coded_count::numeric / nullif(counted.asked_count, 0), 6) as asked_rate,
    round(counted.coded_count::numeric / nullif(counted.coded_count + counted.leak_count, 0), 6) as due_rate,
    round((counted.coded_count + counted.ruled_count)::numeric / nullif(counted.session_count, 0), 6) as all_after_rate,
    round((counted.asked_coded_count + counted.asked_ruled_count)::numeric / nullif(counted.asked_count, 0), 6)
        as asked_after_rate,
    round(
        (counted.coded_count + counted.ruled_leak_count)::numeric
        / nullif(counted.coded_count + counted.leak_count, 0),
        6
    ) as due_after_rate
from counted
order by counted.day
