-- Divisions beside the narrow rows of agent sessions, too: looked up row by row they doubled the time of a day of wrap-up codes for a role
-- that sees some divisions only.
alter table genesys.handling_facts add column division_ids text[];
comment on column genesys.handling_facts.division_ids is 'Divisions of the conversation''s record, as in session_facts; null where it names none or where the session was stored by a version that did not copy them.';
