-- Who ends the calls, by purpose of the participant.
select
    segments.purpose,
    segments.disconnect_type,
    count(*) as segment_count,
    count(distinct segments.conversation_id) as conversation_count
from mart.fct_segments as segments
where segments.day >= :from_day and segments.day < :to_day and segments.media_type = 'voice' and segments.segment_type = 'interact'
group by segments.purpose, segments.disconnect_type
order by segments.purpose, segments.disconnect_type
