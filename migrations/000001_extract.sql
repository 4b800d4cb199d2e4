-- What was pulled and what is owed. Schemas `genesys` and `mart` are made here too; `mart` holds views only.
create schema genesys;
create schema mart;

comment on schema genesys is 'What the Genesys Cloud API said, typed and complete. Private: read schema mart.';
comment on schema mart is 'Views for BI tools. The only schema that the role genesys_reader can see.';

create table extract.slices (
    slice_id bigint generated always as identity primary key,
    stream text not null,
    slice_from timestamptz not null,
    slice_to timestamptz not null,
    priority smallint not null,
    pass smallint not null default 0,
    due_at timestamptz,
    retry_at timestamptz,
    attempts integer not null default 0,
    cursor jsonb,
    as_of timestamptz,
    pages bigint not null default 0,
    records bigint not null default 0,
    changed_records bigint not null default 0,
    requested_at timestamptz not null,
    last_attempt_at timestamptz,
    last_pass_at timestamptz,
    last_error text,
    last_error_at timestamptz,
    constraint slices_interval_check check (slice_from < slice_to),
    unique (stream, slice_from)
);
create index slices_due_idx on extract.slices (priority, due_at) where due_at is not null;

comment on table extract.slices is 'The ledger: one row per interval of a stream, the pass it has reached and what is owed. Slices of one stream never overlap.';
comment on column extract.slices.pass is 'Passes completed; 0 until the first pull has reached its last page.';
comment on column extract.slices.due_at is 'When the next pass is owed; null when the slice is final.';
comment on column extract.slices.retry_at is 'Not before this instant, after a failure or because the data was not available yet.';
comment on column extract.slices.cursor is 'Where the pass in progress resumes; only the stream can read it. Null between passes.';
comment on column extract.slices.as_of is 'The instant that the source vouches for in the last completed pass.';

create table extract.runs (
    run_id bigint generated always as identity primary key,
    command text not null,
    program_version text not null,
    started_at timestamptz not null,
    ended_at timestamptz,
    exit_status smallint,
    requests bigint,
    pages bigint,
    records bigint,
    changed_records bigint,
    dead_letters bigint,
    last_error text
);
comment on table extract.runs is 'One row per run of a command that pulls.';

create table extract.dead_letters (
    dead_letter_id bigint generated always as identity primary key,
    stream text not null,
    slice_id bigint,
    record_id text,
    reason text not null,
    record text not null,
    record_hash uuid not null,
    as_of timestamptz not null,
    first_seen_at timestamptz not null,
    last_seen_at timestamptz not null,
    seen_count bigint not null default 1,
    unique (stream, record_hash)
);
comment on table extract.dead_letters is 'Records that could not be stored, with the reason. `record` is the JSON as it came, as text.';

create table extract.restatements (
    restatement_id bigint generated always as identity primary key,
    conversation_id uuid not null,
    conversation_start timestamptz not null,
    restated_at timestamptz not null,
    stream text not null,
    previous_as_of timestamptz not null,
    as_of timestamptz not null,
    changed_fields text not null
);
create index restatements_at_idx on extract.restatements (restated_at);
comment on table extract.restatements is 'Conversations that came back different from what was stored, and which fields differ.';

create table extract.settings (
    name text primary key,
    value text not null
);
comment on table extract.settings is 'What the views were built with: time zone, granularity, digest of the view files.';
