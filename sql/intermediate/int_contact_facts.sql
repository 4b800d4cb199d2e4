-- One row per conversation, from the raw tables: who contacted, and by which way.
create view genesys.int_contact_facts as
with
customers as (
    select
        participants.conversation_start,
        participants.conversation_id,
        participants.participant_no,
        participants.external_contact_id
    from genesys.participants as participants
    where participants.purpose in ('customer', 'external', 'outbound')
),

contact_ids as (
    select
        customers.conversation_start,
        customers.conversation_id,
        (array_agg(customers.external_contact_id order by customers.participant_no))[1] as external_contact_id
    from customers
    where customers.external_contact_id is not null
    group by
        customers.conversation_start,
        customers.conversation_id
),

sessions as (
    select
        sessions.conversation_start,
        sessions.conversation_id,
        sessions.participant_no,
        sessions.session_no,
        case
            when sessions.direction = 'outbound'
                then coalesce(genesys.contact_address(sessions.dnis), genesys.contact_address(sessions.address_to))
            else coalesce(genesys.contact_address(sessions.ani), genesys.contact_address(sessions.address_from))
        end as customer_address,
        case
            when sessions.direction = 'inbound'
                then coalesce(genesys.contact_address(sessions.dnis), genesys.contact_address(sessions.address_to))
        end as own_address
    from genesys.sessions as sessions
    inner join customers
        on customers.conversation_start = sessions.conversation_start
        and customers.conversation_id = sessions.conversation_id
        and customers.participant_no = sessions.participant_no
),

addresses as (
    select
        sessions.conversation_start,
        sessions.conversation_id,
        (
            array_agg(sessions.customer_address order by sessions.participant_no, sessions.session_no)
            filter (where sessions.customer_address is not null)
        )[1] as customer_address,
        (
            array_agg(sessions.own_address order by sessions.participant_no, sessions.session_no)
            filter (where sessions.own_address is not null)
        )[1] as own_address
    from sessions
    group by
        sessions.conversation_start,
        sessions.conversation_id
),

final as (
    select
        conversations.conversation_start,
        conversations.conversation_id,
        coalesce(contact_ids.external_contact_id::text, addresses.customer_address) as contact,
        case when conversations.originating_direction = 'inbound' then addresses.own_address end as entry_point
    from genesys.conversations as conversations
    left join contact_ids
        on contact_ids.conversation_start = conversations.conversation_start
        and contact_ids.conversation_id = conversations.conversation_id
    left join addresses
        on addresses.conversation_start = conversations.conversation_start
        and addresses.conversation_id = conversations.conversation_id
)

select * from final;

comment on view genesys.int_contact_facts is 'One row per conversation with the customer''s contact id or address and the organisation''s own, normalised. A test compares what the loader stores with it.';
