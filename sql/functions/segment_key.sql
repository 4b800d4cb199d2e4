-- One-column key of a segment; it begins with the key of its session.
create or replace function genesys.segment_key(
    conversation_id uuid,
    participant_no integer,
    session_no integer,
    segment_no integer
)
returns text
language sql
immutable
parallel safe
as $$
    select
        conversation_id::text || ':' || participant_no::text || ':' || session_no::text || ':' || segment_no::text
$$;

comment on function genesys.segment_key is 'Key of a segment in one text, in lower case: conversation, participant_no, session_no and segment_no, separated by colons. Column segment_key.';
