-- One row per stay in a queue × requested routing skill.
create view mart.bridge_leg_skills as
with
-- Segment by segment, and a skill at the first segment of a stay that asks for it, so that a preview need not sort everything.
asked as (
    select
        segments.conversation_start,
        segments.conversation_id,
        segments.participant_no,
        segments.session_no,
        segments.segment_no,
        skills.skill_id
    from genesys.segments as segments
    cross join lateral (
        select distinct lower(skill.skill_id) as skill_id
        from unnest(segments.requested_routing_skill_ids) as skill (skill_id)
    ) as skills
    where segments.requested_routing_skill_ids is not null
),

requested as (
    select asked.*
    from asked
    cross join lateral (
        select facts.is_queue_leg
        from genesys.session_facts as facts
        where
            facts.conversation_start = asked.conversation_start
            and facts.conversation_id = asked.conversation_id
            and facts.participant_no = asked.participant_no
            and facts.session_no = asked.session_no
        limit 1
    ) as stays
    cross join lateral (
        select min(earlier.segment_no) as segment_no
        from genesys.segments as earlier
        cross join lateral unnest(earlier.requested_routing_skill_ids) as skill (skill_id)
        where
            earlier.conversation_start = asked.conversation_start
            and earlier.conversation_id = asked.conversation_id
            and earlier.participant_no = asked.participant_no
            and earlier.session_no = asked.session_no
            and lower(skill.skill_id) = asked.skill_id
    ) as firsts
    where
        stays.is_queue_leg
        and firsts.segment_no = asked.segment_no
),

final as (
    select
        genesys.session_key(requested.conversation_id, requested.participant_no, requested.session_no) as leg_key,
        requested.conversation_id,
        genesys.json_uuid(to_jsonb(requested.skill_id)) as skill_id,

        requested.conversation_start as conversation_started_at
    from requested
    where genesys.json_uuid(to_jsonb(requested.skill_id)) is not null
)

select * from final;

comment on view mart.bridge_leg_skills is 'One row per stay in a queue and routing skill that it asked for: links fct_queue_legs and dim_skills. Source: conversation details, requestedRoutingSkillIds.';
comment on column mart.bridge_leg_skills.leg_key is 'Stay in the queue, as in fct_queue_legs; with skill_id the key of this relation.';
comment on column mart.bridge_leg_skills.conversation_id is 'Conversation. Details conversationId.';
comment on column mart.bridge_leg_skills.skill_id is 'Skill that was asked for. See dim_skills.';
comment on column mart.bridge_leg_skills.conversation_started_at is 'Start of the conversation, instant, shown in the zone of your session. Filters on it reach the partitions.';
