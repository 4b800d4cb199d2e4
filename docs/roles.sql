-- Four roles for one warehouse: the owner of its tables, the writer of rows, the reader of reports and the reader of personal data.
-- Run it in the warehouse's database as a superuser, or as a role that may create roles and owns the database:
-- psql -f docs/roles.sql "$DATABASE_URL". Safe to repeat.
--
-- The roles have no password, so nobody can log in with them yet:   alter role genesys_writer login password '…';
-- `migrate`, `prune` and `rebuild-facts` run as genesys_owner, everything else (`run`, `sync`, `backfill`, `status` …) as genesys_writer.
-- Each BI tool gets a role of its own:                                create role my_bi login password '…'; grant genesys_reader to my_bi;
-- Roles that may also see personal data (attributes, addresses):      grant genesys_personal to my_bi;
-- The web page, when `run` serves it as genesys_writer:              grant genesys_reader to genesys_writer;
-- A warehouse that another role has created:                    reassign owned by that_role to genesys_owner;   and then this script again.

do $$
declare
    role_name text;
begin
    foreach role_name in array array['genesys_owner', 'genesys_writer', 'genesys_reader', 'genesys_personal'] loop
        begin
            execute format('create role %I', role_name);
        exception
            when duplicate_object or unique_violation then null;
        end;
    end loop;

    -- Nobody else may connect to this database, or create schemas or temporary tables in it.
    execute format('revoke connect, create, temporary on database %I from public', current_database());
    execute format('grant connect, temporary, create on database %I to genesys_owner', current_database());
    -- Responses about intervals are compared in a temporary table before they are written.
    execute format('grant connect, temporary on database %I to genesys_writer', current_database());
    execute format('grant connect on database %I to genesys_reader', current_database());
end
$$;

revoke create on schema public from public;

-- Roles that see personal data see the rest as well.
grant genesys_reader to genesys_personal;

-- The role that runs this script need not be a superuser: to act as the owner it must be a member.
grant genesys_owner to current_user;

-- Objects that the owner creates from now on.
alter default privileges for role genesys_owner grant usage on schemas to genesys_writer;
alter default privileges for role genesys_owner grant select, insert, update, delete on tables to genesys_writer;
-- Exports to a lake and identities draw numbers from sequences; a restored database sets the one of exports.
alter default privileges for role genesys_owner grant usage, select, update on sequences to genesys_writer;
alter default privileges for role genesys_owner revoke execute on functions from public;
alter default privileges for role genesys_owner grant execute on functions to genesys_writer;
-- Earlier versions of this script let readers execute everything; `migrate` grants them what the views call.
alter default privileges for role genesys_owner revoke execute on functions from genesys_reader;

-- Objects that exist already.
do $$
declare
    schema_name text;
begin
    for schema_name in select nspname from pg_namespace where nspname in ('extract', 'genesys', 'mart', 'wrapup') loop
        execute format('grant usage on schema %I to genesys_writer', schema_name);
        execute format('grant select, insert, update, delete on all tables in schema %I to genesys_writer', schema_name);
        execute format('grant usage, select, update on all sequences in schema %I to genesys_writer', schema_name);
        execute format('revoke all on all sequences in schema %I from public, genesys_reader', schema_name);
        execute format('grant execute on all functions in schema %I to genesys_writer', schema_name);
        execute format('revoke execute on all functions in schema %I from public, genesys_reader', schema_name);
    end loop;
end
$$;

-- Functions that the views of schema mart call, which readers must be allowed to execute. Readers cannot call them directly: that
-- would need usage on schema genesys.
do $$
declare
    function_name text;
    routine regprocedure;
begin
    foreach function_name in array array[
        'average_seconds', 'customer_key', 'is_codable', 'json_number', 'json_uuid', 'local_day', 'minute_of_day', 'segment_key',
        'session_key', 'sum_bigint', 'utc_offset_minutes', 'visible_campaigns', 'visible_divisions', 'visible_flows', 'visible_queues', 'visible_users',
        'visits_divisions'
    ] loop
        for routine in
            select pg_proc.oid from pg_proc join pg_namespace on pg_namespace.oid = pronamespace
            where nspname = 'genesys' and proname = function_name
        loop
            execute format('grant execute on routine %s to genesys_reader', routine);
        end loop;
    end loop;
end
$$;

-- Large objects need no privilege on any table: any role that may connect could fill the disk with them. Only a superuser may revoke
-- this right; for other roles Postgres only warns.
do $$
begin
    revoke execute on function lo_creat(integer), lo_create(oid), lo_from_bytea(oid, bytea) from public;
exception
    when insufficient_privilege then null;
end
$$;
do $$
begin
    if has_function_privilege('public', 'lo_create(oid)', 'execute') then
        raise warning 'lo_creat, lo_create and lo_from_bytea stay open to everybody: only a superuser may revoke them';
    end if;
end
$$;

-- Limits to set for each role of a BI tool, because members do not inherit them from genesys_reader:
--   alter role my_bi connection limit 10;
--   alter role my_bi set statement_timeout = '5min';
--   alter role my_bi set transaction_timeout = '10min';          (Postgres 17 and newer)
--   alter role my_bi set idle_in_transaction_session_timeout = '1min';
--   alter role my_bi set temp_file_limit = '5GB';      (by a superuser)
