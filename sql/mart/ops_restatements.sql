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

        restatements.conversation_start as conversation_started_at,
        restatements.conversation_start at time zone {{time_zone}} as conversation_started_local,
        restatements.restated_at,
        restatements.restated_at at time zone {{time_zone}} as restated_local,
        restatements.previous_as_of as previous_as_of_at,
        restatements.as_of as as_of_at
    from restatements
)

select * from final;

comment on view mart.ops_restatements is 'One row per restatement: a conversation that came back different from what was stored, so that reports of its day changed. Source: written by the loader.';
comment on column mart.ops_restatements.restatement_id is 'Running number; the key of this relation.';
comment on column mart.ops_restatements.conversation_id is 'Conversation that changed.';
comment on column mart.ops_restatements.stream is 'Data set that brought the change.';
comment on column mart.ops_restatements.changed_fields is 'Which parts differ.';
comment on column mart.ops_restatements.age_seconds is 'Seconds from the start of the conversation to the restatement.';
comment on column mart.ops_restatements.conversation_started_at is 'Start of the conversation, UTC instant.';
comment on column mart.ops_restatements.conversation_started_local is 'conversation_started_at in the reporting time zone.';
comment on column mart.ops_restatements.restated_at is 'When the change was stored, UTC instant.';
comment on column mart.ops_restatements.restated_local is 'restated_at in the reporting time zone.';
comment on column mart.ops_restatements.previous_as_of_at is 'Instant for which the source of the earlier version vouched, UTC.';
comment on column mart.ops_restatements.as_of_at is 'Instant for which the source of the new version vouches, UTC.';
