-- A role that only writes may refresh the statistics of what it wrote: the function runs as the owner of the schema.
create or replace function genesys.analyze_table(relation regclass)
returns void
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    if not exists (
        select from pg_class
        where oid = relation and relkind = 'r' and relnamespace in ('genesys'::regnamespace, 'wrapup'::regnamespace, 'extract'::regnamespace)
    ) then
        raise exception '% is not a table of this warehouse', relation using errcode = '42P01';
    end if;
    -- Autovacuum, a migration or another extractor may hold it; then they or the next run refresh it.
    execute format('analyze (skip_locked) %s', relation);
end
$$;
revoke execute on function genesys.analyze_table(regclass) from public;
comment on function genesys.analyze_table is 'Refreshes the planner''s statistics of a table of this warehouse, unless it is locked.';
