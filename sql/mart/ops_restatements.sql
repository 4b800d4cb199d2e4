-- One row per restatement: a conversation that came back different from what was stored.
create view mart.ops_restatements as
with
restatements as (
    select * from extract.restatements
),

final as (
    select
        restatements.restatement_id,
        restatements.conversation_id,

        restatements.stream,
        restatements.changed_fields,

        round(extract(epoch from restatements.restated_at - restatements.conversation_start), 3) as age_seconds,
        moved.moved_figure_count,
        moved.agent_session_count_moved,
        moved.handled_count_moved,
        moved.handle_seconds_moved,
        moved.coded_count_moved,
        moved.abandoned_count_moved,
        moved.survey_count_moved,
        moved.evaluation_count_moved,

        restatements.conversation_start as conversation_started_at,
        restatements.conversation_start at time zone {{time_zone}} as conversation_started_local,
        restatements.restated_at,
        restatements.restated_at at time zone {{time_zone}} as restated_local,
        restatements.previous_as_of as previous_as_of_at,
        restatements.as_of as as_of_at
    from restatements
    cross join lateral (
        select
            count(*) as moved_figure_count,
            coalesce(sum(figures.moved) filter (where figures.figure = 'agent_session_count'), 0)::bigint as agent_session_count_moved,
            coalesce(sum(figures.moved) filter (where figures.figure = 'handled_count'), 0)::bigint as handled_count_moved,
            coalesce(sum(figures.moved) filter (where figures.figure = 'handle_ms'), 0) * 0.001 as handle_seconds_moved,
            coalesce(sum(figures.moved) filter (where figures.figure = 'coded_count'), 0)::bigint as coded_count_moved,
            coalesce(sum(figures.moved) filter (where figures.figure = 'abandoned_count'), 0)::bigint as abandoned_count_moved,
            coalesce(sum(figures.moved) filter (where figures.figure = 'survey_count'), 0)::bigint as survey_count_moved,
            coalesce(sum(figures.moved) filter (where figures.figure = 'evaluation_count'), 0)::bigint as evaluation_count_moved
        from (
            select
                stored.figure,
                stored.value_after - stored.value_before as moved
            from extract.restatement_figures as stored
            where stored.restatement_id = restatements.restatement_id
        ) as figures
    ) as moved
)

select * from final;

comment on view mart.ops_restatements is 'One row per restatement: a conversation that came back different from what was stored, so that reports of its day changed, with the sums of the changes; ops_restated_figures lists day, queue and figure. Source: written by the loader.';
comment on column mart.ops_restatements.restatement_id is 'Running number; the key of this relation.';
comment on column mart.ops_restatements.conversation_id is 'Conversation that changed.';
comment on column mart.ops_restatements.stream is 'Data set that brought the change.';
comment on column mart.ops_restatements.changed_fields is 'Which parts differ.';
comment on column mart.ops_restatements.age_seconds is 'Seconds from the start of the conversation to the restatement.';
comment on column mart.ops_restatements.moved_figure_count is 'Rows in ops_restated_figures; 0 where nothing that is counted changed.';
comment on column mart.ops_restatements.agent_session_count_moved is 'Agent sessions more (or, negative, fewer) than before.';
comment on column mart.ops_restatements.handled_count_moved is 'Handlings more (or, negative, fewer) than before.';
comment on column mart.ops_restatements.handle_seconds_moved is 'Handle time more (or, negative, less) than before, in seconds.';
comment on column mart.ops_restatements.coded_count_moved is 'Agent sessions with a real wrap-up code more (or, negative, fewer) than before.';
comment on column mart.ops_restatements.abandoned_count_moved is 'Abandons in queues more (or, negative, fewer) than before.';
comment on column mart.ops_restatements.survey_count_moved is 'Surveys more (or, negative, fewer) than before.';
comment on column mart.ops_restatements.evaluation_count_moved is 'Evaluations more (or, negative, fewer) than before.';
comment on column mart.ops_restatements.conversation_started_at is 'Start of the conversation, instant, shown in the zone of your session.';
comment on column mart.ops_restatements.conversation_started_local is 'conversation_started_at in the reporting time zone.';
comment on column mart.ops_restatements.restated_at is 'When the change was stored, instant, shown in the zone of your session.';
comment on column mart.ops_restatements.restated_local is 'restated_at in the reporting time zone.';
comment on column mart.ops_restatements.previous_as_of_at is 'As-of instant of the earlier version, UTC.';
comment on column mart.ops_restatements.as_of_at is 'As-of instant of the new version, UTC.';
