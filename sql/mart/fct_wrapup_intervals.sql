-- One row per interval × wrap-up code × queue × user × media type: what was handled with the code.
create view mart.fct_wrapup_intervals as
with
summed as (
    select
        sums.interval_start,
        sums.interval_end,
        sums.wrapup_code,
        sums.queue_id,
        sums.user_id,
        sums.media_type,
        coalesce(sums.handled_count, 0) as handled_count,
        coalesce(sums.transferred_count, 0) as transferred_count,
        coalesce(sums.talk_count, 0) as talk_count,
        coalesce(sums.hold_count, 0) as hold_count,
        coalesce(sums.acw_count, 0) as acw_count,
        coalesce(sums.handle_ms, 0) as handle_ms,
        coalesce(sums.talk_ms, 0) as talk_ms,
        coalesce(sums.hold_ms, 0) as hold_ms,
        coalesce(sums.acw_ms, 0) as acw_ms
    from genesys.wrapup_interval_sums as sums
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

        genesys.minute_of_day(summed.interval_start) as minute_of_day,
        genesys.utc_offset_minutes(summed.interval_start) as utc_offset_minutes,
        summed.handled_count,
        summed.transferred_count,
        summed.talk_count,
        summed.hold_count,
        summed.acw_count,
        summed.handle_ms * 0.001 as handle_seconds,
        summed.talk_ms * 0.001 as talk_seconds,
        summed.hold_ms * 0.001 as hold_seconds,
        summed.acw_ms * 0.001 as acw_seconds,
        genesys.average_seconds(summed.handle_ms, summed.handled_count) as average_handle_seconds,
        genesys.average_seconds(summed.talk_ms, summed.talk_count) as average_talk_seconds,
        genesys.average_seconds(summed.hold_ms, summed.hold_count) as average_hold_seconds,
        genesys.average_seconds(summed.acw_ms, summed.acw_count) as average_acw_seconds,

        summed.wrapup_code is not null
        and summed.wrapup_code not like 'ININ-%'
        and (codes.wrapup_code is not null or not exists (select from genesys.wrapup_codes)) as is_coded,
        coalesce(
            summed.interval_start <@ (
                select ranges.ranges
                from genesys.int_complete_ranges as ranges
                where ranges.fact = 'wrapup_aggregates'
            ),
            false
        ) as is_complete,
        coalesce(
            tstzrange(summed.interval_start, summed.interval_end) <@ (
                select ranges.settled
                from genesys.int_pull_ranges as ranges
                where ranges.fact = 'wrapup_aggregates'
            ),
            false
        ) as is_settled,
        coalesce(
            tstzrange(summed.interval_start, summed.interval_end) <@ (
                select ranges.final
                from genesys.int_pull_ranges as ranges
                where ranges.fact = 'wrapup_aggregates'
            ),
            false
        ) as is_final,

        genesys.local_day(summed.interval_start) as day,
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
)

select * from final;

comment on view mart.fct_wrapup_intervals is 'One row per interval × wrap-up code × queue × user × media type: what was handled with the code, or without one. An interaction with several codes counts under each of them, so only sums over one code are exact. Source: conversation aggregates by wrap-up code (genesys.wrapup_aggregates).';
comment on column mart.fct_wrapup_intervals.queue_id is 'Queue; null outside queues. See dim_queues.';
comment on column mart.fct_wrapup_intervals.user_id is 'Agent. See dim_users.';
comment on column mart.fct_wrapup_intervals.wrapup_code is 'Wrap-up code, or one of the platform (ININ-…); null where there was none. With interval, queue, user and media type the key of this relation. See dim_wrapup_codes.';
comment on column mart.fct_wrapup_intervals.wrapup_name is 'Name of the code at the start of the interval, or the earliest known; of the platform''s own codes words made of the code. Source: history of the directory.';
comment on column mart.fct_wrapup_intervals.queue_name is 'Name of the queue at the start of the interval, or the earliest known. Source: history of the directory.';
comment on column mart.fct_wrapup_intervals.user_name is 'Name of the user at the start of the interval, or the earliest known. Source: history of the directory.';
comment on column mart.fct_wrapup_intervals.media_type is 'voice, callback, message, email, chat, …; unknown where Genesys reports none. Aggregates mediaType.';
comment on column mart.fct_wrapup_intervals.minute_of_day is 'Minutes from midnight to interval_start_local on the clock, in steps of a quarter of an hour: 0, 15, … 1425. See dim_intervals.';
comment on column mart.fct_wrapup_intervals.utc_offset_minutes is 'Minutes by which the reporting time zone is ahead of UTC: it distinguishes the intervals that a clock shows twice.';
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
comment on column mart.fct_wrapup_intervals.is_coded is 'True where a person or a rule of the organisation chose the code: it is there and not one of the platform (ININ-…). A code that the directory does not know is none, as in fct_agent_sessions.';
comment on column mart.fct_wrapup_intervals.is_complete is 'True where everything of the day has been pulled at least once. Source: the ledger of slices.';
comment on column mart.fct_wrapup_intervals.is_settled is 'True where the wrap-up aggregates were pulled three days after the interval or later: Genesys has reprocessed it by then, and figures hardly change any more. Source: the ledger of slices.';
comment on column mart.fct_wrapup_intervals.is_final is 'True where no further pull of the wrap-up aggregates is pending for the interval: its figures do not change any more. Source: the ledger of slices.';
comment on column mart.fct_wrapup_intervals.day is 'Day in the reporting time zone in which the interval starts. Filters on it use an index. See dim_dates.';
comment on column mart.fct_wrapup_intervals.interval_start_at is 'Start of the interval, instant, shown in the zone of your session. Filters on it use an index.';
comment on column mart.fct_wrapup_intervals.interval_start_local is 'interval_start_at in the reporting time zone. When clocks go back, two intervals have the same: group by interval_start_at, or add utc_offset_minutes.';
comment on column mart.fct_wrapup_intervals.interval_end_at is 'End of the interval, exclusive, instant, shown in the zone of your session.';
comment on column mart.fct_wrapup_intervals.interval_end_local is 'interval_end_at in the reporting time zone.';
