-- What the reports over months read: narrow rows written by the loader beside the raw ones, in the same transaction. `migrate` fills these
-- tables from what is stored already, and rebuild-facts does so again.

-- sum(bigint) is a numeric, at several times the cost; a sum of milliseconds or counts that does not fit into a bigint is an error anyway.
create aggregate genesys.sum_bigint(bigint) (sfunc = int8pl, stype = bigint, combinefunc = int8pl, parallel = safe);

create table genesys.conversation_facts (
    conversation_start timestamptz not null,
    conversation_id uuid not null,
    conversation_end timestamptz,
    agent_session_count bigint,
    session_count bigint,
    queue_leg_count bigint,
    handled_count bigint,
    coded_count bigint,
    transferred_count bigint,
    handle_ms bigint,
    talk_ms bigint,
    held_ms bigint,
    acw_ms bigint,
    ivr_ms bigint,
    acd_ms bigint,
    first_queue_id uuid,
    last_queue_id uuid,
    is_open boolean,
    is_abandoned boolean,
    media_type text,
    media_types text,
    originating_direction text,
    wrapup_cause text,
    primary key (conversation_start, conversation_id)
) partition by range (conversation_start);

comment on table genesys.conversation_facts is 'Derived, one row per conversation: sums over its sessions and, where no agent took part, why it has no wrap-up code. Source: session_facts.';
comment on column genesys.conversation_facts.is_open is 'No end yet, or an agent session with a segment without one.';
comment on column genesys.conversation_facts.wrapup_cause is 'Only where no agent took part. See mart.dim_wrapup_causes.';

create table genesys.handling_facts (
    conversation_start timestamptz not null,
    conversation_id uuid not null,
    participant_no smallint not null,
    session_no smallint not null,
    started_at timestamptz,
    handled_at timestamptz,
    handle_ms bigint,
    talk_ms bigint,
    held_ms bigint,
    acw_ms bigint,
    dialing_ms bigint,
    contacting_ms bigint,
    transferred_count bigint,
    handle_count integer,
    talk_count integer,
    held_count integer,
    acw_count integer,
    user_id uuid,
    queue_id uuid,
    media_type text,
    wrapup_code text,
    wrapup_cause text,
    primary key (conversation_start, conversation_id, participant_no, session_no)
) partition by range (conversation_start);

comment on table genesys.handling_facts is 'Derived, one narrow row per agent session: a copy of what reports over months read of session_facts, which is four times as wide.';
comment on column genesys.handling_facts.wrapup_code is 'Last code on a segment that is not a system code.';
comment on column genesys.handling_facts.wrapup_cause is 'Why there is no such code, as far as the record tells: the directory may know better of digital_no_code and unexplained.';

create index conversation_facts_agentless_idx on genesys.conversation_facts (conversation_start) where agent_session_count = 0;
create index handling_facts_started_idx on genesys.handling_facts (started_at);
create index handling_facts_handled_idx on genesys.handling_facts (handled_at) where handled_at is not null;
-- What it was for is read from conversation_facts.
drop index genesys.session_facts_agentless_idx;

-- Sums of interval facts by local day of the reporting zone, written with each pull for the days that it touches. Figures that no metric
-- told are null.
create table genesys.queue_day_sums (
    day date not null,
    queue_id uuid,
    media_type text not null,
    last_interval_end timestamptz not null,
    offered_count bigint,
    answered_count bigint,
    abandoned_count bigint,
    short_abandoned_count bigint,
    flow_out_count bigint,
    handled_count bigint,
    transferred_count bigint,
    over_sla_count bigint,
    talk_count bigint,
    hold_count bigint,
    acw_count bigint,
    handle_ms bigint,
    talk_ms bigint,
    hold_ms bigint,
    acw_ms bigint,
    answer_ms bigint,
    abandon_ms bigint,
    wait_ms bigint,
    service_level_numerator bigint,
    service_level_denominator bigint
);
create unique index queue_day_sums_key on genesys.queue_day_sums (
    day,
    coalesce(queue_id, '00000000-0000-0000-0000-000000000000'::uuid),
    media_type collate "C"
);

create table genesys.agent_handling_day_sums (
    day date not null,
    user_id uuid not null,
    last_interval_end timestamptz not null,
    answered_count bigint,
    abandoned_count bigint,
    alert_count bigint,
    not_responding_count bigint,
    handled_count bigint,
    transferred_count bigint,
    over_sla_count bigint,
    outbound_count bigint,
    talk_count bigint,
    hold_count bigint,
    acw_count bigint,
    handle_ms bigint,
    talk_ms bigint,
    hold_ms bigint,
    acw_ms bigint,
    answer_ms bigint,
    alert_ms bigint,
    primary key (day, user_id)
);

create table genesys.agent_status_day_sums (
    day date not null,
    user_id uuid not null,
    last_interval_end timestamptz not null,
    presence_ms bigint,
    routing_ms bigint,
    logged_in_ms bigint,
    on_queue_ms bigint,
    available_ms bigint,
    busy_ms bigint,
    away_ms bigint,
    break_ms bigint,
    meal_ms bigint,
    meeting_ms bigint,
    training_ms bigint,
    inactive_ms bigint,
    offline_ms bigint,
    interacting_ms bigint,
    communicating_ms bigint,
    idle_ms bigint,
    not_responding_ms bigint,
    off_queue_ms bigint,
    primary key (day, user_id)
);

comment on table genesys.queue_day_sums is 'Derived, one row per local day, queue and media type: sums over genesys.queue_aggregates, directions summed. Times in ms.';
comment on table genesys.agent_handling_day_sums is 'Derived, one row per local day and user: sums over genesys.agent_aggregates. Times in ms.';
comment on table genesys.agent_status_day_sums is 'Derived, one row per local day and user: sums over genesys.user_aggregates. Times in ms.';
comment on column genesys.queue_day_sums.day is 'Day in the reporting time zone in which the intervals start.';
comment on column genesys.agent_handling_day_sums.day is 'Day in the reporting time zone in which the intervals start.';
comment on column genesys.agent_status_day_sums.day is 'Day in the reporting time zone in which the intervals start.';
comment on column genesys.queue_day_sums.last_interval_end is 'End of the last interval of the day: the day is final when the ledger owes nothing until then.';
comment on column genesys.agent_handling_day_sums.last_interval_end is 'End of the last interval of the day: the day is final when the ledger owes nothing until then.';
comment on column genesys.agent_status_day_sums.last_interval_end is 'End of the last interval of the day: the day is final when the ledger owes nothing until then.';
