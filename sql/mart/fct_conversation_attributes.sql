-- One row per conversation that has one of the attributes named in GENESYS_WAREHOUSE_ATTRIBUTES.
create view mart.fct_conversation_attributes as
with
attributes as (
    select
        attributes.conversation_start,
        attributes.conversation_id{{attribute_values}}
    from genesys.participant_attributes as attributes
    where attributes.name = any(array[{{attribute_names}}]::text[])
    group by
        attributes.conversation_start,
        attributes.conversation_id
),

attributes_checked as (
    select
        grouped.*,
        (
            select records.division_ids
            from genesys.conversation_facts as records
            where
                records.conversation_start = grouped.conversation_start
                and records.conversation_id = grouped.conversation_id
        ) as division_ids
    from attributes as grouped
),

final as (
    select
        attributes.conversation_id,
{{attribute_columns}}
        genesys.minute_of_day(attributes.conversation_start) as minute_of_day,

        coalesce(
            attributes.conversation_start <@ (
                select complete.ranges
                from genesys.int_complete_ranges as complete
                where complete.fact = 'conversations'
            ),
            false
        ) as is_complete,

        genesys.local_day(attributes.conversation_start) as day,
        attributes.conversation_start as conversation_started_at
    from attributes_checked as attributes
    where {{division_check(attributes, division_ids)}}
)

select * from final;

comment on view mart.fct_conversation_attributes is 'One row per conversation that has one of the participant attributes named in GENESYS_WAREHOUSE_ATTRIBUTES, a column for each: values that all readers may see. Every attribute: fct_attributes, for genesys_personal. Source: conversation details (genesys.participant_attributes).';
comment on column mart.fct_conversation_attributes.conversation_id is 'Conversation, the key of this relation. See fct_conversations.';{{attribute_comments}}
comment on column mart.fct_conversation_attributes.minute_of_day is 'Minutes from midnight, in the reporting time zone, to the quarter of an hour in which the conversation started. See dim_intervals.';
comment on column mart.fct_conversation_attributes.is_complete is 'True where everything of the day on which the conversation started has been pulled. Attributes come with details jobs, about a day later. Source: the ledger of slices.';
comment on column mart.fct_conversation_attributes.day is 'Day in the reporting time zone on which the conversation started. See dim_dates.';
comment on column mart.fct_conversation_attributes.conversation_started_at is 'Start of the conversation, instant, shown in the zone of your session. Filter on it: it selects partitions.';
