-- One row per quality evaluation attached to a conversation.
create view mart.fct_evaluations as
with
evaluations as (
    select
        evaluations.*,
        (
            select records.division_ids
            from genesys.conversation_facts as records
            where
                records.conversation_start = evaluations.conversation_start
                and records.conversation_id = evaluations.conversation_id
        ) as division_ids
    from genesys.evaluations as evaluations
),

final as (
    select
        evaluations.conversation_id,
        (
            select genesys.session_key(handlings.conversation_id, handlings.participant_no, handlings.session_no)
            from genesys.handling_facts as handlings
            where
                handlings.conversation_start = evaluations.conversation_start
                and handlings.conversation_id = evaluations.conversation_id
                and handlings.user_id = evaluations.user_id
            order by
                coalesce(handlings.queue_id = evaluations.queue_id, false) desc,
                coalesce(handlings.handle_count, 0) desc,
                handlings.started_at desc,
                handlings.participant_no desc,
                handlings.session_no desc
            limit 1
        ) as session_key,
        evaluations.evaluation_no,
        evaluations.evaluation_id,
        evaluations.form_id,
        evaluations.context_id,
        evaluations.calibration_id,
        evaluations.queue_id,
        evaluations.user_id,
        evaluations.evaluator_id,
        evaluations.assignee_id,

        (
            select queues.name
            from genesys.queues as queues
            where
                queues.queue_id = evaluations.queue_id
                and queues.valid_to is null
        ) as queue_name,
        (
            select users.name
            from genesys.users as users
            where
                users.user_id = evaluations.user_id
                and users.valid_to is null
        ) as user_name,
        (
            select users.name
            from genesys.users as users
            where
                users.user_id = evaluations.evaluator_id
                and users.valid_to is null
        ) as evaluator_user_name,
        (
            select handlings.media_type
            from genesys.handling_facts as handlings
            where
                handlings.conversation_start = evaluations.conversation_start
                and handlings.conversation_id = evaluations.conversation_id
                and handlings.user_id = evaluations.user_id
            order by
                coalesce(handlings.queue_id = evaluations.queue_id, false) desc,
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
                handlings.conversation_start = evaluations.conversation_start
                and handlings.conversation_id = evaluations.conversation_id
                and handlings.user_id = evaluations.user_id
            order by
                coalesce(handlings.queue_id = evaluations.queue_id, false) desc,
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
                        handlings.conversation_start = evaluations.conversation_start
                        and handlings.conversation_id = evaluations.conversation_id
                        and handlings.user_id = evaluations.user_id
                    order by
                        coalesce(handlings.queue_id = evaluations.queue_id, false) desc,
                        coalesce(handlings.handle_count, 0) desc,
                        handlings.started_at desc,
                        handlings.participant_no desc,
                        handlings.session_no desc
                    limit 1
                )
                and codes.valid_to is null
        ) as wrapup_name,
        evaluations.form_name,
        evaluations.evaluation_status,

        genesys.minute_of_day(evaluations.conversation_start) as minute_of_day,
        evaluations.o_total_score::numeric as total_score,
        evaluations.o_total_critical_score::numeric as total_critical_score,

        coalesce(evaluations.evaluation_status = 'Finished', false) as is_finished,
        coalesce(evaluations.released, false) as is_released,
        coalesce(evaluations.rescored, false) as is_rescored,
        coalesce(evaluations.deleted, false) as is_deleted,
        coalesce(evaluations.system_submitted, false) as is_system_submitted,
        evaluations.calibration_id is not null as is_calibration,
        coalesce(
            evaluations.conversation_start <@ (
                select complete.ranges
                from genesys.int_complete_ranges as complete
                where complete.fact = 'conversations'
            ),
            false
        ) as is_complete,

        genesys.local_day(evaluations.conversation_start) as day,
        genesys.local_day(evaluations.event_time) as event_day,
        evaluations.event_time as event_at,
        evaluations.event_time at time zone {{time_zone}} as event_local,
        evaluations.conversation_start as conversation_started_at,
        evaluations.conversation_start at time zone {{time_zone}} as conversation_started_local
    from evaluations
    where {{division_check(evaluations, division_ids)}}
)

select * from final;

comment on view mart.fct_evaluations is 'One row per quality evaluation attached to a conversation; evaluations arrive and change weeks after it. Leave out is_deleted and is_calibration in averages. Source: conversation details, evaluations.';
comment on column mart.fct_evaluations.conversation_id is 'Conversation. Details conversationId.';
comment on column mart.fct_evaluations.session_key is 'Agent session that it is about: of its agent in the conversation, of its queue where there is one, and handled; the last of several. Null where the agent has none. See fct_agent_sessions.';
comment on column mart.fct_evaluations.evaluation_no is 'Position of the evaluation in the record, from 1; with the conversation the key of this relation.';
comment on column mart.fct_evaluations.evaluation_id is 'Details evaluationId.';
comment on column mart.fct_evaluations.form_id is 'Version of the form. Details formId.';
comment on column mart.fct_evaluations.context_id is 'Form, the same over all its versions. Details contextId.';
comment on column mart.fct_evaluations.calibration_id is 'Calibration to which it belongs; null elsewhere. Details calibrationId.';
comment on column mart.fct_evaluations.queue_id is 'Queue. Details queueId. See dim_queues.';
comment on column mart.fct_evaluations.user_id is 'Agent evaluated. Details userId. See dim_users.';
comment on column mart.fct_evaluations.evaluator_id is 'User who evaluated. Details evaluatorId. See dim_users.';
comment on column mart.fct_evaluations.assignee_id is 'User to whom it is assigned. Details assigneeId. See dim_users.';
comment on column mart.fct_evaluations.queue_name is 'Current name of the queue, from the directory.';
comment on column mart.fct_evaluations.user_name is 'Current name of the agent, from the directory.';
comment on column mart.fct_evaluations.evaluator_user_name is 'Current name of the evaluator, from the directory.';
comment on column mart.fct_evaluations.media_type is 'Media type of that agent session; null without one. Details mediaType.';
comment on column mart.fct_evaluations.wrapup_code is 'Last real wrap-up code of that agent session; null without. Details wrapUpCode.';
comment on column mart.fct_evaluations.wrapup_name is 'Current name of the code, from the directory.';
comment on column mart.fct_evaluations.form_name is 'Name of the form. Details formName.';
comment on column mart.fct_evaluations.evaluation_status is 'Pending, InProgress, InReview, Finished or Retracted. Details evaluationStatus.';
comment on column mart.fct_evaluations.minute_of_day is 'Minutes from midnight, in the reporting time zone, to the quarter of an hour in which its conversation started: 0, 15, … 1425. See dim_intervals.';
comment on column mart.fct_evaluations.total_score is 'Score, in points of the form, as a rule 0 to 100. Details oTotalScore.';
comment on column mart.fct_evaluations.total_critical_score is 'Score of the critical questions. Details oTotalCriticalScore.';
comment on column mart.fct_evaluations.is_finished is 'True where the status is Finished.';
comment on column mart.fct_evaluations.is_released is 'True where the agent may see it. Details released.';
comment on column mart.fct_evaluations.is_rescored is 'True where it was scored again. Details rescored.';
comment on column mart.fct_evaluations.is_deleted is 'True where it was deleted in Genesys Cloud. Details deleted.';
comment on column mart.fct_evaluations.is_system_submitted is 'True where the system submitted it. Details systemSubmitted.';
comment on column mart.fct_evaluations.is_calibration is 'True where it serves the training of evaluators.';
comment on column mart.fct_evaluations.is_complete is 'True where everything of the day on which its conversation started has been pulled. Source: the ledger of slices.';
comment on column mart.fct_evaluations.day is 'Day in the reporting time zone on which its conversation started. See dim_dates.';
comment on column mart.fct_evaluations.event_day is 'Day of event_at in the reporting time zone.';
comment on column mart.fct_evaluations.event_at is 'Time of its last event, instant, shown in the zone of your session. Details eventTime.';
comment on column mart.fct_evaluations.event_local is 'event_at in the reporting time zone.';
comment on column mart.fct_evaluations.conversation_started_at is 'Start of the conversation, instant, shown in the zone of your session. Details conversationStart.';
comment on column mart.fct_evaluations.conversation_started_local is 'conversation_started_at in the reporting time zone. When clocks go back, an hour occurs twice.';
