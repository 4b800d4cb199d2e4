-- Who contacted and by which way, written with each conversation: repeat contacts and entry points of the organisation.
alter table genesys.conversation_facts
    add column contact text,
    add column entry_point text;

comment on column genesys.conversation_facts.contact is 'External contact id of the customer, or else the customer''s address in one spelling. Personal: schema mart shows a keyed hash of it.';
comment on column genesys.conversation_facts.entry_point is 'Number, mailbox or address of the organisation that an inbound customer reached, in one spelling.';

create index conversation_facts_contact_idx on genesys.conversation_facts (contact, conversation_start) where contact is not null;
create index conversation_facts_entry_point_idx on genesys.conversation_facts (entry_point, conversation_start)
where entry_point is not null;

-- Drawn once for each database: without it a customer_key cannot be computed from a number that somebody knows.
insert into extract.settings (name, value)
values ('customer_secret', replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', ''))
on conflict (name) do nothing;
