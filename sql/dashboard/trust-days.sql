-- One row per local day and stream: how much of the day has been pulled.
-- @parameters from: day, to: day
-- @definitions ops_covered_days
select
    covered.day,
    covered.stream,
    covered.state,
    covered.pass_count,
    covered.is_settled,
    covered.is_final,
    covered.last_pass_local
from mart.ops_covered_days as covered
where
    covered.day >= :from
    and covered.day <= :to
order by
    covered.stream,
    covered.day
