-- One row per local day × rule × version of the rule × code × state × error code: codes that rules gave, and their outcome.
create view mart.rpt_wrapup_assignments as
with
-- Each bound is one look at the end of an index.
bounds as (
    select
        (select min(assignments.started_at) from wrapup.assignments as assignments) as first_at,
        (select max(assignments.started_at) from wrapup.assignments as assignments) as last_at
),

days as (
    select generated.day::date as day
    from bounds
    cross join lateral generate_series(
        date_trunc('day', bounds.first_at at time zone {{time_zone}}),
        bounds.last_at at time zone {{time_zone}},
        interval '1 day'
    ) as generated (day)
),

codes as (
    select
        codes.wrapup_code,
        codes.name
    from genesys.wrapup_codes as codes
    where codes.valid_to is null
),

-- Day by day, so that a filter on the day becomes a range of an index.
final as (
    select
        days.day,

        counted.rule,
        counted.rule_version,
        counted.source as wrapup_source,
        counted.wrapup_code,
        coalesce(codes.name, counted.wrapup_name) as wrapup_name,
        counted.state,
        counted.error_code,
        counted.reason_example,
        counted.examples,

        counted.assignment_count,
        counted.conversation_count,
        counted.attempt_count,

        counted.is_in_force,

        counted.first_proposed_at,
        counted.first_proposed_at at time zone {{time_zone}} as first_proposed_local,
        counted.last_sent_at,
        counted.last_sent_at at time zone {{time_zone}} as last_sent_local,
        counted.last_settled_at,
        counted.last_settled_at at time zone {{time_zone}} as last_settled_local
    from days
    cross join lateral (
        select
            assignments.rule,
            assignments.rule_version,
            assignments.source,
            assignments.wrapup_code,
            assignments.state,
            assignments.error_code,
            assignments.is_in_force,
            max(assignments.wrapup_name) as wrapup_name,
            max(assignments.reason) as reason_example,
            array_to_string((array_agg(distinct assignments.conversation_id))[1:5], ', ') as examples,
            count(*) as assignment_count,
            count(distinct assignments.conversation_id) as conversation_count,
            sum(assignments.attempts)::bigint as attempt_count,
            min(assignments.proposed_at) as first_proposed_at,
            max(assignments.sent_at) as last_sent_at,
            max(assignments.settled_at) as last_settled_at
        from wrapup.assignments as assignments
        where
            assignments.started_at >= days.day::timestamp at time zone {{time_zone}}
            and assignments.started_at < (days.day + 1)::timestamp at time zone {{time_zone}}
            and {{division_check(assignments, queue_id, user_id)}}
        group by
            assignments.rule,
            assignments.rule_version,
            assignments.source,
            assignments.wrapup_code,
            assignments.state,
            assignments.error_code,
            assignments.is_in_force
    ) as counted
    left join codes on codes.wrapup_code = counted.wrapup_code
)

select * from final;

comment on view mart.rpt_wrapup_assignments is 'One row per local day × rule × version of the rule × code × state × error code: the ledger of wrap-up codes that rules gave, and their outcome. Sum of assignment_count where is_in_force = handlings whose effective code may come from a rule. Source: wrapup.assignments.';
comment on column mart.rpt_wrapup_assignments.day is 'Day in the reporting time zone on which the handling started, as in rpt_wrapup_causes.';
comment on column mart.rpt_wrapup_assignments.rule is 'Name of the rule.';
comment on column mart.rpt_wrapup_assignments.rule_version is 'Digest of the rule when it decided: another text makes another version.';
comment on column mart.rpt_wrapup_assignments.wrapup_source is 'rule, or survey where the rule asks for an answer of a survey.';
comment on column mart.rpt_wrapup_assignments.wrapup_code is 'Code that the rule gave. See dim_wrapup_codes.';
comment on column mart.rpt_wrapup_assignments.wrapup_name is 'Its current or last known name.';
comment on column mart.rpt_wrapup_assignments.state is 'proposed (decided), sent (Genesys was asked), verified (Genesys has it), rejected (Genesys does not accept it), conflicted (someone else was first), superseded (a later code or decision took its place) or revoked.';
comment on column mart.rpt_wrapup_assignments.error_code is 'Genesys'' error code of the last refusal; null without one.';
comment on column mart.rpt_wrapup_assignments.reason_example is 'Why one of them is in this state, as a sentence.';
comment on column mart.rpt_wrapup_assignments.examples is 'Up to five conversation ids, separated by comma and blank.';
comment on column mart.rpt_wrapup_assignments.assignment_count is 'Assignments: handlings, each counted once for every decision about it.';
comment on column mart.rpt_wrapup_assignments.conversation_count is 'Conversations of these.';
comment on column mart.rpt_wrapup_assignments.attempt_count is 'How often these were taken up for sending to Genesys.';
comment on column mart.rpt_wrapup_assignments.is_in_force is 'True in the states in which reports use the code: proposed, sent, verified, rejected.';
comment on column mart.rpt_wrapup_assignments.first_proposed_at is 'When the first of these was decided, instant, shown in the zone of your session.';
comment on column mart.rpt_wrapup_assignments.first_proposed_local is 'first_proposed_at in the reporting time zone.';
comment on column mart.rpt_wrapup_assignments.last_sent_at is 'When Genesys was asked last about one of these, instant, shown in the zone of your session; null where never.';
comment on column mart.rpt_wrapup_assignments.last_sent_local is 'last_sent_at in the reporting time zone.';
comment on column mart.rpt_wrapup_assignments.last_settled_at is 'When the last of these came to a state that needs nothing more, instant, shown in the zone of your session.';
comment on column mart.rpt_wrapup_assignments.last_settled_local is 'last_settled_at in the reporting time zone.';
