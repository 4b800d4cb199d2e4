-- Milliseconds by count as seconds, rounded half up to three decimals; null where there is nothing to divide by. Integers, because a report
-- has a million averages, and a division of numerics takes five times as long. Inlined by the planner.
create or replace function genesys.average_seconds(ms bigint, count bigint)
returns numeric
language sql
immutable
parallel safe
as $$
    select case when count > 0 then ((2 * ms + count) / (2 * count)) * 0.001 end
$$;

comment on function genesys.average_seconds is 'Average in seconds of a sum of milliseconds, which is not negative; null where count is 0. Used by the reports.';
