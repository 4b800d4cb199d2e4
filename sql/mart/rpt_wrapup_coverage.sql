-- One row per local day × queue × media type × user: agent sessions with and without a wrap-up code.
create view mart.rpt_wrapup_coverage as
with
days as (
    select * from genesys.int_days
),

queues as (
    select
        queues.queue_id,
        queues.name
    from genesys.queues as queues
    where queues.valid_to is null
),

users as (
    select
        users.user_id,
        users.name
    from genesys.users as users
    where users.valid_to is null
),

-- Day by day, so that a filter on the day becomes a range of an index.
counted as (
    select
        days.day,
        days.is_complete,
        cells.*
    from days
    cross join lateral (
        select
            sessions.queue_id,
            coalesce(sessions.media_type, 'unknown') as media_type,
            sessions.user_id,
            count(*) as agent_session_count,
            count(*) filter (where genesys.is_codable(sessions.wrapup_cause)) as codable_count,
            count(*) filter (where sessions.wrapup_cause is null) as coded_count,
            count(*) filter (where not causes.is_expected) as leak_count,
            count(*) filter (where causes.is_expected) as expected_count,
            count(*) filter (
                where sessions.wrapup_cause is not null
                    -- An unknown code that came since the rule decided is an agent's all the same.
                    and (sessions.wrapup_code is null or sessions.wrapup_code = assignments.previous_code)
                    and assignments.wrapup_code is not null
            ) as rule_count
        from genesys.int_wrapup_cases as sessions
        left join mart.dim_wrapup_causes as causes on causes.wrapup_cause = sessions.wrapup_cause
        left join wrapup.assignments as assignments
            on assignments.conversation_id = sessions.conversation_id
            and assignments.participant_no = sessions.participant_no
            and assignments.session_no = sessions.session_no
            and assignments.in_force_no = 0
            and assignments.started_at >= days.start_at
            and assignments.started_at < days.end_at
        where
            sessions.started_at >= days.start_at
            and sessions.started_at < days.end_at
        group by
            sessions.queue_id,
            coalesce(sessions.media_type, 'unknown'),
            sessions.user_id
    ) as cells
),

final as (
    select
        counted.day,
        counted.queue_id,
        counted.user_id,

        queues.name as queue_name,
        users.name as user_name,
        counted.media_type,

        counted.agent_session_count,
        counted.codable_count,
        counted.coded_count,
        counted.leak_count,
        counted.expected_count,
        counted.rule_count,
        round(counted.coded_count::numeric / counted.agent_session_count, 6) as session_coverage_rate,
        round(counted.coded_count::numeric / nullif(counted.codable_count, 0), 6) as codable_coverage_rate,
        round(counted.coded_count::numeric / nullif(counted.coded_count + counted.leak_count, 0), 6) as required_coverage_rate,

        counted.is_complete
    from counted
    left join queues on queues.queue_id = counted.queue_id
    left join users on users.user_id = counted.user_id
)

select * from final;

comment on view mart.rpt_wrapup_coverage is 'One row per local day × queue × media type × user: agent sessions with and without a real wrap-up code. All counts add up, also over days, queues and users; the three coverage rates are quotients of sums. Source: fct_agent_sessions by started_local.';
comment on column mart.rpt_wrapup_coverage.day is 'Day in the reporting time zone on which the sessions started. See dim_dates.';
comment on column mart.rpt_wrapup_coverage.queue_id is 'Queue of the sessions; null outside queues. See dim_queues.';
comment on column mart.rpt_wrapup_coverage.user_id is 'Agent. See dim_users.';
comment on column mart.rpt_wrapup_coverage.queue_name is 'Current name of the queue, from the directory.';
comment on column mart.rpt_wrapup_coverage.user_name is 'Current name of the agent, from the directory.';
comment on column mart.rpt_wrapup_coverage.media_type is 'Media type of the sessions; unknown where the record has none.';
comment on column mart.rpt_wrapup_coverage.agent_session_count is 'All agent sessions: coded_count + leak_count + expected_count.';
comment on column mart.rpt_wrapup_coverage.codable_count is 'Of these, sessions that could have a code: those that have one, and those of a queue, in contact and over. See is_codable in fct_agent_sessions.';
comment on column mart.rpt_wrapup_coverage.coded_count is 'Sessions with a real code, before rules.';
comment on column mart.rpt_wrapup_coverage.leak_count is 'Sessions without a code for a cause that is a leak: is_expected is false in dim_wrapup_causes.';
comment on column mart.rpt_wrapup_coverage.expected_count is 'Sessions without a code for a cause that is expected: nobody was asked for one, or nobody could give one.';
comment on column mart.rpt_wrapup_coverage.rule_count is 'Of those without a real code, sessions to which a rule or a survey gave one.';
comment on column mart.rpt_wrapup_coverage.session_coverage_rate is 'coded_count / agent_session_count: of all agent sessions, also those that could have no code. Sum both to roll up, never average.';
comment on column mart.rpt_wrapup_coverage.codable_coverage_rate is 'coded_count / codable_count: of sessions that could have a code. Null where there are none. Sum both to roll up, never average.';
comment on column mart.rpt_wrapup_coverage.required_coverage_rate is 'coded_count / (coded_count + leak_count): of sessions in which a code was to be expected, optional ones left out. Null where there are none. Sum both to roll up, never average.';
comment on column mart.rpt_wrapup_coverage.is_complete is 'True where everything of the day has been pulled at least once; false of the day that is running. Days that were never asked for whole are left out. Source: the ledger of slices.';
