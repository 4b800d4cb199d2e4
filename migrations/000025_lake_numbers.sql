-- Whoever may use schema extract may draw numbers of exports: default privileges of docs/roles.sql speak of tables only.
grant usage, select, update on sequence extract.lake_numbers to public;
