-- Day of an instant in the reporting time zone. Inlined by the planner, so that a filter on it uses an index on the same expression.
create or replace function genesys.local_day(instant timestamptz)
returns date
language sql
immutable
parallel safe
as $$
    select (instant at time zone {{time_zone}})::date
$$;

comment on function genesys.local_day is 'Day of an instant in the reporting time zone: column day of every fact. Rebuilt by migrate for the zone of the views.';
