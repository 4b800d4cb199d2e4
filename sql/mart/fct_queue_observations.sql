-- One row per sample × queue × media type: what a queue showed at one instant.
create view mart.fct_queue_observations as
with
samples as (
    select * from genesys.queue_observations
),

-- Counts of users come without a media type; they are repeated on none of the media rows, so that sums over media stay right.
summed as (
    select
        samples.interval_start,
        max(samples.observed_at) as observed_at,
        samples.queue_id,
        coalesce(samples.media_type, 'all') as media_type,
        sum(samples.count) filter (where samples.metric = 'oWaiting')::bigint as waiting_count,
        sum(samples.count) filter (where samples.metric = 'oInteracting')::bigint as interacting_count,
        sum(samples.count) filter (where samples.metric = 'oAlerting')::bigint as alerting_count,
        sum(samples.count) filter (where samples.metric = 'oMemberUsers')::bigint as member_count,
        sum(samples.count) filter (where samples.metric = 'oActiveUsers')::bigint as active_user_count,
        sum(samples.count) filter (where samples.metric = 'oOnQueueUsers')::bigint as on_queue_user_count,
        sum(samples.count) filter (where samples.metric = 'oOffQueueUsers')::bigint as off_queue_user_count,
        min(samples.calculated_metric_value) filter (where samples.metric = 'oLongestWaiting' and samples.calculated_metric_value > 0) as waiting_since_ms,
        min(samples.calculated_metric_value) filter (where samples.metric = 'oLongestInteracting' and samples.calculated_metric_value > 0) as interacting_since_ms
    from samples
    group by
        samples.interval_start,
        samples.queue_id,
        coalesce(samples.media_type, 'all')
),

final as (
    select
        summed.queue_id,

        queues.queue_name,
        summed.media_type,

        genesys.minute_of_day(summed.interval_start) as minute_of_day,
        summed.waiting_count,
        summed.interacting_count,
        summed.alerting_count,
        summed.member_count,
        summed.active_user_count,
        summed.on_queue_user_count,
        summed.off_queue_user_count,
        round(extract(epoch from summed.observed_at) - summed.waiting_since_ms * 0.001, 3) as longest_wait_seconds,
        round(extract(epoch from summed.observed_at) - summed.interacting_since_ms * 0.001, 3) as longest_interaction_seconds,

        genesys.local_day(summed.interval_start) as day,
        summed.observed_at,
        summed.observed_at at time zone {{time_zone}} as observed_local,
        summed.interval_start as sample_start_at,
        to_timestamp(summed.waiting_since_ms * 0.001) as longest_waiting_since_at,
        to_timestamp(summed.interacting_since_ms * 0.001) as longest_interacting_since_at
    from summed
    left join mart.dim_queues as queues on queues.queue_id = summed.queue_id
)

select * from final;

comment on view mart.fct_queue_observations is 'One row per sample × queue × media type: what the queue showed at one instant, every five minutes, kept for 31 days. Counts of users are on the rows with media_type all. Empty unless the stream queue_observations is switched on (GENESYS_WAREHOUSE_STREAMS=+queue_observations). Source: queue observations (genesys.queue_observations).';
comment on column mart.fct_queue_observations.queue_id is 'Queue. With sample_start_at and media_type the key of this relation. See dim_queues.';
comment on column mart.fct_queue_observations.queue_name is 'Current name of the queue. Source: the directory.';
comment on column mart.fct_queue_observations.media_type is 'voice, callback, message, …; all for figures that belong to the queue and not to a media type.';
comment on column mart.fct_queue_observations.minute_of_day is 'Minutes from midnight, in the reporting time zone, to the quarter of an hour of the sample: 0, 15, … 1425. See dim_intervals.';
comment on column mart.fct_queue_observations.waiting_count is 'Contacts waiting in the queue. oWaiting. At the instant of the sample; null where the sample has no such figure. Not additive over time.';
comment on column mart.fct_queue_observations.interacting_count is 'Contacts connected to an agent. oInteracting. At the instant of the sample; null where the sample has no such figure. Not additive over time.';
comment on column mart.fct_queue_observations.alerting_count is 'Contacts alerting an agent. oAlerting. At the instant of the sample; null where the sample has no such figure. Not additive over time.';
comment on column mart.fct_queue_observations.member_count is 'Members of the queue. oMemberUsers. At the instant of the sample; null where the sample has no such figure. Not additive over time.';
comment on column mart.fct_queue_observations.active_user_count is 'Members who are active in the queue. oActiveUsers. At the instant of the sample; null where the sample has no such figure. Not additive over time.';
comment on column mart.fct_queue_observations.on_queue_user_count is 'Members on queue, in any routing status. oOnQueueUsers. At the instant of the sample; null where the sample has no such figure. Not additive over time.';
comment on column mart.fct_queue_observations.off_queue_user_count is 'Members who are logged in and not on queue. oOffQueueUsers. At the instant of the sample; null where the sample has no such figure. Not additive over time.';
comment on column mart.fct_queue_observations.longest_wait_seconds is 'Wait of the contact that waited longest, in seconds; null where nobody waited. oLongestWaiting.';
comment on column mart.fct_queue_observations.longest_interaction_seconds is 'Length of the longest interaction at that instant, in seconds; null without any. oLongestInteracting.';
comment on column mart.fct_queue_observations.day is 'Day in the reporting time zone. See dim_dates.';
comment on column mart.fct_queue_observations.observed_at is 'When the sample was taken, instant, shown in the zone of your session.';
comment on column mart.fct_queue_observations.observed_local is 'observed_at in the reporting time zone.';
comment on column mart.fct_queue_observations.sample_start_at is 'Start of the five minutes that the sample is for, instant, shown in the zone of your session. Filters on it use an index.';
comment on column mart.fct_queue_observations.longest_waiting_since_at is 'Since when the contact that waited longest had been waiting, instant, shown in the zone of your session.';
comment on column mart.fct_queue_observations.longest_interacting_since_at is 'Since when the longest interaction had been running, instant, shown in the zone of your session.';
