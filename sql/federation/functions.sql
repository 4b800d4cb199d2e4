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
        return coalesce(nullif(reason, ''), sqlerrm);
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
    for member in select members.member_name, members.organization_id from federation.members as members order by members.member_name loop
        reason := federation.member_error(member.member_name);
        continue when reason is null;
        if current_setting('federation.missing', true) is distinct from 'leave_out' then
            raise exception 'Member % does not answer (%).', member.member_name, reason
                using errcode = 'fdw_unable_to_establish_connection',
                    hint = 'mart.ops_members lists the members. To read the others: set federation.missing = ''leave_out''.';
        end if;
        missing := missing || member.organization_id;
    end loop;
    perform set_config('federation.missing_ids', missing::text, true), set_config('federation.asked', this_statement, true);
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
