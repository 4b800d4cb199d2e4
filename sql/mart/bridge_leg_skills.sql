-- One row per stay in a queue × requested routing skill.
create view mart.bridge_leg_skills as
with
-- Stay by stay, so that a preview need not sort everything.
requested as (
    select
        facts.conversation_start,
        facts.conversation_id,
        facts.participant_no,
        facts.session_no,
        skills.skill_id
    from genesys.session_facts as facts
    cross join lateral (
        select distinct lower(skill.skill_id) as skill_id
        from genesys.segments as segments
        cross join unnest(segments.requested_routing_skill_ids) as skill (skill_id)
        where
            segments.conversation_start = facts.conversation_start
            and segments.conversation_id = facts.conversation_id
            and segments.participant_no = facts.participant_no
            and segments.session_no = facts.session_no
    ) as skills
    where facts.is_queue_leg
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
comment on column mart.bridge_leg_skills.conversation_started_at is 'Start of the conversation, UTC instant. Filters on it reach the partitions.';
