-- Comparisons of an instant with a date or with a time without zone, as Power BI, Tableau and people write them. Run by
-- genesys-warehouse federate, each time.
--
-- Postgres' own depend on the zone of the session, so postgres_fdw never sends them to a member: every row would be fetched. These come first
-- in the search path of the database and turn the other side into an instant while the statement is planned, in the zone of the session.
create schema if not exists federation_operators;
comment on schema federation_operators is 'Comparisons that members can evaluate, see genesys-warehouse federate.';

do $do$
declare
    comparison record;
    other text;
begin
    foreach other in array array['date', 'timestamp'] loop
        execute format(
            $$create or replace function federation_operators.instant(value %s) returns timestamptz
              language plpgsql immutable strict parallel safe set search_path = pg_catalog, pg_temp
              as 'begin return value::timestamptz; end'$$,
            other
        );
        for comparison in
            select names.symbol, names.name
            from (values
                ('<', 'is_before'), ('<=', 'is_until'), ('>', 'is_after'), ('>=', 'is_from'),
                ('=', 'is_at'), ('<>', 'is_not_at')
            ) as names (symbol, name)
        loop
            execute format(
                $$create or replace function federation_operators.%I(instant timestamptz, value %s) returns boolean
                  language sql immutable parallel safe
                  as 'select $1 operator(pg_catalog.%s) federation_operators.instant($2)'$$,
                comparison.name, other, comparison.symbol
            );
            execute format(
                $$create or replace function federation_operators.%I(value %s, instant timestamptz) returns boolean
                  language sql immutable parallel safe
                  as 'select federation_operators.instant($1) operator(pg_catalog.%s) $2'$$,
                comparison.name, other, comparison.symbol
            );
            if to_regoperator(format('federation_operators.%s(timestamptz, %s)', comparison.symbol, other)) is null then
                execute format(
                    'create operator federation_operators.%s (function = federation_operators.%I, leftarg = timestamptz, rightarg = %s)',
                    comparison.symbol, comparison.name, other
                );
                execute format(
                    'create operator federation_operators.%s (function = federation_operators.%I, leftarg = %s, rightarg = timestamptz)',
                    comparison.symbol, comparison.name, other
                );
            end if;
        end loop;
    end loop;
end
$do$;
