-- One-column key of a session or of a stay in a queue; null where any part is null.
create or replace function genesys.session_key(conversation_id uuid, participant_no integer, session_no integer)
returns text
language sql
immutable
parallel safe
as $$
    select conversation_id::text || ':' || participant_no::text || ':' || session_no::text
$$;

comment on function genesys.session_key is 'Key of a session in one text, in lower case: conversation, participant_no and session_no, separated by colons. Columns session_key and leg_key.';
