-- One row per local day × campaign: dial attempts and their outcome.
create view mart.rpt_campaign_days as
with
attempts as (
    select *
    from mart.fct_dial_attempts
    where is_complete
),

summed as (
    select
        attempts.day,
        attempts.campaign_id,
        attempts.media_type,
        count(*) as dial_count,
        coalesce(sum(attempts.attempted_count), 0)::bigint as attempted_count,
        coalesce(sum(attempts.connected_count), 0)::bigint as connected_count,
        coalesce(sum(attempts.abandoned_count), 0)::bigint as abandoned_count,
        count(*) filter (where attempts.has_agent) as agent_count,
        count(*) filter (where attempts.disposition ~ '(busy|sit|noanswer|no_answer|invalid|disconnect)') as unreached_count,
        count(*) filter (where attempts.disposition ~ '(machine|fax)') as machine_count
    from attempts
    group by
        attempts.day,
        attempts.campaign_id,
        attempts.media_type
),

final as (
    select
        summed.campaign_id,

        campaigns.campaign_name,
        summed.media_type,

        summed.dial_count,
        summed.attempted_count,
        summed.connected_count,
        summed.abandoned_count,
        summed.agent_count,
        summed.unreached_count,
        summed.machine_count,
        round(summed.connected_count::numeric / nullif(summed.attempted_count, 0), 6) as connect_rate,
        round(summed.abandoned_count::numeric / nullif(summed.connected_count, 0), 6) as abandon_rate,

        summed.day
    from summed
    left join mart.dim_campaigns as campaigns on campaigns.campaign_id = summed.campaign_id
)

select * from final;

comment on view mart.rpt_campaign_days is 'One row per local day × campaign × media type, for days that were pulled completely: dial attempts by the day on which they began. Counts are additive; sum them before dividing. Source: conversation details (fct_dial_attempts).';
comment on column mart.rpt_campaign_days.campaign_id is 'Campaign. With day and media_type the key of this relation. See dim_campaigns.';
comment on column mart.rpt_campaign_days.campaign_name is 'Current or last known name of the campaign. Source: the directory.';
comment on column mart.rpt_campaign_days.media_type is 'voice or another medium of the campaign.';
comment on column mart.rpt_campaign_days.dial_count is 'Sessions of the dialer: rows of fct_dial_attempts.';
comment on column mart.rpt_campaign_days.attempted_count is 'Attempts: the divisor of connect_rate. Sum of metric nOutboundAttempted.';
comment on column mart.rpt_campaign_days.connected_count is 'Connects to a person: the divisor of abandon_rate. Sum of metric nOutboundConnected.';
comment on column mart.rpt_campaign_days.abandoned_count is 'Connected and no agent in time. Sum of metric nOutboundAbandoned.';
comment on column mart.rpt_campaign_days.agent_count is 'Attempts that reached an agent.';
comment on column mart.rpt_campaign_days.unreached_count is 'Attempts that ended busy, without answer or with an invalid number, by their disposition.';
comment on column mart.rpt_campaign_days.machine_count is 'Attempts answered by a machine or a fax, by their disposition.';
comment on column mart.rpt_campaign_days.connect_rate is 'connected_count / attempted_count, as a fraction; null without attempts.';
comment on column mart.rpt_campaign_days.abandon_rate is 'Regulated abandon rate: abandoned_count / connected_count, as a fraction; null without connects. Regulators mostly allow 0.03 over 24 hours.';
comment on column mart.rpt_campaign_days.day is 'Day in the reporting time zone on which the attempt began. See dim_dates.';
