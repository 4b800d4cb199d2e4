-- The directory, with history: a changed entity closes its row (valid_to) and opens another; a missing one is marked, never deleted.
create table genesys.divisions (
    division_id text not null,
    valid_from timestamptz not null,
    valid_to timestamptz,
    deleted_at timestamptz,
    name text,
    description text,
    is_home_division boolean,
    content_hash uuid not null,
    extra jsonb,
    primary key (division_id, valid_from)
);

create table genesys.queues (
    queue_id uuid not null,
    valid_from timestamptz not null,
    valid_to timestamptz,
    deleted_at timestamptz,
    date_created timestamptz,
    date_modified timestamptz,
    member_count bigint,
    acw_timeout_ms bigint,
    division_id text,
    name text,
    description text,
    acw_wrapup_prompt text,
    scoring_method text,
    skill_evaluation_method text,
    media_settings jsonb,
    content_hash uuid not null,
    extra jsonb,
    primary key (queue_id, valid_from)
);

create table genesys.users (
    user_id uuid not null,
    valid_from timestamptz not null,
    valid_to timestamptz,
    deleted_at timestamptz,
    team_id uuid,
    manager_id uuid,
    division_id text,
    name text,
    email text,
    username text,
    state text,
    title text,
    department text,
    content_hash uuid not null,
    extra jsonb,
    primary key (user_id, valid_from)
);

create table genesys.wrapup_codes (
    wrapup_code text not null,
    valid_from timestamptz not null,
    valid_to timestamptz,
    deleted_at timestamptz,
    date_created timestamptz,
    date_modified timestamptz,
    division_id text,
    name text,
    description text,
    content_hash uuid not null,
    extra jsonb,
    primary key (wrapup_code, valid_from)
);

create unique index divisions_current_idx on genesys.divisions (division_id) where valid_to is null;
create unique index queues_current_idx on genesys.queues (queue_id) where valid_to is null;
create unique index users_current_idx on genesys.users (user_id) where valid_to is null;
create unique index wrapup_codes_current_idx on genesys.wrapup_codes (wrapup_code) where valid_to is null;

comment on table genesys.divisions is 'Divisions with history; the current row has no valid_to. deleted_at: when it was first missing from the listing.';
comment on table genesys.queues is 'Queues with history of name, division and ACW settings; the current row has no valid_to.';
comment on table genesys.users is 'Users in every state with history of name, division and team; the current row has no valid_to.';
comment on table genesys.wrapup_codes is 'Wrap-up codes with history, deleted ones included; the current row has no valid_to. System codes (ININ-…) are not listed by the API.';
