-- One row per conversation × division.
create view mart.bridge_conversation_divisions as
with
conversations as (
    select distinct
        conversations.conversation_start,
        conversations.conversation_id,
        division.division_id
    from genesys.conversations as conversations
    cross join unnest(conversations.division_ids) as division (division_id)
),

final as (
    select
        conversations.conversation_id,
        conversations.division_id,

        conversations.conversation_start as conversation_started_at
    from conversations
)

select * from final;

comment on view mart.bridge_conversation_divisions is 'One row per conversation and division that it touched: links fct_conversations and dim_divisions, which are many to many. Source: conversation details, divisionIds.';
comment on column mart.bridge_conversation_divisions.conversation_id is 'Conversation; with division_id the key of this relation. See fct_conversations.';
comment on column mart.bridge_conversation_divisions.division_id is 'Division. See dim_divisions.';
comment on column mart.bridge_conversation_divisions.conversation_started_at is 'Start of the conversation, instant, shown in the zone of your session. Filters on it reach the partitions.';
