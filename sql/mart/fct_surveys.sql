-- One row per survey attached to a conversation.
create view mart.fct_surveys as
with
surveys as (
    select * from genesys.surveys
),

final as (
    select
        surveys.conversation_id,
        surveys.survey_no,
        surveys.survey_id,
        surveys.survey_form_id,
        surveys.survey_form_context_id,
        surveys.queue_id,
        surveys.user_id,

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
)

select * from final;

comment on view mart.fct_surveys is 'One row per survey attached to a conversation; surveys arrive and change days after the conversation. Source: conversation details, surveys.';
comment on column mart.fct_surveys.conversation_id is 'Conversation. Details conversationId.';
comment on column mart.fct_surveys.survey_no is 'Position of the survey in the record, from 1; with the conversation the key of this relation.';
comment on column mart.fct_surveys.survey_id is 'Details surveyId.';
comment on column mart.fct_surveys.survey_form_id is 'Version of the form. Details surveyFormId.';
comment on column mart.fct_surveys.survey_form_context_id is 'Form, the same over all its versions. Details surveyFormContextId.';
comment on column mart.fct_surveys.queue_id is 'Queue the survey is about. Details queueId. See dim_queues.';
comment on column mart.fct_surveys.user_id is 'Agent the survey is about. Details userId. See dim_users.';
comment on column mart.fct_surveys.survey_form_name is 'Name of the form. Details surveyFormName.';
comment on column mart.fct_surveys.survey_status is 'Status. Details surveyStatus.';
comment on column mart.fct_surveys.survey_type is 'Web or Voice. Details surveyType.';
comment on column mart.fct_surveys.promoter_group is 'promoter (score 9, 10), passive (7, 8) or detractor (0 to 6); null without a score.';
comment on column mart.fct_surveys.minute_of_day is 'Minutes from midnight, in the reporting time zone, to the quarter of an hour in which its conversation started: 0, 15, … 1425. See dim_intervals.';
comment on column mart.fct_surveys.promoter_score is 'Net promoter answer, 0 to 10. Details surveyPromoterScore.';
comment on column mart.fct_surveys.total_score is 'Score of the survey, in points of its form. Details oSurveyTotalScore.';
comment on column mart.fct_surveys.is_completed is 'True where the survey has a completion time.';
comment on column mart.fct_surveys.is_partial is 'True where required questions were left out. Details surveyPartialResponse.';
comment on column mart.fct_surveys.is_complete is 'True where everything of the day on which its conversation started has been pulled. Source: the ledger of slices.';
comment on column mart.fct_surveys.day is 'Day in the reporting time zone on which its conversation started. See dim_dates.';
comment on column mart.fct_surveys.event_day is 'Day of event_at in the reporting time zone.';
comment on column mart.fct_surveys.event_at is 'Time of the last event of the survey, UTC instant. Details eventTime.';
comment on column mart.fct_surveys.event_local is 'event_at in the reporting time zone.';
comment on column mart.fct_surveys.completed_at is 'Completion, UTC instant; null before. Details surveyCompletedDate.';
comment on column mart.fct_surveys.completed_local is 'completed_at in the reporting time zone.';
comment on column mart.fct_surveys.conversation_started_at is 'Start of the conversation, UTC instant. Details conversationStart.';
comment on column mart.fct_surveys.conversation_started_local is 'conversation_started_at in the reporting time zone.';
