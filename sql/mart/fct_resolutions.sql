-- One row per resolution attached to a conversation.
create view mart.fct_resolutions as
with
resolutions as (
    select
        resolutions.*,
        (
            select records.division_ids
            from genesys.conversation_facts as records
            where
                records.conversation_start = resolutions.conversation_start
                and records.conversation_id = resolutions.conversation_id
        ) as division_ids
    from genesys.resolutions as resolutions
),

final as (
    select
        resolutions.conversation_id,
        resolutions.resolution_no,
        resolutions.queue_id,
        resolutions.user_id,

        genesys.minute_of_day(resolutions.conversation_start) as minute_of_day,
        coalesce(resolutions.n_next_contact_avoided, 0) as next_contact_avoided_count,

        coalesce(resolutions.conversation_start <@ (
            select complete.ranges
            from genesys.int_complete_ranges as complete
            where complete.fact = 'conversations'
        ), false) as is_complete,

        genesys.local_day(resolutions.conversation_start) as day,
        resolutions.event_time as event_at,
        resolutions.conversation_start as conversation_started_at
    from resolutions
    where {{division_check(resolutions, division_ids)}}
)

select * from final;

comment on view mart.fct_resolutions is 'One row per resolution of a conversation: whether Genesys expects no next contact. Source: conversation details, resolutions.';
comment on column mart.fct_resolutions.conversation_id is 'Conversation. Details conversationId.';
comment on column mart.fct_resolutions.resolution_no is 'Position of the resolution in the record, from 1; with the conversation the key of this relation.';
comment on column mart.fct_resolutions.queue_id is 'Last queue for which it was handled. Details queueId. See dim_queues.';
comment on column mart.fct_resolutions.user_id is 'Last agent who handled it. Details userId. See dim_users.';
comment on column mart.fct_resolutions.minute_of_day is 'Minutes from midnight, in the reporting time zone, to the quarter of an hour in which the conversation started: 0, 15, … 1425. See dim_intervals.';
comment on column mart.fct_resolutions.next_contact_avoided_count is 'Next contacts that were avoided. Details nNextContactAvoided.';
comment on column mart.fct_resolutions.is_complete is 'True where everything of the day on which the conversation started has been pulled. Source: the ledger of slices.';
comment on column mart.fct_resolutions.day is 'Day in the reporting time zone on which the conversation started. See dim_dates.';
comment on column mart.fct_resolutions.event_at is 'When it was decided, instant, shown in the zone of your session. Details eventTime.';
comment on column mart.fct_resolutions.conversation_started_at is 'Start of the conversation, instant, shown in the zone of your session. Details conversationStart.';
