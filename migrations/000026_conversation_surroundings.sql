-- What a conversation's row says of its sessions and of its record, written with it: looked up column by column it took most of the time
-- of a day of mart.fct_conversations. And the divisions of the record beside every session, so that a role that sees some divisions only
-- need not look them up row by row; null where the row was stored before, then they are looked up.
alter table genesys.conversation_facts
    add column first_user_id uuid,
    add column last_user_id uuid,
    add column message_type text,
    add column handled_at timestamptz,
    add column wait_ms bigint,
    add column division_ids text[],
    add column min_mos double precision,
    add column self_served boolean;

comment on column genesys.conversation_facts.first_user_id is 'User of the agent session that started first; ties by position.';
comment on column genesys.conversation_facts.last_user_id is 'User of the agent session that started last; ties by position.';
comment on column genesys.conversation_facts.message_type is 'Message type of its sessions, the last in alphabetical order where there are several.';
comment on column genesys.conversation_facts.handled_at is 'Last emission of tHandle by an agent session: the instant at which Genesys counts its handling.';
comment on column genesys.conversation_facts.wait_ms is 'Waits of its stays in queues, each until answer, abandon or flow-out, else its time in the queue.';
comment on column genesys.conversation_facts.division_ids is 'Divisions of the record, as in genesys.conversations.';
comment on column genesys.conversation_facts.min_mos is 'mediaStatsMinConversationMos of the record.';
comment on column genesys.conversation_facts.self_served is 'selfServed of the record.';

alter table genesys.session_facts add column division_ids text[];
comment on column genesys.session_facts.division_ids is 'Divisions of the conversation''s record, the same on each of its rows; null where it names none or where the row was stored by a version before this column.';

-- Handlings of more than four hours, which carry a mean: few, and looked for among all.
create index handling_facts_long_idx on genesys.handling_facts (handled_at) where handle_ms > 14400000;

comment on column mart.dim_dates.day_start_at is 'First instant of the day, shown in the zone of your session.';
comment on column mart.dim_dates.day_end_at is 'First instant of the next day, shown in the zone of your session.';

-- dim_wrapup_codes goes from one pair of codes to the next.
create index session_facts_codes_idx on genesys.session_facts (last_wrapup_code, last_real_wrapup_code)
where last_wrapup_code is not null;
