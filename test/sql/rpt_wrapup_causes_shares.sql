-- Cells of the report whose shares do not add up to 1, or whose examples are none or more than five.
select
    causes.day,
    causes.queue_id,
    causes.media_type,
    sum(causes.share_rate) as share_rate,
    max(cardinality(string_to_array(causes.examples, ', '))) as example_count
from mart.rpt_wrapup_causes as causes
group by
    causes.day,
    causes.queue_id,
    causes.media_type
having
    abs(sum(causes.share_rate) - 1) > 0.0001
    or not bool_and(cardinality(string_to_array(causes.examples, ', ')) between 1 and 5)
