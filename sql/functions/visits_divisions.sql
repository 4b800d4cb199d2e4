-- Whether a conversation touched one of these divisions; false for one that is not stored.
create or replace function genesys.visits_divisions(of_conversation_id uuid, divisions text[])
returns boolean
language sql
stable
security definer
parallel safe
cost 1
begin atomic
    select exists (
        select
        from extract.stored_conversations as stored
        inner join genesys.conversations as conversations
            on conversations.conversation_start = stored.conversation_start
            and conversations.conversation_id = stored.conversation_id
        where
            stored.conversation_id = of_conversation_id
            and conversations.division_ids && divisions
    );
end;

comment on function genesys.visits_divisions is 'True where the record of a conversation names one of these divisions. Details divisionIds.';
