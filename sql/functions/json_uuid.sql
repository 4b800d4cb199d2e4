-- The UUID that a JSON value is; null where it is anything else, so that one id of a new kind fails no view.
create or replace function genesys.json_uuid(value jsonb)
returns uuid
language sql
immutable
parallel safe
return case
    when (value #>> '{}') ~* '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$' then (value #>> '{}')::uuid
end;

comment on function genesys.json_uuid(jsonb) is 'The UUID in a JSON value; null for anything else.';
