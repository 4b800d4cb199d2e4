-- One row per gap: what is due, fails, was never planned or could not be stored.
-- @definitions ops_coverage
select
    coverage.stream,
    coverage.state,
    coverage.from_local,
    coverage.to_local,
    coverage.length_seconds,
    coverage.attempt_count,
    coverage.record_count,
    coverage.is_missing,
    coverage.last_error
from mart.ops_coverage as coverage
order by coverage.is_missing desc, coverage.stream, coverage.from_local
