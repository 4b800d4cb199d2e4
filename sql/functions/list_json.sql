-- A list under its key, or nothing where there is no list.
create or replace function genesys.list_json(key text, items jsonb) returns jsonb
language sql immutable parallel safe
return case when items is null then '{}' else jsonb_build_object(key, items) end;

comment on function genesys.list_json is 'A list under its key, or an empty object without one. Used by conversation_json.';
