-- One row per survey attached to a conversation.
create view mart.fct_surveys as
with
surveys as (
    select
        surveys.*,
        (
            select records.division_ids
            from genesys.conversation_facts as records
            where
                records.conversation_start = surveys.conversation_start
                and records.conversation_id = surveys.conversation_id
        ) as division_ids
    from genesys.surveys as surveys
),

final as (
    select
        surveys.conversation_id,
        (
            select genesys.session_key(handlings.conversation_id, handlings.participant_no, handlings.session_no)
            from genesys.handling_facts as handlings
            where
                handlings.conversation_start = surveys.conversation_start
                and handlings.conversation_id = surveys.conversation_id
                and handlings.user_id = surveys.user_id
            order by
                coalesce(handlings.queue_id = surveys.queue_id, false) desc,
                coalesce(handlings.handle_count, 0) desc,
                handlings.started_at desc,
                handlings.participant_no desc,
                handlings.session_no desc
            limit 1
        ) as session_key,
        surveys.survey_no,
        surveys.survey_id,
        surveys.survey_form_id,
        surveys.survey_form_context_id,
        surveys.queue_id,
        surveys.user_id,

        (
            select queues.name
            from genesys.queues as queues
            where
                queues.queue_id = surveys.queue_id
                and queues.valid_to is null
        ) as queue_name,
        (
            select users.name
            from genesys.users as users
            where
                users.user_id = surveys.user_id
                and users.valid_to is null
        ) as user_name,
        (
            select handlings.media_type
            from genesys.handling_facts as handlings
            where
                handlings.conversation_start = surveys.conversation_start
                and handlings.conversation_id = surveys.conversation_id
                and handlings.user_id = surveys.user_id
            order by
                coalesce(handlings.queue_id = surveys.queue_id, false) desc,
                coalesce(handlings.handle_count, 0) desc,
                handlings.started_at desc,
                handlings.participant_no desc,
                handlings.session_no desc
            limit 1
        ) as media_type,
        (
            select handlings.wrapup_code
            from genesys.handling_facts as handlings
            where
                handlings.conversation_start = surveys.conversation_start
                and handlings.conversation_id = surveys.conversation_id
                and handlings.user_id = surveys.user_id
            order by
                coalesce(handlings.queue_id = surveys.queue_id, false) desc,
                coalesce(handlings.handle_count, 0) desc,
                handlings.started_at desc,
                handlings.participant_no desc,
                handlings.session_no desc
            limit 1
        ) as wrapup_code,
        (
            select codes.name
            from genesys.wrapup_codes as codes
            where
                codes.wrapup_code = (
                    select handlings.wrapup_code
                    from genesys.handling_facts as handlings
                    where
                        handlings.conversation_start = surveys.conversation_start
                        and handlings.conversation_id = surveys.conversation_id
                        and handlings.user_id = surveys.user_id
                    order by
                        coalesce(handlings.queue_id = surveys.queue_id, false) desc,
                        coalesce(handlings.handle_count, 0) desc,
                        handlings.started_at desc,
                        handlings.participant_no desc,
                        handlings.session_no desc
                    limit 1
                )
                and codes.valid_to is null
        ) as wrapup_name,
        surveys.survey_form_name,
        surveys.survey_status,
        surveys.survey_type,
        case
            when surveys.survey_promoter_score >= 9 then 'promoter'
            when surveys.survey_promoter_score >= 7 then 'passive'
            when surveys.survey_promoter_score >= 0 then 'detractor'
        end as promoter_group,

        genesys.minute_of_day(surveys.conversation_start) as minute_of_day,
        surveys.survey_promoter_score as promoter_score,
        surveys.o_survey_total_score::numeric as total_score,

        surveys.survey_completed_date is not null as is_completed,
        surveys.survey_type is distinct from 'Voice' as is_invited,
        coalesce(surveys.survey_partial_response, false) as is_partial,
        coalesce(
            surveys.conversation_start <@ (
                select complete.ranges
                from genesys.int_complete_ranges as complete
                where complete.fact = 'conversations'
            ),
            false
        ) as is_complete,

        genesys.local_day(surveys.conversation_start) as day,
        genesys.local_day(surveys.event_time) as event_day,
        surveys.event_time as event_at,
        surveys.event_time at time zone {{time_zone}} as event_local,
        surveys.survey_completed_date as completed_at,
        surveys.survey_completed_date at time zone {{time_zone}} as completed_local,
        surveys.conversation_start as conversation_started_at,
        surveys.conversation_start at time zone {{time_zone}} as conversation_started_local
    from surveys
    where {{division_check(surveys, division_ids)}}
)

select * from final;

comment on view mart.fct_surveys is 'One row per survey attached to a conversation; surveys arrive and change days after the conversation. Source: conversation details, surveys.';
comment on column mart.fct_surveys.conversation_id is 'Conversation. Details conversationId.';
comment on column mart.fct_surveys.session_key is 'Agent session that it is about: of its agent in the conversation, of its queue where there is one, and handled; the last of several. Null where the agent has none. See fct_agent_sessions.';
comment on column mart.fct_surveys.survey_no is 'Position of the survey in the record, from 1; with the conversation the key of this relation.';
comment on column mart.fct_surveys.survey_id is 'Details surveyId.';
comment on column mart.fct_surveys.survey_form_id is 'Version of the form. Details surveyFormId.';
comment on column mart.fct_surveys.survey_form_context_id is 'Form, the same over all its versions. Details surveyFormContextId.';
comment on column mart.fct_surveys.queue_id is 'Queue the survey is about. Details queueId. See dim_queues.';
comment on column mart.fct_surveys.user_id is 'Agent the survey is about. Details userId. See dim_users.';
comment on column mart.fct_surveys.queue_name is 'Current name of the queue, from the directory.';
comment on column mart.fct_surveys.user_name is 'Current name of the agent, from the directory.';
comment on column mart.fct_surveys.media_type is 'Media type of that agent session; null without one. Details mediaType.';
comment on column mart.fct_surveys.wrapup_code is 'Last real wrap-up code of that agent session; null without. Details wrapUpCode.';
comment on column mart.fct_surveys.wrapup_name is 'Current name of the code, from the directory.';
comment on column mart.fct_surveys.survey_form_name is 'Name of the form. Details surveyFormName.';
comment on column mart.fct_surveys.survey_status is 'Status. Details surveyStatus.';
comment on column mart.fct_surveys.survey_type is 'Web or Voice. Details surveyType.';
comment on column mart.fct_surveys.promoter_group is 'promoter (score 9, 10), passive (7, 8) or detractor (0 to 6); null without a score.';
comment on column mart.fct_surveys.minute_of_day is 'Minutes from midnight, in the reporting time zone, to the quarter of an hour in which its conversation started: 0, 15, … 1425. See dim_intervals.';
comment on column mart.fct_surveys.promoter_score is 'Net promoter answer, 0 to 10. Details surveyPromoterScore.';
comment on column mart.fct_surveys.total_score is 'Score of the survey, in points of its form. Details oSurveyTotalScore.';
comment on column mart.fct_surveys.is_invited is 'True where the row is an invitation, answered or not: the base of a response rate. False for surveys by voice, of which there are rows only where somebody answered.';
comment on column mart.fct_surveys.is_completed is 'True where the survey has a completion time.';
comment on column mart.fct_surveys.is_partial is 'True where required questions were left out. Details surveyPartialResponse.';
comment on column mart.fct_surveys.is_complete is 'True where everything of the day on which its conversation started has been pulled. Source: the ledger of slices.';
comment on column mart.fct_surveys.day is 'Day in the reporting time zone on which its conversation started. See dim_dates.';
comment on column mart.fct_surveys.event_day is 'Day of event_at in the reporting time zone.';
comment on column mart.fct_surveys.event_at is 'Time of the last event of the survey, instant, shown in the zone of your session. Details eventTime.';
comment on column mart.fct_surveys.event_local is 'event_at in the reporting time zone.';
comment on column mart.fct_surveys.completed_at is 'Completion, instant, shown in the zone of your session; null before. Details surveyCompletedDate.';
comment on column mart.fct_surveys.completed_local is 'completed_at in the reporting time zone.';
comment on column mart.fct_surveys.conversation_started_at is 'Start of the conversation, instant, shown in the zone of your session. Details conversationStart.';
comment on column mart.fct_surveys.conversation_started_local is 'conversation_started_at in the reporting time zone. When clocks go back, an hour occurs twice.';
