-- One row per conversation × participant × attribute.
create view mart.fct_attributes as
with
attributes as (
    select
        attributes.*,
        participants.purpose
    from genesys.participant_attributes as attributes
    -- One by one: a join by three columns is estimated to find next to nothing, and a preview would then join all of it first.
    cross join lateral (
        select found.purpose
        from genesys.participants as found
        where
            found.conversation_start = attributes.conversation_start
            and found.conversation_id = attributes.conversation_id
            and found.participant_no = attributes.participant_no
        limit 1
    ) as participants
),

final as (
    select
        attributes.conversation_id,
        attributes.participant_no,
        attributes.attribute_no,

        attributes.purpose,
        attributes.name as attribute_name,
        attributes.value as attribute_value,

        genesys.minute_of_day(attributes.conversation_start) as minute_of_day,

        coalesce(attributes.conversation_start <@ (
            select complete.ranges
            from genesys.int_complete_ranges as complete
            where complete.fact = 'conversations'
        ), false) as is_complete,

        genesys.local_day(attributes.conversation_start) as day,
        attributes.conversation_start as conversation_started_at
    from attributes
)

select * from final;

comment on view mart.fct_attributes is 'PERSONAL (role genesys_personal): one row per attribute of a participant, as the flows and programs of the organisation set it. Source: conversation details, attributes of participants.';
comment on column mart.fct_attributes.conversation_id is 'Conversation. Details conversationId.';
comment on column mart.fct_attributes.participant_no is 'Position of the participant in the record, from 1.';
comment on column mart.fct_attributes.attribute_no is 'Position of the attribute in the participant, from 1; with conversation and participant_no the key of this relation.';
comment on column mart.fct_attributes.purpose is 'What the participant is: customer, agent, … Details purpose. See dim_enums.';
comment on column mart.fct_attributes.attribute_name is 'Name of the attribute.';
comment on column mart.fct_attributes.attribute_value is 'Its value.';
comment on column mart.fct_attributes.minute_of_day is 'Minutes from midnight, in the reporting time zone, to the quarter of an hour in which the conversation started: 0, 15, … 1425. See dim_intervals.';
comment on column mart.fct_attributes.is_complete is 'True where everything of the day on which the conversation started has been pulled. Source: the ledger of slices.';
comment on column mart.fct_attributes.day is 'Day in the reporting time zone on which the conversation started. See dim_dates.';
comment on column mart.fct_attributes.conversation_started_at is 'Start of the conversation, instant, shown in the zone of your session. Filters on it reach the partitions. Details conversationStart.';
