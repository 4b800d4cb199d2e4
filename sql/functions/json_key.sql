-- The JSON key of a column: snake_case back to camelCase.
create or replace function genesys.json_key(column_name text) returns text
language sql immutable strict parallel safe
return left(column_name, 1) || substr(replace(initcap(replace(column_name, '_', ' ')), ' ', ''), 2);

comment on function genesys.json_key is 'The JSON key of a column: snake case back to camel case. Used by row_json.';
