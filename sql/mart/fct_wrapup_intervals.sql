-- One row per interval × wrap-up code × queue × user × media type: what was handled with the code.
create view mart.fct_wrapup_intervals as
with
summed as (
    select
        metrics.interval_start,
        max(metrics.interval_end) as interval_end,
        metrics.wrap_up_code as wrapup_code,
        metrics.queue_id,
        metrics.user_id,
        coalesce(metrics.media_type, 'unknown') as media_type,
        coalesce(sum(metrics.count) filter (where metrics.metric = 'tHandle'), 0)::bigint as handled_count,
        coalesce(sum(metrics.count) filter (where metrics.metric = 'nTransferred'), 0)::bigint as transferred_count,
        coalesce(sum(metrics.count) filter (where metrics.metric = 'tTalkComplete'), 0)::bigint as talk_count,
        coalesce(sum(metrics.count) filter (where metrics.metric = 'tHeldComplete'), 0)::bigint as hold_count,
        coalesce(sum(metrics.count) filter (where metrics.metric = 'tAcw'), 0)::bigint as acw_count,
        coalesce(sum(metrics.sum) filter (where metrics.metric = 'tHandle'), 0) * 0.001 as handle_seconds,
        coalesce(sum(metrics.sum) filter (where metrics.metric = 'tTalkComplete'), 0) * 0.001 as talk_seconds,
        coalesce(sum(metrics.sum) filter (where metrics.metric = 'tHeldComplete'), 0) * 0.001 as hold_seconds,
        coalesce(sum(metrics.sum) filter (where metrics.metric = 'tAcw'), 0) * 0.001 as acw_seconds
    from genesys.wrapup_aggregates as metrics
    where metrics.metric in ('tHandle', 'nTransferred', 'tTalkComplete', 'tHeldComplete', 'tAcw')
    group by
        metrics.interval_start,
        metrics.wrap_up_code,
        metrics.queue_id,
        metrics.user_id,
        coalesce(metrics.media_type, 'unknown')
),

final as (
    select
        summed.queue_id,
        summed.user_id,

        summed.wrapup_code,
        coalesce(
            codes.wrapup_name,
            case
                when summed.wrapup_code like 'ININ-%'
                    then initcap(replace(substr(summed.wrapup_code, length('ININ-') + 1), '-', ' '))
                else summed.wrapup_code
            end
        ) as wrapup_name,
        queues.queue_name,
        users.user_name,
        summed.media_type,

        (
            extract(hour from summed.interval_start at time zone {{time_zone}}) * 60
            + extract(minute from summed.interval_start at time zone {{time_zone}})
        )::integer as minute_of_day,
        summed.handled_count,
        summed.transferred_count,
        summed.talk_count,
        summed.hold_count,
        summed.acw_count,
        summed.handle_seconds,
        summed.talk_seconds,
        summed.hold_seconds,
        summed.acw_seconds,
        round(summed.handle_seconds / nullif(summed.handled_count, 0), 3) as average_handle_seconds,
        round(summed.talk_seconds / nullif(summed.talk_count, 0), 3) as average_talk_seconds,
        round(summed.hold_seconds / nullif(summed.hold_count, 0), 3) as average_hold_seconds,
        round(summed.acw_seconds / nullif(summed.acw_count, 0), 3) as average_acw_seconds,

        summed.wrapup_code is not null and summed.wrapup_code not like 'ININ-%' as is_coded,
        finals.from_at is not null as is_final,

        (summed.interval_start at time zone {{time_zone}})::date as day,
        summed.interval_start as interval_start_at,
        summed.interval_start at time zone {{time_zone}} as interval_start_local,
        summed.interval_end as interval_end_at,
        summed.interval_end at time zone {{time_zone}} as interval_end_local
    from summed
    left join genesys.int_wrapup_code_names as codes
        on codes.wrapup_code = summed.wrapup_code
        and codes.from_at <= summed.interval_start
        and codes.to_at > summed.interval_start
    left join genesys.int_queue_names as queues
        on queues.queue_id = summed.queue_id
        and queues.from_at <= summed.interval_start
        and queues.to_at > summed.interval_start
    left join genesys.int_user_names as users
        on users.user_id = summed.user_id
        and users.from_at <= summed.interval_start
        and users.to_at > summed.interval_start
    left join genesys.int_final_ranges as finals
        on finals.stream = 'wrapup_aggregates'
        and finals.from_at <= summed.interval_start
        and finals.to_at >= summed.interval_end
)

select * from final;

comment on view mart.fct_wrapup_intervals is 'One row per interval × wrap-up code × queue × user × media type: what was handled with the code, or without one. What has several codes is told under each of them, so only sums over one code are exact. Source: conversation aggregates by wrap-up code (genesys.wrapup_aggregates).';
comment on column mart.fct_wrapup_intervals.queue_id is 'Queue; null outside queues. See dim_queues.';
comment on column mart.fct_wrapup_intervals.user_id is 'Agent. See dim_users.';
comment on column mart.fct_wrapup_intervals.wrapup_code is 'Wrap-up code, or one of the platform (ININ-…); null where there was none. With interval, queue, user and media type the key of this relation. See dim_wrapup_codes.';
comment on column mart.fct_wrapup_intervals.wrapup_name is 'Name of the code at the start of the interval, or the earliest known; of the platform''s own codes words made of the code. Source: history of the directory.';
comment on column mart.fct_wrapup_intervals.queue_name is 'Name of the queue at the start of the interval, or the earliest known. Source: history of the directory.';
comment on column mart.fct_wrapup_intervals.user_name is 'Name of the user at the start of the interval, or the earliest known. Source: history of the directory.';
comment on column mart.fct_wrapup_intervals.media_type is 'voice, callback, message, email, chat, …; unknown where Genesys tells none. Aggregates mediaType.';
comment on column mart.fct_wrapup_intervals.minute_of_day is 'Minutes from midnight to interval_start_local on the clock, 0 to 1439. See dim_intervals.';
comment on column mart.fct_wrapup_intervals.handled_count is 'Handlings that were completed with this code. Count of tHandle.';
comment on column mart.fct_wrapup_intervals.transferred_count is 'Transfers. Count of nTransferred.';
comment on column mart.fct_wrapup_intervals.talk_count is 'Handlings with talk: the divisor of average_talk_seconds. Count of tTalkComplete.';
comment on column mart.fct_wrapup_intervals.hold_count is 'Handlings with hold: the divisor of average_hold_seconds. Count of tHeldComplete.';
comment on column mart.fct_wrapup_intervals.acw_count is 'Handlings with after-call work: the divisor of average_acw_seconds. Count of tAcw.';
comment on column mart.fct_wrapup_intervals.handle_seconds is 'Handle time in seconds: talk, hold, after-call work, dialing and contacting. Sum of tHandle.';
comment on column mart.fct_wrapup_intervals.talk_seconds is 'Talk time in seconds. Sum of tTalkComplete.';
comment on column mart.fct_wrapup_intervals.hold_seconds is 'Hold time in seconds. Sum of tHeldComplete.';
comment on column mart.fct_wrapup_intervals.acw_seconds is 'After-call work in seconds. Sum of tAcw.';
comment on column mart.fct_wrapup_intervals.average_handle_seconds is 'handle_seconds / handled_count; null where nothing was handled.';
comment on column mart.fct_wrapup_intervals.average_talk_seconds is 'talk_seconds / talk_count: only handlings with talk; null without.';
comment on column mart.fct_wrapup_intervals.average_hold_seconds is 'hold_seconds / hold_count: only handlings with hold; null without.';
comment on column mart.fct_wrapup_intervals.average_acw_seconds is 'acw_seconds / acw_count: only handlings with after-call work; null without.';
comment on column mart.fct_wrapup_intervals.is_coded is 'True where a person or a rule of the organisation chose the code: it is there and not one of the platform (ININ-…).';
comment on column mart.fct_wrapup_intervals.is_final is 'True where no further pull of the wrap-up aggregates is owed for the interval. Source: the ledger of slices.';
comment on column mart.fct_wrapup_intervals.day is 'Day in the reporting time zone in which the interval starts. A filter on it reads everything: filter large ranges on interval_start_at.';
comment on column mart.fct_wrapup_intervals.interval_start_at is 'Start of the interval, UTC instant. Filters on it reach an index.';
comment on column mart.fct_wrapup_intervals.interval_start_local is 'interval_start_at in the reporting time zone. When clocks go back, two intervals have the same.';
comment on column mart.fct_wrapup_intervals.interval_end_at is 'End of the interval, exclusive, UTC instant.';
comment on column mart.fct_wrapup_intervals.interval_end_local is 'interval_end_at in the reporting time zone.';
