-- One row per attribute of a participant of a conversation.
-- @parameters conversation: uuid
-- @definitions fct_attributes
-- @personal
select
    attributes.participant_no,
    attributes.purpose,
    attributes.attribute_name,
    attributes.attribute_value
from mart.fct_attributes as attributes
where attributes.conversation_id = :conversation
order by attributes.participant_no, attributes.attribute_no
