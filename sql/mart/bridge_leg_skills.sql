-- One row per stay in a queue × requested routing skill.
create view mart.bridge_leg_skills as
with
final as (
    select
        genesys.session_key(facts.conversation_id, facts.participant_no, facts.session_no) as leg_key,
        facts.conversation_id,
        facts.skill_id,

        facts.conversation_start as conversation_started_at,
        genesys.local_day(facts.started_at) as day
    from genesys.leg_skill_facts as facts
    where {{division_check(facts, division_ids)}}
)

select * from final;

comment on view mart.bridge_leg_skills is 'One row per stay in a queue and routing skill that it asked for: links fct_queue_legs and dim_skills. Source: conversation details, requestedRoutingSkillIds.';
comment on column mart.bridge_leg_skills.leg_key is 'Stay in the queue, as in fct_queue_legs; with skill_id the key of this relation.';
comment on column mart.bridge_leg_skills.conversation_id is 'Conversation. Details conversationId.';
comment on column mart.bridge_leg_skills.skill_id is 'Skill that was asked for. See dim_skills.';
comment on column mart.bridge_leg_skills.conversation_started_at is 'Start of the conversation, instant, shown in the zone of your session. Filters on it reach the partitions.';
comment on column mart.bridge_leg_skills.day is 'Day of fct_queue_legs: the day in the reporting time zone on which the stay began. Filter on it beside the day of the facts, so that the skills of other days are not read.';
