-- Divisions that a role may see in schema mart, given the current role and the one that logged in; null where it sees all.
--
-- Both must be allowed, so that set role widens nothing. Members count whether they inherit or not. Owners of the warehouse are not limited.
-- Bodies of functions like this one are bound to what they name when they are created: nobody's search path reaches into them.
create or replace function genesys.visible_divisions(acting_role name, login_role name)
returns text[]
language sql
stable
security definer
parallel safe
cost 1
begin atomic
    with
    limits as (
        select
            asking.role_name,
            access.division_id
        from (values (acting_role), (login_role)) as asking (role_name)
        cross join extract.division_access as access
        inner join pg_catalog.pg_roles as roles on roles.rolname = access.role_name
        where
            pg_has_role(asking.role_name, roles.oid, 'member')
            and not pg_has_role(
                asking.role_name,
                (select namespaces.nspowner from pg_catalog.pg_namespace as namespaces where namespaces.nspname = 'extract'),
                'usage'
            )
    ),

    divisions as (
        select limits.division_id
        from limits
        group by limits.division_id
        having count(distinct limits.role_name) = (select count(distinct every.role_name) from limits as every)
    )

    select case
        when exists (select from limits) then array(select divisions.division_id from divisions)
    end;
end;

comment on function genesys.visible_divisions is 'Divisions that a role may see in schema mart, null where it sees all. Source: extract.division_access.';
