-- One row per session of a dialer.
create view mart.fct_dial_attempts as
with
dialers as (
    select
        facts.*,
        sessions.outbound_contact_list_id,
        sessions.outbound_contact_id,
        sessions.disposition_name,
        sessions.disposition_analyzer
    from genesys.session_facts as facts
    inner join genesys.sessions as sessions
        on sessions.conversation_start = facts.conversation_start
        and sessions.conversation_id = facts.conversation_id
        and sessions.participant_no = facts.participant_no
        and sessions.session_no = facts.session_no
    where facts.purpose = 'dialer'
),

-- Where a conversation has several attempts, what follows an attempt belongs to it, up to the next one.
bounded as (
    select
        dialers.*,
        following.participant_no as next_participant_no,
        following.session_no as next_session_no,
        not exists (
            select
            from genesys.session_facts as earlier
            where
                earlier.conversation_start = dialers.conversation_start
                and earlier.conversation_id = dialers.conversation_id
                and earlier.purpose = 'dialer'
                and (earlier.participant_no, earlier.session_no) < (dialers.participant_no, dialers.session_no)
        ) as is_first
    from dialers
    left join lateral (
        select
            later.participant_no,
            later.session_no
        from genesys.session_facts as later
        where
            later.conversation_start = dialers.conversation_start
            and later.conversation_id = dialers.conversation_id
            and later.purpose = 'dialer'
            and (later.participant_no, later.session_no) > (dialers.participant_no, dialers.session_no)
        order by later.participant_no, later.session_no
        limit 1
    ) as following on true
),

-- The outcome is in the session of the person called, the abandon in any session of the attempt.
attempts as (
    select
        bounded.*,
        called.outbound_contact_list_id as called_list_id,
        called.outbound_contact_id as called_contact_id,
        called.disposition_name as called_disposition,
        called.disposition_analyzer as called_analyzer,
        totals.connected_count as connects,
        totals.abandoned_count as abandons,
        totals.agent_user_id
    from bounded
    left join lateral (
        select
            sessions.outbound_contact_list_id,
            sessions.outbound_contact_id,
            sessions.disposition_name,
            sessions.disposition_analyzer
        from genesys.sessions as sessions
        where
            sessions.conversation_start = bounded.conversation_start
            and sessions.conversation_id = bounded.conversation_id
            and (
                bounded.is_first
                or (sessions.participant_no, sessions.session_no) >= (bounded.participant_no, bounded.session_no)
            )
            and (
                bounded.next_participant_no is null
                or (sessions.participant_no, sessions.session_no) < (bounded.next_participant_no, bounded.next_session_no)
            )
            and (sessions.disposition_name is not null or sessions.outbound_contact_list_id is not null)
        order by sessions.disposition_name is null, sessions.participant_no, sessions.session_no
        limit 1
    ) as called on true
    left join lateral (
        select
            sum(facts.outbound_connected_count) as connected_count,
            sum(facts.outbound_abandoned_count) as abandoned_count,
            (array_agg(facts.user_id order by facts.participant_no) filter (where facts.is_agent_session))[1] as agent_user_id
        from genesys.session_facts as facts
        where
            facts.conversation_start = bounded.conversation_start
            and facts.conversation_id = bounded.conversation_id
            and (
                bounded.is_first
                or (facts.participant_no, facts.session_no) >= (bounded.participant_no, bounded.session_no)
            )
            and (
                bounded.next_participant_no is null
                or (facts.participant_no, facts.session_no) < (bounded.next_participant_no, bounded.next_session_no)
            )
    ) as totals on true
),

final as (
    select
        genesys.session_key(attempts.conversation_id, attempts.participant_no, attempts.session_no) as session_key,
        attempts.conversation_id,
        attempts.outbound_campaign_id as campaign_id,
        coalesce(attempts.outbound_contact_list_id, attempts.called_list_id) as contact_list_id,
        attempts.agent_user_id as user_id,
        coalesce(attempts.outbound_contact_id, attempts.called_contact_id) as contact_id,

        attempts.media_type,
        coalesce(attempts.disposition_name, attempts.called_disposition) as disposition,
        coalesce(attempts.disposition_analyzer, attempts.called_analyzer) as analyzer,

        genesys.minute_of_day(attempts.started_at) as minute_of_day,
        coalesce(attempts.outbound_attempted_count, 0) as attempted_count,
        coalesce(attempts.connects, 0)::bigint as connected_count,
        coalesce(attempts.abandons, 0)::bigint as abandoned_count,

        coalesce(attempts.connects, 0) > 0 as is_connected,
        coalesce(attempts.abandons, 0) > 0 as is_abandoned,
        attempts.agent_user_id is not null as has_agent,
        coalesce(attempts.started_at <@ (
            select complete.ranges
            from genesys.int_complete_ranges as complete
            where complete.fact = 'conversations'
        ), false) as is_complete,

        genesys.local_day(attempts.started_at) as day,
        attempts.started_at,
        attempts.started_at at time zone {{time_zone}} as started_local,
        attempts.conversation_start as conversation_started_at
    from attempts
    where {{division_check(attempts, division_ids)}}
)

select * from final;

comment on view mart.fct_dial_attempts is 'One row per attempt of a campaign to reach a contact. Source: conversation details, sessions of purpose dialer. Filter on started_at or conversation_started_at.';
comment on column mart.fct_dial_attempts.session_key is 'Session of the dialer; the key of this relation.';
comment on column mart.fct_dial_attempts.conversation_id is 'Conversation. Details conversationId.';
comment on column mart.fct_dial_attempts.campaign_id is 'Campaign. Details outboundCampaignId. See dim_campaigns.';
comment on column mart.fct_dial_attempts.contact_list_id is 'Contact list. Details outboundContactListId. See dim_contact_lists.';
comment on column mart.fct_dial_attempts.contact_id is 'Entry of the contact list that was dialled: count attempts per contact_list_id and contact_id. Null where the record names none. Details outboundContactId.';
comment on column mart.fct_dial_attempts.user_id is 'First agent who had it; null where none did. See dim_users.';
comment on column mart.fct_dial_attempts.media_type is 'voice or another medium of the campaign. Details mediaType.';
comment on column mart.fct_dial_attempts.disposition is 'What the call analysis found, such as disposition.classification.callable.busy; null where a person answered or nothing was found. Details dispositionName.';
comment on column mart.fct_dial_attempts.analyzer is 'What found it, such as network or speech.machine. Details dispositionAnalyzer.';
comment on column mart.fct_dial_attempts.minute_of_day is 'Minutes from midnight, in the reporting time zone, to the quarter of an hour in which it started: 0, 15, … 1425. See dim_intervals.';
comment on column mart.fct_dial_attempts.attempted_count is 'Attempts. Sum of metric nOutboundAttempted of the dialer''s session.';
comment on column mart.fct_dial_attempts.connected_count is 'Connects. Sum of metric nOutboundConnected of the conversation, from this attempt to its next one.';
comment on column mart.fct_dial_attempts.abandoned_count is 'Connected and no agent in time: the numerator of the regulated abandon rate. Sum of metric nOutboundAbandoned of the conversation, from this attempt to its next one.';
comment on column mart.fct_dial_attempts.is_connected is 'True where it was connected.';
comment on column mart.fct_dial_attempts.is_abandoned is 'True where it was abandoned by the campaign.';
comment on column mart.fct_dial_attempts.has_agent is 'True where an agent had it.';
comment on column mart.fct_dial_attempts.is_complete is 'True where everything of the day on which it started has been pulled. Source: the ledger of slices.';
comment on column mart.fct_dial_attempts.day is 'Day in the reporting time zone on which it started. See dim_dates.';
comment on column mart.fct_dial_attempts.started_at is 'Start of the attempt, instant, shown in the zone of your session.';
comment on column mart.fct_dial_attempts.started_local is 'started_at in the reporting time zone. When clocks go back, an hour occurs twice.';
comment on column mart.fct_dial_attempts.conversation_started_at is 'Start of the conversation, instant, shown in the zone of your session. Details conversationStart.';
