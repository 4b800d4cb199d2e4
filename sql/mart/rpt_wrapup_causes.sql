-- One row per local day × queue × media type × cause: what has no real wrap-up code, and why.
create view mart.rpt_wrapup_causes as
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

-- Day by day, so that a filter on the day becomes a range of an index and one day's groups fit into memory.
final as (
    select
        days.day,
        compared.queue_id,

        queues.name as queue_name,
        compared.media_type,
        compared.wrapup_cause,
        compared.examples,

        compared.session_count::bigint as session_count,
        compared.conversation_count,
        compared.agentless_count::bigint as agentless_conversation_count,
        compared.agent_session_count::bigint as agent_session_count,
        compared.rule_session_count::bigint as rule_session_count,
        round((compared.session_count + compared.agentless_count) / compared.case_count, 6) as share_rate,
        round(compared.session_count / nullif(compared.agent_session_count, 0), 6) as missing_rate,
        round(
            (compared.agent_session_count - compared.missing_session_count) / nullif(compared.agent_session_count, 0),
            6
        ) as coverage_rate,
        round(
            (compared.agent_session_count - compared.missing_session_count + compared.ruled_session_count)
            / nullif(compared.agent_session_count, 0),
            6
        ) as effective_coverage_rate,

        days.is_complete
    from days
    cross join lateral (
        with
        -- Sessions with a code (cause null) are counted too, as the base of missing_rate, but not listed.
        cases as (
            select
                sessions.queue_id,
                sessions.media_type,
                sessions.wrapup_cause,
                case when sessions.wrapup_cause is not null then sessions.conversation_id end as conversation_id,
                min(sessions.started_at) as started_at,
                count(*) as session_count,
                count(*) filter (
                    where sessions.wrapup_cause is not null
                        -- An unknown code that came since the rule decided is an agent's all the same.
                        and (sessions.wrapup_code is null or sessions.wrapup_code = assignments.previous_code)
                        and assignments.wrapup_code is not null
                ) as rule_session_count,
                0 as agentless_count
            from genesys.int_wrapup_cases as sessions
            -- The day bounds the ledger as well: what is compared with a day's sessions is that day's assignments.
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
                sessions.media_type,
                sessions.wrapup_cause,
                case when sessions.wrapup_cause is not null then sessions.conversation_id end

            union all

            select
                conversations.last_queue_id as queue_id,
                conversations.media_type,
                conversations.wrapup_cause,
                conversations.conversation_id,
                conversations.conversation_start as started_at,
                0 as session_count,
                0 as rule_session_count,
                1 as agentless_count
            from genesys.conversation_facts as conversations
            where
                conversations.conversation_start >= days.start_at
                and conversations.conversation_start < days.end_at
                and conversations.agent_session_count = 0
        ),

        counted as (
            select
                cases.queue_id,
                coalesce(cases.media_type, 'unknown') as media_type,
                cases.wrapup_cause,
                sum(cases.session_count) as session_count,
                sum(cases.rule_session_count) as rule_session_count,
                sum(cases.agentless_count) as agentless_count,
                count(cases.conversation_id) as conversation_count,
                array_to_string(
                    (array_agg(cases.conversation_id order by cases.started_at, cases.conversation_id))[1:5],
                    ', '
                ) as examples
            from cases
            group by
                cases.queue_id,
                coalesce(cases.media_type, 'unknown'),
                cases.wrapup_cause
        )

        select
            counted.*,
            sum(counted.session_count) over cell as agent_session_count,
            coalesce(sum(counted.session_count) filter (where counted.wrapup_cause is not null) over cell, 0)
                as missing_session_count,
            sum(counted.rule_session_count) over cell as ruled_session_count,
            sum(counted.session_count + counted.agentless_count)
                filter (where counted.wrapup_cause is not null) over cell as case_count
        from counted
        window cell as (partition by counted.queue_id, counted.media_type)
    ) as compared
    left join queues on queues.queue_id = compared.queue_id
    where compared.wrapup_cause is not null
)

select * from final;

comment on view mart.rpt_wrapup_causes is 'One row per local day × queue × media type × cause: agent sessions without a real wrap-up code, and conversations without any agent session to which no flow or dialer gave a code. Sum of session_count + coded sessions = all agent sessions. Source: fct_agent_sessions by started_local, fct_conversations by started_local.';
comment on column mart.rpt_wrapup_causes.day is 'Day in the reporting time zone on which the session, or the conversation without one, started.';
comment on column mart.rpt_wrapup_causes.queue_id is 'Queue of the session; of a conversation without agent session its last queue; null outside queues. See dim_queues.';
comment on column mart.rpt_wrapup_causes.queue_name is 'Current name of the queue, from the directory.';
comment on column mart.rpt_wrapup_causes.media_type is 'Media type of the session, or the one of the conversation; unknown where the record has none.';
comment on column mart.rpt_wrapup_causes.wrapup_cause is 'Why there is no real wrap-up code. See dim_wrapup_causes.';
comment on column mart.rpt_wrapup_causes.examples is 'Up to five conversation ids, the earliest first, separated by comma and blank.';
comment on column mart.rpt_wrapup_causes.session_count is 'Agent sessions with this cause; 0 for causes of conversations without any agent session.';
comment on column mart.rpt_wrapup_causes.conversation_count is 'Conversations with this cause, of their agent sessions or, without any, of their own; each counted once per row.';
comment on column mart.rpt_wrapup_causes.agentless_conversation_count is 'Of these, conversations without any agent session.';
comment on column mart.rpt_wrapup_causes.agent_session_count is 'All agent sessions of this day, queue and media type, with and without a code.';
comment on column mart.rpt_wrapup_causes.share_rate is 'Fraction of what lacks a code on this day, queue and media type (sessions, and conversations without one) that has this cause; these add up to 1.';
comment on column mart.rpt_wrapup_causes.missing_rate is 'Fraction of all agent sessions of this day, queue and media type that lack a code for this cause; null where there are none.';
comment on column mart.rpt_wrapup_causes.rule_session_count is 'Of session_count, sessions to which a rule gave a code: rule or survey in wrapup_source of fct_agent_sessions.';
comment on column mart.rpt_wrapup_causes.coverage_rate is 'Fraction of all agent sessions of this day, queue and media type that have a real code, before rules; the same on each row of these, null where there are none.';
comment on column mart.rpt_wrapup_causes.effective_coverage_rate is 'The same after rules: real codes and codes that rules gave.';
comment on column mart.rpt_wrapup_causes.is_complete is 'True where everything of the day has been pulled at least once; false of the day that is running. Days that were never asked for whole are left out. Source: the ledger of slices.';
