-- Sum of bigints as a bigint: sum(bigint) is a numeric, at several times the cost. A sum of milliseconds or counts that does not fit is an error
-- anyway.
create or replace aggregate genesys.sum_bigint(bigint) (sfunc = int8pl, stype = bigint, combinefunc = int8pl, parallel = safe);

comment on aggregate genesys.sum_bigint(bigint) is 'Sum of bigints as a bigint; null without any. Used by the reports and the sums by day.';
