-- One row per local day × queue × media type × agent: handle times by the official formulas.
create view mart.rpt_handle_times as
with
days as (
    select * from genesys.int_days
),

-- Day by day, so that a filter on the day becomes a range of an index.
summed as (
    select
        days.day,
        days.is_complete,
        handled.*
    from days
    cross join lateral (
        select
            facts.queue_id,
            facts.user_id,
            coalesce(facts.media_type, 'unknown') as media_type,
            sum(facts.handle_count) as handled_count,
            coalesce(sum(facts.talk_count), 0) as talk_count,
            coalesce(sum(facts.held_count), 0) as hold_count,
            coalesce(sum(facts.acw_count), 0) as acw_count,
            coalesce(genesys.sum_bigint(facts.transferred_count), 0) as transferred_count,
            genesys.sum_bigint(facts.handle_ms) as handle_ms,
            coalesce(genesys.sum_bigint(facts.talk_ms), 0) as talk_ms,
            coalesce(genesys.sum_bigint(facts.held_ms), 0) as hold_ms,
            coalesce(genesys.sum_bigint(facts.acw_ms), 0) as acw_ms,
            coalesce(genesys.sum_bigint(facts.dialing_ms), 0) as dialing_ms,
            coalesce(genesys.sum_bigint(facts.contacting_ms), 0) as contacting_ms
        from genesys.handling_facts as facts
        where
            facts.handled_at >= days.start_at
            and facts.handled_at < days.end_at
        group by
            facts.queue_id,
            facts.user_id,
            coalesce(facts.media_type, 'unknown')
    ) as handled
),

queues as (
    select
        queues.queue_id,
        queues.name
    from genesys.queues as queues
    where queues.valid_to is null
),

users as (
    select
        users.user_id,
        users.name
    from genesys.users as users
    where users.valid_to is null
),

final as (
    select
        summed.day,
        summed.queue_id,
        summed.user_id,

        queues.name as queue_name,
        users.name as user_name,
        summed.media_type,

        summed.handled_count,
        summed.talk_count,
        summed.hold_count,
        summed.acw_count,
        summed.transferred_count,
        summed.handle_ms * 0.001 as handle_seconds,
        summed.talk_ms * 0.001 as talk_seconds,
        summed.hold_ms * 0.001 as hold_seconds,
        summed.acw_ms * 0.001 as acw_seconds,
        summed.dialing_ms * 0.001 as dialing_seconds,
        summed.contacting_ms * 0.001 as contacting_seconds,
        genesys.average_seconds(summed.handle_ms, summed.handled_count) as average_handle_seconds,
        genesys.average_seconds(summed.talk_ms, summed.talk_count) as average_talk_seconds,
        genesys.average_seconds(summed.hold_ms, summed.hold_count) as average_hold_seconds,
        genesys.average_seconds(summed.acw_ms, summed.acw_count) as average_acw_seconds,

        summed.is_complete
    from summed
    left join queues on queues.queue_id = summed.queue_id
    left join users on users.user_id = summed.user_id
)

select * from final;

comment on view mart.rpt_handle_times is 'One row per local day × queue × media type × agent of handled agent sessions. To aggregate further, sum seconds and counts and divide; never average the averages. Source: conversation details, session metrics.';
comment on column mart.rpt_handle_times.day is 'Day in the reporting time zone on which the handling was complete (emission of tHandle), as on Genesys'' own screens.';
comment on column mart.rpt_handle_times.queue_id is 'Queue of the session; null outside queues. See dim_queues.';
comment on column mart.rpt_handle_times.user_id is 'Agent. See dim_users.';
comment on column mart.rpt_handle_times.queue_name is 'Current name of the queue, from the directory.';
comment on column mart.rpt_handle_times.user_name is 'Current name of the agent, from the directory.';
comment on column mart.rpt_handle_times.media_type is 'Media type of the session; unknown where the record has none.';
comment on column mart.rpt_handle_times.handled_count is 'Handlings: emissions of tHandle. A callback and the call that belongs to it count once each, under their media types: leave callback out where media are added up.';
comment on column mart.rpt_handle_times.talk_count is 'Handlings with talk: emissions of tTalkComplete.';
comment on column mart.rpt_handle_times.hold_count is 'Handlings with hold: emissions of tHeldComplete.';
comment on column mart.rpt_handle_times.acw_count is 'Handlings with after-call work: emissions of tAcw.';
comment on column mart.rpt_handle_times.transferred_count is 'Transfers by these sessions. Sum of metric nTransferred.';
comment on column mart.rpt_handle_times.handle_seconds is 'Handle time in seconds. Sum of metric tHandle.';
comment on column mart.rpt_handle_times.talk_seconds is 'Talk time in seconds. Sum of metric tTalkComplete, or of tTalk where that is missing.';
comment on column mart.rpt_handle_times.hold_seconds is 'Hold time in seconds. Sum of metric tHeldComplete, or of tHeld where that is missing.';
comment on column mart.rpt_handle_times.acw_seconds is 'After-call work in seconds. Sum of metric tAcw.';
comment on column mart.rpt_handle_times.dialing_seconds is 'Dialing in seconds. Sum of metric tDialing.';
comment on column mart.rpt_handle_times.contacting_seconds is 'Contacting in seconds. Sum of metric tContacting.';
comment on column mart.rpt_handle_times.average_handle_seconds is 'handle_seconds / handled_count.';
comment on column mart.rpt_handle_times.average_talk_seconds is 'talk_seconds / talk_count; null without talk.';
comment on column mart.rpt_handle_times.average_hold_seconds is 'hold_seconds / hold_count, over handlings with hold only; null without.';
comment on column mart.rpt_handle_times.average_acw_seconds is 'acw_seconds / acw_count, over handlings with after-call work only; null without.';
comment on column mart.rpt_handle_times.is_complete is 'True where everything of the day has been pulled at least once; false of the day that is running. Days that were never asked for whole are left out. Source: the ledger of slices.';
