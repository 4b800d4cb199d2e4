-- Which routing skills a stay in a queue asked for, written with it: found in the segments at query time, the skills of a week cost as much
-- as those of all history. `migrate` fills the table from what is stored already.
create table genesys.leg_skill_facts (
    conversation_start timestamptz not null,
    conversation_id uuid not null,
    participant_no smallint not null,
    session_no smallint not null,
    skill_no smallint not null,
    started_at timestamptz not null,
    skill_id uuid not null,
    division_ids text[],
    primary key (conversation_start, conversation_id, participant_no, session_no, skill_no)
) partition by range (conversation_start);

comment on table genesys.leg_skill_facts is 'Derived, one row per stay in a queue and routing skill that it asked for. Source: segments.requested_routing_skill_ids.';
comment on column genesys.leg_skill_facts.skill_no is 'From 1, in the order in which the segments of the stay asked for them.';
comment on column genesys.leg_skill_facts.started_at is 'Start of the stay, as in session_facts.';
comment on column genesys.leg_skill_facts.division_ids is 'Divisions of the conversation''s record, as in session_facts.';
