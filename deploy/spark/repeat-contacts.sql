-- Contacts that come back within a day or a week. As mart.fct_repeat_contacts, whose rows follow from those of fct_conversations.
with contacts as (
    select
        day,
        originating_direction,
        is_complete,
        started_at,
        lag(started_at) over (partition by customer_key order by started_at, conversation_id) as previous_started_at
    from mart.fct_conversations
    where customer_key is not null
)

select
    day,
    count(*) as contact_count,
    sum(case when started_at <= previous_started_at + interval '24' hour then 1 else 0 end) as within_1_day_count,
    sum(case when started_at <= previous_started_at + interval '168' hour then 1 else 0 end) as within_7_days_count
from contacts
where day >= :from_day and day < :to_day and originating_direction = 'inbound' and is_complete
group by day
order by day
