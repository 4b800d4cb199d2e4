-- Name of the organisation whose data this database holds, as of the last day on which it was asked for.
--
-- Called immutable for the reason that `genesys.organization_id` gives.
create or replace function genesys.organization_name()
returns text
language sql
immutable
security definer
parallel safe
cost 1
begin atomic
    select settings.value
    from extract.settings as settings
    where settings.name = 'organization_name';
end;

comment on function genesys.organization_name is 'Name of the organisation whose data this database holds. Source: extract.settings.';
