-- The rest of the directory, with history as in the relations before: a changed entity closes its row (valid_to) and opens another; a
-- missing one is marked, never deleted.

create table genesys.skills (
    skill_id uuid not null,
    valid_from timestamptz not null,
    valid_to timestamptz,
    deleted_at timestamptz,
    date_modified timestamptz,
    name text,
    state text,
    content_hash uuid not null,
    extra jsonb,
    primary key (skill_id, valid_from)
);
create unique index skills_current_idx on genesys.skills (skill_id) where valid_to is null;

create table genesys.languages (
    language_id uuid not null,
    valid_from timestamptz not null,
    valid_to timestamptz,
    deleted_at timestamptz,
    date_modified timestamptz,
    name text,
    state text,
    content_hash uuid not null,
    extra jsonb,
    primary key (language_id, valid_from)
);
create unique index languages_current_idx on genesys.languages (language_id) where valid_to is null;

create table genesys.presences (
    presence_id uuid not null,
    valid_from timestamptz not null,
    valid_to timestamptz,
    deleted_at timestamptz,
    division_id text,
    is_deactivated boolean,
    name text,
    type text,
    system_presence text,
    language_labels jsonb,
    content_hash uuid not null,
    extra jsonb,
    primary key (presence_id, valid_from)
);
create unique index presences_current_idx on genesys.presences (presence_id) where valid_to is null;

create table genesys.teams (
    team_id uuid not null,
    valid_from timestamptz not null,
    valid_to timestamptz,
    deleted_at timestamptz,
    division_id text,
    date_created timestamptz,
    date_modified timestamptz,
    member_count bigint,
    name text,
    description text,
    content_hash uuid not null,
    extra jsonb,
    primary key (team_id, valid_from)
);
create unique index teams_current_idx on genesys.teams (team_id) where valid_to is null;

create table genesys.groups (
    group_id uuid not null,
    valid_from timestamptz not null,
    valid_to timestamptz,
    deleted_at timestamptz,
    date_modified timestamptz,
    member_count bigint,
    name text,
    description text,
    state text,
    type text,
    visibility text,
    content_hash uuid not null,
    extra jsonb,
    primary key (group_id, valid_from)
);
create unique index groups_current_idx on genesys.groups (group_id) where valid_to is null;

create table genesys.flows (
    flow_id uuid not null,
    valid_from timestamptz not null,
    valid_to timestamptz,
    deleted_at timestamptz,
    division_id text,
    is_active boolean,
    is_system boolean,
    name text,
    description text,
    type text,
    published_version text,
    content_hash uuid not null,
    extra jsonb,
    primary key (flow_id, valid_from)
);
create unique index flows_current_idx on genesys.flows (flow_id) where valid_to is null;

create table genesys.flow_outcome_definitions (
    flow_outcome_id uuid not null,
    valid_from timestamptz not null,
    valid_to timestamptz,
    deleted_at timestamptz,
    division_id text,
    name text,
    description text,
    content_hash uuid not null,
    extra jsonb,
    primary key (flow_outcome_id, valid_from)
);
create unique index flow_outcome_definitions_current_idx on genesys.flow_outcome_definitions (flow_outcome_id) where valid_to is null;

create table genesys.locations (
    location_id uuid not null,
    valid_from timestamptz not null,
    valid_to timestamptz,
    deleted_at timestamptz,
    name text,
    state text,
    address jsonb,
    content_hash uuid not null,
    extra jsonb,
    primary key (location_id, valid_from)
);
create unique index locations_current_idx on genesys.locations (location_id) where valid_to is null;

create table genesys.campaigns (
    campaign_id uuid not null,
    valid_from timestamptz not null,
    valid_to timestamptz,
    deleted_at timestamptz,
    contact_list_id uuid,
    queue_id uuid,
    division_id text,
    date_created timestamptz,
    date_modified timestamptz,
    name text,
    dialing_mode text,
    campaign_status text,
    content_hash uuid not null,
    extra jsonb,
    primary key (campaign_id, valid_from)
);
create unique index campaigns_current_idx on genesys.campaigns (campaign_id) where valid_to is null;

create table genesys.contact_lists (
    contact_list_id uuid not null,
    valid_from timestamptz not null,
    valid_to timestamptz,
    deleted_at timestamptz,
    division_id text,
    date_created timestamptz,
    date_modified timestamptz,
    size bigint,
    name text,
    content_hash uuid not null,
    extra jsonb,
    primary key (contact_list_id, valid_from)
);
create unique index contact_lists_current_idx on genesys.contact_lists (contact_list_id) where valid_to is null;

create table genesys.evaluation_forms (
    evaluation_form_id uuid not null,
    valid_from timestamptz not null,
    valid_to timestamptz,
    deleted_at timestamptz,
    context_id uuid,
    modified_date timestamptz,
    is_published boolean,
    name text,
    content_hash uuid not null,
    extra jsonb,
    primary key (evaluation_form_id, valid_from)
);
create unique index evaluation_forms_current_idx on genesys.evaluation_forms (evaluation_form_id) where valid_to is null;

create table genesys.survey_forms (
    survey_form_id uuid not null,
    valid_from timestamptz not null,
    valid_to timestamptz,
    deleted_at timestamptz,
    context_id uuid,
    modified_date timestamptz,
    is_published boolean,
    is_disabled boolean,
    name text,
    language text,
    content_hash uuid not null,
    extra jsonb,
    primary key (survey_form_id, valid_from)
);
create unique index survey_forms_current_idx on genesys.survey_forms (survey_form_id) where valid_to is null;

create table genesys.queue_members (
    queue_id uuid not null,
    user_id uuid not null,
    valid_from timestamptz not null,
    valid_to timestamptz,
    deleted_at timestamptz,
    ring_number bigint,
    is_joined boolean,
    member_by text,
    content_hash uuid not null,
    extra jsonb,
    primary key (queue_id, user_id, valid_from)
);
create unique index queue_members_current_idx on genesys.queue_members (queue_id, user_id) where valid_to is null;

create table genesys.queue_wrapup_codes (
    queue_id uuid not null,
    wrapup_code text not null,
    valid_from timestamptz not null,
    valid_to timestamptz,
    deleted_at timestamptz,
    content_hash uuid not null,
    extra jsonb,
    primary key (queue_id, wrapup_code, valid_from)
);
create unique index queue_wrapup_codes_current_idx on genesys.queue_wrapup_codes (queue_id, wrapup_code) where valid_to is null;

comment on table genesys.skills is 'ACD skills with history of name and state; the current row has no valid_to.';
comment on table genesys.languages is 'ACD languages with history of name and state; the current row has no valid_to.';
comment on table genesys.presences is 'Presence definitions with history of name and system presence, deactivated ones included; the current row has no valid_to. Statuses refer to them by organization_presence_id.';
comment on table genesys.teams is 'Teams with history of name and division; the current row has no valid_to.';
comment on table genesys.groups is 'Groups with history of name and state; the current row has no valid_to.';
comment on table genesys.flows is 'Architect flows with history of name, division and type, deleted ones included; the current row has no valid_to.';
comment on table genesys.flow_outcome_definitions is 'Flow outcomes as they are defined, with history of name and division; the current row has no valid_to. genesys.flow_outcomes holds those that conversations reached.';
comment on table genesys.locations is 'Locations with history of name and state; the current row has no valid_to.';
comment on table genesys.campaigns is 'Outbound campaigns with history of name, division, queue and contact list; the current row has no valid_to.';
comment on table genesys.contact_lists is 'Outbound contact lists with history of name and division; the current row has no valid_to.';
comment on table genesys.evaluation_forms is 'Evaluation forms, each published version a form of its own, with history; versions of one form share context_id.';
comment on table genesys.survey_forms is 'Survey forms, each published version a form of its own, with history; versions of one form share context_id.';
comment on table genesys.queue_members is 'Who is a member of which queue, one row per queue and user; deleted_at: when the user was first missing from the queue. Listed once a day.';
comment on table genesys.queue_wrapup_codes is 'Which wrap-up codes a queue offers, one row per queue and code; deleted_at: when the code was first missing from the queue. Listed once a day.';
comment on column genesys.presences.system_presence is 'The system presence that this definition counts as: AVAILABLE, BREAK, ON_QUEUE …';
comment on column genesys.presences.name is 'The English label, else the first.';
comment on column genesys.queue_members.is_joined is 'Whether the member takes work from the queue at present.';
comment on column genesys.queue_members.member_by is 'user or group.';
