-- The lake: which days of what changed since they were exported, and what each lake has still to get.
create table extract.changed_days (
    source text not null,
    day date not null,
    changed_at timestamptz not null default clock_timestamp()
);
create index changed_days_source_day on extract.changed_days (source, day);
comment on table extract.changed_days is 'UTC days of which something changed since the last export to a lake, marked in the transaction that changed it. A day may stand here more than once.';
comment on column extract.changed_days.source is 'What changed: conversations (by start), the name of a table of interval facts or of status spans, or directory (day -infinity).';

-- A mark that stands is locked instead of written again: an export takes it only when the transaction that relies on it has ended.
create function extract.mark_changed_days(marked_source text, marked_days date[])
returns void
language sql
as $$
    with standing as materialized (
        select marks.day
        from extract.changed_days as marks
        where marks.source = marked_source and marks.day = any(marked_days)
        for key share
    )
    insert into extract.changed_days (source, day)
    select distinct marked_source, wanted.day
    from unnest(marked_days) as wanted (day)
    where wanted.day is not null and not exists (select from standing where standing.day = wanted.day)
$$;
comment on function extract.mark_changed_days is 'Marks days as changed in the transaction that changes them; the caller may mark the same day as often as it likes.';

create function extract.mark_directory()
returns trigger
language plpgsql
as $$
begin
    perform extract.mark_changed_days('directory', '{-infinity}');
    return null;
end
$$;

create function extract.mark_assignments()
returns trigger
language plpgsql
as $$
begin
    perform extract.mark_changed_days('conversations', array(
        select distinct (changed.conversation_start at time zone 'UTC')::date from changed
    ));
    return null;
end
$$;

create function extract.mark_spans()
returns trigger
language plpgsql
as $$
begin
    perform extract.mark_changed_days(tg_table_name, array(
        select distinct (changed.start_time at time zone 'UTC')::date from changed
    ));
    return null;
end
$$;

-- What a fact says of being complete, settled or final follows the slices; a local day may reach into the UTC days on both sides.
create function extract.mark_slices()
returns trigger
language plpgsql
as $$
declare
    moved record;
begin
    for moved in
        select
            case when after.stream = 'conversation_history' then 'conversations' else after.stream end as source,
            array_agg(distinct stretch.day::date) as days
        from after
        inner join before on before.slice_id = after.slice_id
        cross join lateral generate_series(
            (after.slice_from at time zone 'UTC')::date - 1, (after.slice_to at time zone 'UTC')::date + 1, interval '1 day'
        ) as stretch (day)
        where after.pass <> before.pass or (after.due_at is null) <> (before.due_at is null)
        group by 1
    loop
        perform extract.mark_changed_days(moved.source, moved.days);
    end loop;
    return null;
end
$$;

create trigger mark_inserted after insert on wrapup.assignments
referencing new table as changed for each statement execute function extract.mark_assignments();
create trigger mark_updated after update on wrapup.assignments
referencing new table as changed for each statement execute function extract.mark_assignments();
create trigger mark_deleted after delete on wrapup.assignments
referencing old table as changed for each statement execute function extract.mark_assignments();
create trigger mark_updated after update on extract.slices
referencing old table as before new table as after for each statement execute function extract.mark_slices();

do $$
declare
    name text;
begin
    foreach name in array array['user_presences', 'user_routing_statuses'] loop
        execute format('create trigger mark_inserted after insert on genesys.%I referencing new table as changed
            for each statement execute function extract.mark_spans()', name);
        execute format('create trigger mark_updated after update on genesys.%I referencing new table as changed
            for each statement execute function extract.mark_spans()', name);
        execute format('create trigger mark_deleted after delete on genesys.%I referencing old table as changed
            for each statement execute function extract.mark_spans()', name);
    end loop;
    -- The directory: every table with history.
    for name in
        select attrelid::regclass::text
        from pg_attribute
        inner join pg_class on pg_class.oid = attrelid
        where relnamespace = 'genesys'::regnamespace and relkind = 'r' and attname = 'valid_from' and not attisdropped
    loop
        execute format('create trigger mark_changed after insert or update or delete on %s
            for each statement execute function extract.mark_directory()', name);
    end loop;
end
$$;

create sequence extract.lake_numbers;
comment on sequence extract.lake_numbers is 'Orders claims of changes and exports: an export with a higher number than a change has read it.';

create table extract.lakes (
    lake_id integer generated always as identity primary key,
    address text not null unique,
    is_raw boolean not null,
    is_personal boolean not null,
    relations text[],
    created_at timestamptz not null,
    busy_until timestamptz,
    exported_at timestamptz,
    last_error text
);
comment on table extract.lakes is 'Addresses that were exported to, and what each of them gets. They follow changes until their rows are deleted.';
comment on column extract.lakes.relations is 'Tables that were asked for; null: all.';
comment on column extract.lakes.busy_until is 'An export by the scheduler is at work until then, unless it was killed. Saves work only: two exports at once are right, too.';

create table extract.lake_tables (
    lake_id integer not null references extract.lakes on delete cascade,
    path text not null,
    definition text not null,
    exported_at timestamptz not null,
    primary key (lake_id, path)
);
comment on table extract.lake_tables is 'Tables of a lake, with a digest of the definition by which they were exported whole; another one exports them whole again.';

create table extract.lake_pending (
    lake_id integer not null references extract.lakes on delete cascade,
    path text not null,
    day date not null,
    change_number bigint not null,
    primary key (lake_id, path, day)
);
comment on table extract.lake_pending is 'Days (-infinity: the whole table) that a lake has still to get, each with the number of the newest claim of a change of it.';

create table extract.lake_directory (
    kind text not null,
    key text not null,
    value text,
    primary key (kind, key)
);
comment on table extract.lake_directory is 'What facts take from the directory beside names, as of the last export: when it differs, the days of the sessions concerned are exported again.';
