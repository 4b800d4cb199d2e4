-- A role that only writes may make the partitions that it writes to, and no other table: the function runs as the owner of the schema.
create or replace function genesys.create_month(table_name text, month_start date)
returns void
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    parent regclass := to_regclass(format('genesys.%I', table_name));
    child text := format('%s_%s', table_name, to_char(month_start, '"y"YYYY"m"MM'));
begin
    if parent is null or (select relkind from pg_class where oid = parent) <> 'p' then
        raise exception 'genesys.% is not a partitioned table', table_name using errcode = '42P01';
    end if;
    if month_start <> date_trunc('month', month_start) then
        raise exception '% is not the first day of a month', month_start using errcode = '22023';
    end if;
    -- Earlier there was no Genesys Cloud, and each month of garbage would cost a table of every kind.
    if not month_start between date '2010-01-01' and current_date + 731 then
        raise exception '% lies before 2010 or more than two years ahead', month_start using errcode = '22023';
    end if;
    if to_regclass(format('genesys.%I', child)) is not null then
        if not exists (
            select from pg_inherits
            join pg_class as partition on partition.oid = inhrelid
            where inhparent = parent and inhrelid = to_regclass(format('genesys.%I', child))
                and pg_get_expr(partition.relpartbound, partition.oid) = format('FOR VALUES FROM (%L) TO (%L)',
                    month_start::timestamp at time zone 'UTC', (month_start + interval '1 month')::timestamp at time zone 'UTC')
        ) then
            raise exception 'genesys.% exists, but is not the partition of %', child, month_start using errcode = '42P07';
        end if;
        return;
    end if;
    -- Attaching takes a weaker lock than `create table … partition of`, so that running loads continue.
    execute format('create table genesys.%I (like genesys.%I including all)', child, table_name);
    execute format(
        'alter table genesys.%I attach partition genesys.%I for values from (%L) to (%L)',
        table_name, child, month_start::timestamp at time zone 'UTC', (month_start + interval '1 month')::timestamp at time zone 'UTC'
    );
end
$$;
revoke execute on function genesys.create_month(text, date) from public;
comment on function genesys.create_month is 'Creates the partition of one month (UTC) of a partitioned table of this schema, unless it exists.';
