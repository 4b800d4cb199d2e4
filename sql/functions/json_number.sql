-- The number that a JSON value is; null where it is anything else, so that one setting of a new kind fails no view.
create or replace function genesys.json_number(value jsonb)
returns numeric
language sql
immutable
parallel safe
return case when jsonb_typeof(value) = 'number' then value::numeric end;

comment on function genesys.json_number(jsonb) is 'The number in a JSON value; null for anything else.';
