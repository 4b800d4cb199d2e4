-- One row per interval × queue × user × survey form × media type: surveys as Genesys' survey screen counts them.
create view mart.fct_survey_intervals as
with
summed as (
    select
        metrics.interval_start,
        max(metrics.interval_end) as interval_end,
        metrics.queue_id,
        metrics.user_id,
        metrics.survey_form_id,
        coalesce(metrics.media_type, 'unknown') as media_type,
        coalesce(sum(metrics.count) filter (where metrics.metric = 'nSurveysSent'), 0)::bigint as sent_count,
        coalesce(sum(metrics.count) filter (where metrics.metric = 'nSurveysStarted'), 0)::bigint as started_count,
        coalesce(sum(metrics.count) filter (where metrics.metric = 'nSurveyResponses'), 0)::bigint as response_count,
        coalesce(sum(metrics.count) filter (where metrics.metric = 'nSurveyFullResponses'), 0)::bigint as full_response_count,
        coalesce(sum(metrics.count) filter (where metrics.metric = 'nSurveyPartialResponses'), 0)::bigint as partial_response_count,
        coalesce(sum(metrics.count) filter (where metrics.metric = 'nSurveysAbandoned'), 0)::bigint as abandoned_count,
        coalesce(sum(metrics.count) filter (where metrics.metric = 'nSurveysExpired'), 0)::bigint as expired_count,
        coalesce(sum(metrics.count) filter (where metrics.metric = 'nSurveysDeleted'), 0)::bigint as deleted_count,
        coalesce(sum(metrics.count) filter (where metrics.metric = 'nSurveyErrors'), 0)::bigint as error_count,
        coalesce(sum(metrics.count) filter (where metrics.metric = 'nVoiceSurveys'), 0)::bigint as voice_survey_count,
        coalesce(sum(metrics.count) filter (where metrics.metric = 'nWebSurveys'), 0)::bigint as web_survey_count,
        coalesce(sum(metrics.count) filter (where metrics.metric = 'nSurveyNpsResponses'), 0)::bigint as nps_response_count,
        coalesce(sum(metrics.count) filter (where metrics.metric = 'nSurveyNpsPromoters'), 0)::bigint as promoter_count,
        coalesce(sum(metrics.count) filter (where metrics.metric = 'nSurveyNpsDetractors'), 0)::bigint as detractor_count,
        coalesce(sum(metrics.count) filter (where metrics.metric = 'oSurveyTotalScore'), 0)::bigint as scored_count,
        (coalesce(sum(metrics.sum) filter (where metrics.metric = 'oSurveyTotalScore'), 0))::numeric as score_sum
    from genesys.survey_aggregates as metrics
    group by
        metrics.interval_start,
        metrics.queue_id,
        metrics.user_id,
        metrics.survey_form_id,
        coalesce(metrics.media_type, 'unknown')
),

final as (
    select
        summed.queue_id,
        summed.user_id,
        summed.survey_form_id,

        queues.queue_name,
        users.user_name,
        forms.name as survey_form_name,
        summed.media_type,

        (
            extract(hour from summed.interval_start at time zone {{time_zone}}) * 60
            + extract(minute from summed.interval_start at time zone {{time_zone}})
        )::integer as minute_of_day,
        summed.sent_count,
        summed.started_count,
        summed.response_count,
        summed.full_response_count,
        summed.partial_response_count,
        summed.abandoned_count,
        summed.expired_count,
        summed.deleted_count,
        summed.error_count,
        summed.voice_survey_count,
        summed.web_survey_count,
        summed.nps_response_count,
        summed.promoter_count,
        summed.detractor_count,
        summed.scored_count,
        summed.score_sum,
        round(summed.response_count::numeric / nullif(summed.sent_count, 0), 6) as response_rate,
        round((summed.promoter_count - summed.detractor_count)::numeric / nullif(summed.nps_response_count, 0), 6) as net_promoter_rate,
        round(summed.score_sum / nullif(summed.scored_count, 0), 3) as average_score,

        coalesce(
            summed.interval_start <@ (
                select ranges.ranges
                from genesys.int_complete_ranges as ranges
                where ranges.fact = 'survey_aggregates'
            ),
            false
        ) as is_complete,
        coalesce(
            tstzrange(summed.interval_start, summed.interval_end) <@ (
                select ranges.settled
                from genesys.int_pull_ranges as ranges
                where ranges.fact = 'survey_aggregates'
            ),
            false
        ) as is_settled,
        coalesce(
            tstzrange(summed.interval_start, summed.interval_end) <@ (
                select ranges.final
                from genesys.int_pull_ranges as ranges
                where ranges.fact = 'survey_aggregates'
            ),
            false
        ) as is_final,

        genesys.local_day(summed.interval_start) as day,
        summed.interval_start as interval_start_at,
        summed.interval_start at time zone {{time_zone}} as interval_start_local,
        summed.interval_end as interval_end_at,
        summed.interval_end at time zone {{time_zone}} as interval_end_local
    from summed
    left join genesys.int_queue_names as queues
        on queues.queue_id = summed.queue_id
        and queues.from_at <= summed.interval_start
        and queues.to_at > summed.interval_start
    left join genesys.int_user_names as users
        on users.user_id = summed.user_id
        and users.from_at <= summed.interval_start
        and users.to_at > summed.interval_start
    left join genesys.survey_forms as forms
        on forms.survey_form_id = summed.survey_form_id
        and forms.valid_to is null
)

select * from final;

comment on view mart.fct_survey_intervals is 'One row per interval × queue × user × survey form × media type: surveys in the interval in which they were sent, answered or expired, whatever the age of the conversation. These are the figures of Genesys'' survey screen; fct_surveys has the single answers. Source: survey aggregates in the API''s default time dimension (genesys.survey_aggregates).';
comment on column mart.fct_survey_intervals.queue_id is 'Queue; null where none is concerned. See dim_queues.';
comment on column mart.fct_survey_intervals.user_id is 'Agent whom the survey is about; null where none is. See dim_users.';
comment on column mart.fct_survey_intervals.survey_form_id is 'Survey form. With interval_start_at, queue_id, user_id and media_type the key of this relation. See dim_forms.';
comment on column mart.fct_survey_intervals.queue_name is 'Name of the queue at the start of the interval, or the earliest known. Source: history of the directory.';
comment on column mart.fct_survey_intervals.user_name is 'Name of the user at the start of the interval, or the earliest known. Source: history of the directory.';
comment on column mart.fct_survey_intervals.survey_form_name is 'Current or last known name of the survey form. Source: the directory.';
comment on column mart.fct_survey_intervals.media_type is 'voice, callback, message, email, chat, …; unknown where Genesys gives none. Aggregates mediaType.';
comment on column mart.fct_survey_intervals.minute_of_day is 'Minutes from midnight to interval_start_local on the clock, 0 to 1439. See dim_intervals.';
comment on column mart.fct_survey_intervals.sent_count is 'Surveys sent. Count of nSurveysSent.';
comment on column mart.fct_survey_intervals.started_count is 'Surveys that were opened. Count of nSurveysStarted.';
comment on column mart.fct_survey_intervals.response_count is 'Surveys answered, fully or in part. Count of nSurveyResponses.';
comment on column mart.fct_survey_intervals.full_response_count is 'Surveys answered fully. Count of nSurveyFullResponses.';
comment on column mart.fct_survey_intervals.partial_response_count is 'Surveys answered in part. Count of nSurveyPartialResponses.';
comment on column mart.fct_survey_intervals.abandoned_count is 'Surveys begun and given up. Count of nSurveysAbandoned.';
comment on column mart.fct_survey_intervals.expired_count is 'Surveys that expired. Count of nSurveysExpired.';
comment on column mart.fct_survey_intervals.deleted_count is 'Surveys deleted. Count of nSurveysDeleted.';
comment on column mart.fct_survey_intervals.error_count is 'Surveys that could not be sent. Count of nSurveyErrors.';
comment on column mart.fct_survey_intervals.voice_survey_count is 'Of these surveys, by voice. Count of nVoiceSurveys.';
comment on column mart.fct_survey_intervals.web_survey_count is 'Of these surveys, by web form. Count of nWebSurveys.';
comment on column mart.fct_survey_intervals.nps_response_count is 'Answers to the promoter question: the divisor of net_promoter_rate. Count of nSurveyNpsResponses.';
comment on column mart.fct_survey_intervals.promoter_count is 'Promoters, 9 or 10. Count of nSurveyNpsPromoters.';
comment on column mart.fct_survey_intervals.detractor_count is 'Detractors, 0 to 6. Count of nSurveyNpsDetractors.';
comment on column mart.fct_survey_intervals.scored_count is 'Surveys with a total score: the divisor of average_score. Count of oSurveyTotalScore.';
comment on column mart.fct_survey_intervals.score_sum is 'Sum of total scores, in points of the form. Sum of oSurveyTotalScore.';
comment on column mart.fct_survey_intervals.response_rate is 'response_count / sent_count, as a fraction; null where none was sent in the interval. Above 1 where answers to earlier surveys arrive. Sum both over a period before dividing.';
comment on column mart.fct_survey_intervals.net_promoter_rate is '(promoter_count - detractor_count) / nps_response_count, from -1 to 1; times 100 it is the net promoter score. Null without answers.';
comment on column mart.fct_survey_intervals.average_score is 'score_sum / scored_count, in points of the form; null without scores.';
comment on column mart.fct_survey_intervals.is_complete is 'True where everything of the day has been pulled at least once. Source: the ledger of slices.';
comment on column mart.fct_survey_intervals.is_settled is 'True where the survey aggregates were pulled three days after the interval or later: Genesys has reprocessed it by then, and figures hardly change any more. Source: the ledger of slices.';
comment on column mart.fct_survey_intervals.is_final is 'True where no pass of the stream survey_aggregates is pending for the interval: its figures no longer change. Source: the ledger of slices.';
comment on column mart.fct_survey_intervals.day is 'Day in the reporting time zone in which the interval starts. Filter large ranges on interval_start_at. See dim_dates.';
comment on column mart.fct_survey_intervals.interval_start_at is 'Start of the interval, instant, shown in the zone of your session. Filters on it use an index.';
comment on column mart.fct_survey_intervals.interval_start_local is 'interval_start_at in the reporting time zone. When clocks go back, two intervals have the same: group by interval_start_at.';
comment on column mart.fct_survey_intervals.interval_end_at is 'End of the interval, exclusive, instant, shown in the zone of your session.';
comment on column mart.fct_survey_intervals.interval_end_local is 'interval_end_at in the reporting time zone.';
