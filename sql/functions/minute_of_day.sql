-- Minutes from midnight to the quarter of an hour of the clock in which an instant lies: the key of mart.dim_intervals.
create or replace function genesys.minute_of_day(instant timestamptz)
returns integer
language sql
immutable
parallel safe
as $$
    select
        date_part('hour', instant at time zone {{time_zone}})::integer * 60
        + floor(date_part('minute', instant at time zone {{time_zone}}) / 15)::integer * 15
$$;

comment on function genesys.minute_of_day is 'Minutes from midnight, in the reporting time zone, to the start of the quarter of an hour in which an instant lies: 0, 15, … 1425. Column minute_of_day of every fact.';
