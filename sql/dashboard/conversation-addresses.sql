-- One row per session of a conversation that has an address or a name.
-- @parameters conversation: uuid
-- @definitions fct_addresses
-- @personal
select
    addresses.purpose,
    addresses.media_type,
    addresses.direction,
    addresses.participant_name,
    addresses.ani,
    addresses.dnis,
    addresses.address_from,
    addresses.address_to,
    addresses.callback_numbers,
    addresses.external_contact_id
from mart.fct_addresses as addresses
where addresses.conversation_id = :conversation
order by addresses.session_key
