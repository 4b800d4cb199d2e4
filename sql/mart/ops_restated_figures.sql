-- One row per restatement × local day × queue × media type × figure that a conversation moved.
create view mart.ops_restated_figures as
with
figures as (
    select
        stored.restatement_id,
        (stored.quarter_start at time zone {{time_zone}})::date as day,
        stored.queue_id,
        stored.media_type,
        case when stored.figure like '%\_ms' then replace(stored.figure, '_ms', '_seconds') else stored.figure end as figure,
        case when stored.figure like '%\_ms' then stored.value_before * 0.001 else stored.value_before end as value_before,
        case when stored.figure like '%\_ms' then stored.value_after * 0.001 else stored.value_after end as value_after
    from extract.restatement_figures as stored
),

summed as (
    select
        figures.restatement_id,
        figures.day,
        figures.queue_id,
        figures.media_type,
        figures.figure,
        sum(figures.value_before) as value_before,
        sum(figures.value_after) as value_after
    from figures
    group by
        figures.restatement_id,
        figures.day,
        figures.queue_id,
        figures.media_type,
        figures.figure
),

queues as (
    select
        queues.queue_id,
        queues.name
    from genesys.queues as queues
    where queues.valid_to is null
),

final as (
    select
        summed.restatement_id,
        restatements.conversation_id,
        summed.queue_id,

        queues.name as queue_name,
        summed.media_type,
        summed.figure,
        restatements.stream,

        summed.value_before,
        summed.value_after,
        summed.value_after - summed.value_before as moved_by,

        summed.day,
        restatements.restated_at,
        restatements.restated_at at time zone {{time_zone}} as restated_local
    from summed
    inner join extract.restatements as restatements on restatements.restatement_id = summed.restatement_id
    left join queues on queues.queue_id = summed.queue_id
    -- Moved from one quarter of an hour to another of the same day: the day's figure stays.
    where summed.value_before <> summed.value_after
)

select * from final;

comment on view mart.ops_restated_figures is 'One row per restatement × local day × queue × media type × figure: what the conversation added to the figure of the day before it came back different, and what it adds now. Sum moved_by by day and queue for how far a report moved since it was first read. Source: written by the loader.';
comment on column mart.ops_restated_figures.restatement_id is 'Restatement in ops_restatements.';
comment on column mart.ops_restated_figures.conversation_id is 'Conversation that changed.';
comment on column mart.ops_restated_figures.queue_id is 'Queue whose figure moved; null for what belongs to no queue, such as surveys.';
comment on column mart.ops_restated_figures.queue_name is 'Name of the queue, current or last known.';
comment on column mart.ops_restated_figures.media_type is 'Media type of the session; null for surveys and evaluations.';
comment on column mart.ops_restated_figures.figure is 'agent_session_count, connected_count, coded_count, offered_count, abandoned_count, flow_out_count (by start of the session), handled_count, handle_seconds, talk_seconds, hold_seconds, acw_seconds, transferred_count (by end of the handling), survey_count, evaluation_count (by start of the conversation).';
comment on column mart.ops_restated_figures.stream is 'Data set that brought the change.';
comment on column mart.ops_restated_figures.value_before is 'What the conversation added to the figure of the day before: a count, or seconds where the figure ends in _seconds.';
comment on column mart.ops_restated_figures.value_after is 'What it adds since.';
comment on column mart.ops_restated_figures.moved_by is 'value_after - value_before: by how much the figure of the day and queue moved.';
comment on column mart.ops_restated_figures.day is 'Local day whose figure moved.';
comment on column mart.ops_restated_figures.restated_at is 'When the change was stored, instant, shown in the zone of your session.';
comment on column mart.ops_restated_figures.restated_local is 'restated_at in the reporting time zone.';
