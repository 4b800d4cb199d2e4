-- One row per check × day × queue × media type, or × name.
create view mart.ops_quality as
with
days as (
    select * from mart.rpt_queue_days
),

rates as (
    select
        'rate_above_one' as check_name,
        'Contacts offered the day before were answered or lost on this day: each counts when it is complete.' as meaning,
        days.queue_id,
        days.queue_name,
        days.media_type,
        greatest(days.answer_rate, days.abandon_rate) as figure,
        days.day
    from days
    where days.answer_rate > 1 or days.abandon_rate > 1
),

unoffered as (
    select
        'answered_without_offer' as check_name,
        'Contacts were answered that were offered on earlier days; the answer rate of the day is null.' as meaning,
        days.queue_id,
        days.queue_name,
        days.media_type,
        days.answered_count::numeric as figure,
        days.day
    from days
    where
        days.offered_count = 0
        and days.answered_count > 0
),

-- As is_outlier in fct_agent_sessions.
outliers as (
    select
        'handle_time_outlier' as check_name,
        'Handlings of more than four hours carry the mean of the day: look at the median in rpt_wait_times, or leave is_outlier out.' as meaning,
        handlings.queue_id,
        (
            select queues.name
            from genesys.queues as queues
            where
                queues.queue_id = handlings.queue_id
                and queues.valid_to is null
        ) as queue_name,
        handlings.media_type,
        count(*)::numeric as figure,
        genesys.local_day(handlings.handled_at) as day
    from genesys.handling_facts as handlings
    where handlings.handle_ms > 14400000
    group by
        handlings.queue_id,
        handlings.media_type,
        genesys.local_day(handlings.handled_at)
),

empty_days as (
    select
        'empty_day' as check_name,
        'No conversation began on this day, though all of it was pulled: closed, or the client may not see them.' as meaning,
        null::uuid as queue_id,
        null as queue_name,
        null as media_type,
        0::numeric as figure,
        days.day
    from genesys.int_days as days
    where
        days.is_complete
        and not exists (
            select
            from genesys.conversation_facts as conversations
            where
                conversations.conversation_start >= days.start_at
                and conversations.conversation_start < days.end_at
        )
),

names as (
    select
        'user_name_twice' as check_name,
        'Several users have the name ' || users.user_name || ': group by user_id.' as meaning,
        null::uuid as queue_id,
        null as queue_name,
        null as media_type,
        count(*)::numeric as figure,
        null::date as day
    from mart.dim_users as users
    where not users.is_deleted
    group by users.user_name
    having count(*) > 1
),

final as (
    select
        rates.queue_id,

        rates.check_name,
        rates.meaning,
        rates.queue_name,
        rates.media_type,

        rates.figure,

        rates.day
    from (
        select * from rates
        union all
        select * from unoffered
        union all
        select * from outliers
        union all
        select * from empty_days
        union all
        select * from names
    ) as rates
)

select * from final;

comment on view mart.ops_quality is 'One row per figure that is correct but looks wrong, or that should be checked: rates above one, answers without offers, handlings of many hours, days without conversations, names that occur twice. Source: reports, facts and dimensions of mart.';
comment on column mart.ops_quality.queue_id is 'Queue; null where the check is about none. See dim_queues.';
comment on column mart.ops_quality.check_name is 'rate_above_one, answered_without_offer, handle_time_outlier, empty_day or user_name_twice.';
comment on column mart.ops_quality.meaning is 'Why it is so, or what to do, one sentence.';
comment on column mart.ops_quality.queue_name is 'Name of the queue on that day.';
comment on column mart.ops_quality.media_type is 'Medium; null where the check is about none.';
comment on column mart.ops_quality.figure is 'The rate, the count of answers or of handlings, 0 for an empty day, or how many users have the name.';
comment on column mart.ops_quality.day is 'Day in the reporting time zone; null where the check is about none. See dim_dates.';
