-- Days and campaigns whose dial attempts differ between the report and the facts.
with
facts as (
    select
        facts.day,
        facts.campaign_id,
        facts.media_type,
        count(*) as dial_count,
        coalesce(sum(facts.connected_count), 0) as connected_count
    from mart.fct_dial_attempts as facts
    where facts.is_complete
    group by
        facts.day,
        facts.campaign_id,
        facts.media_type
)
select
    coalesce(days.day, facts.day) as day,
    coalesce(days.campaign_id, facts.campaign_id) as campaign_id
from mart.rpt_campaign_days as days
full join facts
    on facts.day = days.day
    and facts.campaign_id is not distinct from days.campaign_id
    and facts.media_type is not distinct from days.media_type
where
    coalesce(days.dial_count, 0) <> coalesce(facts.dial_count, 0)
    or coalesce(days.connected_count, 0) <> coalesce(facts.connected_count, 0)
