-- Functions of a federated database. Run by genesys-warehouse federate, each time.

-- Null where the member answers, else why not. Runs in a session of its own where the database can connect to itself, whose
-- statement_timeout then bounds it, whatever the asking session allows.
create or replace function federation.answer_of(member_name text)
returns text
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $body$
declare
    reason text;
begin
    execute format('select 1 from federation_data.%I limit 1', 'ping@' || member_name);
    return null;
exception
    when query_canceled then
        return 'no answer in time';
    when others then
        get stacked diagnostics reason = pg_exception_detail;
        reason := coalesce(nullif(reason, ''), sqlerrm);
        -- Postgres 14 and 15 give up connecting themselves.
        return case when reason like '%timeout expired%' then 'no answer in time' else reason end;
end
$body$;

-- The same, asked for through the database's connection to itself; directly where that cannot be had.
create or replace function federation.member_error(member_name text)
returns text
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $body$
declare
    reason text;
begin
    if to_regclass(format('federation_data.%I', 'answer@' || member_name)) is null then
        return federation.answer_of(member_name);
    end if;
    begin
        execute format('select reason from federation_data.%I', 'answer@' || member_name) into reason;
        return reason;
    exception
        when sqlclient_unable_to_establish_sqlconnection or connection_failure or connection_exception then
            return federation.answer_of(member_name);
    end;
end
$body$;

-- Asks members at once over connections of this session that stay open (extension dblink), in some tenths of a millisecond each. A silent one
-- is given up without waiting for it, which postgres_fdw does when it cancels. Rows only of members to which such a connection is open.
--
-- Readers have no right on the schema of the extension: they could send statements of their own over these connections.
create or replace function federation.open_answers()
returns table (member_name text, reason text)
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $body$
declare
    prefix constant text := 'ping@';
    deadline constant timestamptz := clock_timestamp() + interval '8 seconds';
    waiting text[] := '{}';
    connection text;
    is_fine boolean;
begin
    if to_regproc('federation_dblink.dblink_send_query') is null then
        return;
    end if;
    foreach connection in array coalesce(federation_dblink.dblink_get_connections(), '{}') loop
        continue when not starts_with(connection, prefix);
        if federation_dblink.dblink_send_query(connection, 'select 1') = 1 then
            waiting := waiting || connection;
        else
            perform federation_dblink.dblink_disconnect(connection);
        end if;
    end loop;
    while cardinality(waiting) > 0 loop
        foreach connection in array waiting loop
            member_name := substr(connection, length(prefix) + 1);
            if federation_dblink.dblink_is_busy(connection) = 0 then
                waiting := array_remove(waiting, connection);
                is_fine := federation_dblink.dblink_error_message(connection) = 'OK';
                if is_fine then
                    -- Twice: the end of a result is taken like a result.
                    select count(*) = 1 into is_fine from federation_dblink.dblink_get_result(connection, false) as answer (one integer);
                    perform from federation_dblink.dblink_get_result(connection, false) as answer (one integer);
                end if;
                if is_fine then
                    reason := null;
                    return next;
                else
                    -- Its server was restarted: it is asked over a new connection.
                    perform federation_dblink.dblink_disconnect(connection);
                end if;
            elsif clock_timestamp() > deadline then
                waiting := array_remove(waiting, connection);
                perform federation_dblink.dblink_disconnect(connection);
                reason := 'no answer in time';
                return next;
            end if;
        end loop;
        if cardinality(waiting) > 0 then
            perform pg_sleep(0.0003);
        end if;
    end loop;
end
$body$;

-- Opens a connection for open_answers to a member that has just answered. Not in the first statement of a session, which may be its only one.
create or replace function federation.keep_open(member_name text)
returns void
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $body$
begin
    if coalesce(current_setting('federation.asked', true), '') <> ''
        and to_regproc('federation_dblink.dblink_send_query') is not null
    then
        perform federation_dblink.dblink_connect('ping@' || member_name, 'ping@' || member_name);
    end if;
exception
    -- The member is asked in the other way then.
    when others then
        null;
end
$body$;

-- True where all members answer. One that does not is an error that names it, or with federation.missing = 'leave_out' makes this false.
--
-- Called immutable so that planners ask while they plan: before anything is sent to a member, and without a trace in the plan, so that what
-- can be sent to members is sent whole. Each statement asks once: the answer is kept until the next.
create or replace function federation.all_answer()
returns boolean
language plpgsql
immutable
security definer
set search_path = pg_catalog, pg_temp
as $body$
declare
    this_statement constant text := statement_timestamp()::text || ' ' || coalesce(current_setting('federation.missing', true), '');
    missing uuid[] := '{}';
    member record;
    reason text;
begin
    if current_setting('federation.asked', true) = this_statement then
        return current_setting('federation.missing_ids', true) = '{}';
    end if;
    for member in
        select members.member_name, members.organization_id, answers.member_name is not null as is_asked, answers.reason
        from federation.members as members
        left join federation.open_answers() as answers on answers.member_name = members.member_name
        order by members.member_name
    loop
        reason := member.reason;
        if not member.is_asked then
            reason := federation.member_error(member.member_name);
            if reason is null then
                perform federation.keep_open(member.member_name);
            end if;
        end if;
        continue when reason is null;
        if current_setting('federation.missing', true) is distinct from 'leave_out' then
            raise exception 'Member % does not answer (%).', member.member_name, reason
                using errcode = 'fdw_unable_to_establish_connection',
                    hint = 'mart.ops_members lists the members. To read the others: set federation.missing = ''leave_out''.';
        end if;
        missing := missing || member.organization_id;
    end loop;
    perform set_config('federation.missing_ids', missing::text, false), set_config('federation.asked', this_statement, false);
    return missing = '{}';
end
$body$;

-- Organisations of the members that answered in this statement.
create or replace function federation.answering()
returns uuid[]
language plpgsql
immutable
security definer
set search_path = pg_catalog, pg_temp
as $body$
begin
    perform federation.all_answer();
    return array(
        select members.organization_id
        from federation.members as members
        where not members.organization_id = any(current_setting('federation.missing_ids', true)::uuid[])
    );
end
$body$;
