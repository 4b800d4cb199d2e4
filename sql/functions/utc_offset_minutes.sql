-- Minutes by which the clock of the reporting time zone is ahead of UTC at an instant: it distinguishes the two hours that a clock shows twice.
create or replace function genesys.utc_offset_minutes(instant timestamptz)
returns integer
language sql
immutable
parallel safe
as $$
    select (date_part('epoch', (instant at time zone {{time_zone}}) - (instant at time zone 'UTC')) / 60)::integer
$$;

comment on function genesys.utc_offset_minutes is 'Minutes by which the reporting time zone is ahead of UTC at an instant. Column utc_offset_minutes of facts by interval.';
