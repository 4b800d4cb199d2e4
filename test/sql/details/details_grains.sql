-- Keys that occur more than once in a relation of details.
select
    'fct_segments' as relation,
    facts.segment_key as key
from mart.fct_segments as facts
group by 2
having count(*) > 1

union all

select
    'fct_transfers',
    facts.session_key
from mart.fct_transfers as facts
group by 2
having count(*) > 1

union all

select
    'fct_callbacks',
    facts.leg_key
from mart.fct_callbacks as facts
group by 2
having count(*) > 1

union all

select
    'fct_flows',
    facts.session_key
from mart.fct_flows as facts
group by 2
having count(*) > 1

union all

select
    'fct_dial_attempts',
    facts.session_key
from mart.fct_dial_attempts as facts
group by 2
having count(*) > 1

union all

select
    'fct_voice_quality',
    concat_ws(' ', facts.session_key, facts.stat_no)
from mart.fct_voice_quality as facts
group by 2
having count(*) > 1

union all

select
    'fct_resolutions',
    concat_ws(' ', facts.conversation_id, facts.resolution_no)
from mart.fct_resolutions as facts
group by 2
having count(*) > 1

union all

select
    'bridge_leg_skills',
    concat_ws(' ', facts.leg_key, facts.skill_id)
from mart.bridge_leg_skills as facts
group by 2
having count(*) > 1

union all

select
    'bridge_conversation_divisions',
    concat_ws(' ', facts.conversation_id, facts.division_id)
from mart.bridge_conversation_divisions as facts
group by 2
having count(*) > 1
