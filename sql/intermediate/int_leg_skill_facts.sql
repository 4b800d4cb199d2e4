-- One row per stay in a queue × requested routing skill, from the raw tables: what genesys.leg_skill_facts must hold.
create view genesys.int_leg_skill_facts as
with
asked as (
    select
        segments.conversation_start,
        segments.conversation_id,
        segments.participant_no,
        segments.session_no,
        segments.segment_no,
        skill.position,
        lower(skill.skill_id) as skill_id
    from genesys.segments as segments
    cross join lateral unnest(segments.requested_routing_skill_ids) with ordinality as skill (skill_id, position)
    where
        segments.requested_routing_skill_ids is not null
        and skill.skill_id ~* '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$'
),

-- A skill counts once, where the stay asks for it first.
firsts as (
    select distinct on (conversation_start, conversation_id, participant_no, session_no, skill_id) *
    from asked
    order by conversation_start, conversation_id, participant_no, session_no, skill_id, segment_no, position
),

numbered as (
    select
        firsts.*,
        row_number() over (
            partition by conversation_start, conversation_id, participant_no, session_no
            order by segment_no, position
        ) as skill_no
    from firsts
),

final as (
    select
        legs.conversation_start,
        legs.conversation_id,
        legs.participant_no,
        legs.session_no,
        numbered.skill_no::smallint as skill_no,
        legs.started_at,
        numbered.skill_id::uuid as skill_id,
        legs.division_ids
    from numbered
    inner join genesys.session_facts as legs
        on legs.conversation_start = numbered.conversation_start
        and legs.conversation_id = numbered.conversation_id
        and legs.participant_no = numbered.participant_no
        and legs.session_no = numbered.session_no
    where
        legs.is_queue_leg
        and numbered.skill_no <= 32767
)

select * from final;

comment on view genesys.int_leg_skill_facts is 'One row per stay in a queue and routing skill that it asked for. The plain definition of genesys.leg_skill_facts, which the loader writes: a test compares the two, and rebuild-facts fills the table from it.';
