-- One row per media endpoint statistic of a session.
create view mart.fct_voice_quality as
with
stats as (
    select
        stats.*,
        -- Of the session, so that a filter on it reaches the partitions: it does not pass into what is looked up.
        facts.conversation_start as session_conversation_start,
        facts.user_id,
        facts.queue_id,
        facts.purpose,
        facts.media_type,
        facts.started_at,
        facts.division_ids
    from genesys.session_facts as facts
    -- Session by session: a join by four columns is estimated to find next to nothing, and a day would then be looked for in all of it.
    cross join lateral (
        select found.*
        from genesys.media_endpoint_stats as found
        where
            found.conversation_start = facts.conversation_start
            and found.conversation_id = facts.conversation_id
            and found.participant_no = facts.participant_no
            and found.session_no = facts.session_no
        offset 0
    ) as stats
),

final as (
    select
        genesys.session_key(stats.conversation_id, stats.participant_no, stats.session_no) as session_key,
        stats.stat_no,
        stats.conversation_id,
        stats.user_id,
        stats.queue_id,
        (
            select sessions.edge_id
            from genesys.sessions as sessions
            where
                sessions.conversation_start = stats.conversation_start
                and sessions.conversation_id = stats.conversation_id
                and sessions.participant_no = stats.participant_no
                and sessions.session_no = stats.session_no
        ) as edge_id,

        stats.purpose,
        stats.media_type,
        array_to_string(stats.codecs, ',') as codecs,

        genesys.minute_of_day(stats.started_at) as minute_of_day,
        stats.min_mos::numeric as min_mos,
        stats.min_r_factor::numeric as min_r_factor,
        stats.max_latency_ms * 0.001 as max_latency_seconds,
        stats.received_packets as received_packet_count,
        stats.discarded_packets as discarded_packet_count,
        stats.duplicate_packets as duplicate_packet_count,
        stats.invalid_packets as invalid_packet_count,

        coalesce(stats.min_mos < 3.5, false) as is_poor,
        coalesce(stats.started_at <@ (
            select complete.ranges
            from genesys.int_complete_ranges as complete
            where complete.fact = 'conversations'
        ), false) as is_complete,

        genesys.local_day(stats.started_at) as day,
        stats.started_at,
        stats.started_at at time zone {{time_zone}} as started_local,
        stats.event_time as event_at,
        stats.session_conversation_start as conversation_started_at
    from stats
    where {{division_check(stats, division_ids)}}
)

select * from final;

comment on view mart.fct_voice_quality is 'One row per statistic of a media endpoint: how a call sounded at one end. Source: conversation details, mediaEndpointStats. Filter on conversation_started_at: it selects partitions.';
comment on column mart.fct_voice_quality.session_key is 'Session: session_key of fct_agent_sessions where an agent''s; with stat_no the key of this relation.';
comment on column mart.fct_voice_quality.stat_no is 'Position of the statistic in the session, from 1.';
comment on column mart.fct_voice_quality.conversation_id is 'Conversation. Details conversationId.';
comment on column mart.fct_voice_quality.user_id is 'Agent or user of the session; null for others. See dim_users.';
comment on column mart.fct_voice_quality.queue_id is 'Queue of the session. See dim_queues.';
comment on column mart.fct_voice_quality.edge_id is 'Edge that carried it. Details edgeId.';
comment on column mart.fct_voice_quality.purpose is 'Whose end it is: customer, agent, ivr, … Details purpose. See dim_enums.';
comment on column mart.fct_voice_quality.media_type is 'Medium of the session. Details mediaType.';
comment on column mart.fct_voice_quality.codecs is 'Codecs, separated by commas. Details codecs.';
comment on column mart.fct_voice_quality.minute_of_day is 'Minutes from midnight, in the reporting time zone, to the quarter of an hour in which the session started: 0, 15, … 1425. See dim_intervals.';
comment on column mart.fct_voice_quality.min_mos is 'Lowest mean opinion score, 1 (bad) to 5; below 3.5 people complain. Never add it up. Details minMos.';
comment on column mart.fct_voice_quality.min_r_factor is 'Lowest R factor, 0 to 100. Never add it up. Details minRFactor.';
comment on column mart.fct_voice_quality.max_latency_seconds is 'Longest latency in seconds. Details maxLatencyMs.';
comment on column mart.fct_voice_quality.received_packet_count is 'Packets received. Details receivedPackets.';
comment on column mart.fct_voice_quality.discarded_packet_count is 'Packets that came too late. Details discardedPackets.';
comment on column mart.fct_voice_quality.duplicate_packet_count is 'Packets that came twice. Details duplicatePackets.';
comment on column mart.fct_voice_quality.invalid_packet_count is 'Packets that could not be used. Details invalidPackets.';
comment on column mart.fct_voice_quality.is_poor is 'True where min_mos is below 3.5.';
comment on column mart.fct_voice_quality.is_complete is 'True where everything of the day on which the session started has been pulled. Source: the ledger of slices.';
comment on column mart.fct_voice_quality.day is 'Day in the reporting time zone on which the session started. See dim_dates.';
comment on column mart.fct_voice_quality.started_at is 'Start of the session, instant, shown in the zone of your session.';
comment on column mart.fct_voice_quality.started_local is 'started_at in the reporting time zone. When clocks go back, an hour occurs twice.';
comment on column mart.fct_voice_quality.event_at is 'Time of the statistic, instant, shown in the zone of your session. Details eventTime.';
comment on column mart.fct_voice_quality.conversation_started_at is 'Start of the conversation, instant, shown in the zone of your session. Details conversationStart.';
