-- One row per stay in a queue × requested routing skill.
create view mart.bridge_leg_skills as
with
requested as (
    select distinct
        segments.conversation_start,
        segments.conversation_id,
        segments.participant_no,
        segments.session_no,
        lower(skill.skill_id) as skill_id
    from genesys.segments as segments
    cross join unnest(segments.requested_routing_skill_ids) as skill (skill_id)
    inner join genesys.session_facts as facts
        on facts.conversation_start = segments.conversation_start
        and facts.conversation_id = segments.conversation_id
        and facts.participant_no = segments.participant_no
        and facts.session_no = segments.session_no
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
