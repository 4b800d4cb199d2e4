-- One row per conversation, from its session facts alone: what genesys.conversation_facts must hold.
create view genesys.int_conversation_facts as
with
sessions as (
    select
        facts.*,
        facts.purpose in ('customer', 'external') as is_customer_session,
        facts.purpose in ('ivr', 'botflow', 'workflow', 'inbound', 'voicesurveyflow')
        or facts.ivr_count is not null as is_flow_session,
        facts.outbound_campaign_id is not null
        or facts.purpose in ('dialer', 'campaign', 'outbound')
        or facts.outbound_attempted_count is not null
        or starts_with(facts.last_wrapup_code, 'ININ-OUTBOUND-') as is_dialer_session,
        facts.purpose = 'voicemail'
        or facts.voicemail_count is not null
        or facts.has_voicemail as is_voicemail_session,
        facts.media_type = 'callback' and facts.outbound_campaign_id is null as is_callback_session,
        facts.media_type is distinct from 'callback' and facts.abandon_count is not null as is_abandoned_leg,
        -- A stay in a queue whose outcome no metric reports and that did not end by transfer; every stay of a contact that still waits.
        facts.is_queue_leg
        and facts.abandon_count is null
        and facts.acd_count is null
        and facts.flow_out_count is null
        and facts.last_disconnect_type is distinct from 'transfer' as is_leg_without_outcome,
        num_nonnulls(
            facts.offered_count,
            facts.connected_count,
            facts.over_sla_count,
            facts.transferred_count,
            facts.blind_transferred_count,
            facts.consult_transferred_count,
            facts.consult_count,
            facts.outbound_count,
            facts.outbound_attempted_count,
            facts.outbound_connected_count,
            facts.outbound_abandoned_count,
            facts.error_count,
            facts.handle_count,
            facts.talk_count,
            facts.held_count,
            facts.acw_count,
            facts.alert_count,
            facts.not_responding_count,
            facts.dialing_count,
            facts.contacting_count,
            facts.park_count,
            facts.answered_count,
            facts.acd_count,
            facts.abandon_count,
            facts.short_abandon_count,
            facts.flow_out_count,
            facts.voicemail_count,
            facts.ivr_count,
            facts.agent_response_count,
            facts.user_response_count
        ) > 0 as has_metrics
    from genesys.session_facts as facts
),

-- What the agents' sessions say about the conversation's code, as far as the record alone shows.
causes as (
    select
        handlings.conversation_start,
        handlings.conversation_id,
        count(*) filter (where genesys.is_codable(handlings.wrapup_cause)) as codable_count,
        min(array_position(leaks.in_order, handlings.wrapup_cause)) as leak_no,
        min(array_position(expected.in_order, handlings.wrapup_cause)) as expected_no,
        array_agg(distinct handlings.queue_id::text collate "C" order by handlings.queue_id::text collate "C")
            filter (where handlings.wrapup_cause = 'digital_no_code') as digital_queue_ids,
        array_agg(distinct handlings.queue_id::text collate "C" order by handlings.queue_id::text collate "C")
            filter (where handlings.wrapup_cause = 'unexplained') as unexplained_queue_ids
    from genesys.int_handling_facts as handlings
    -- In the order in which they are tested, those left out of which the directory has the last word.
    cross join (values (array['acw_timeout', 'acw_skipped', 'code_deleted'])) as leaks (in_order)
    cross join (
        values (
            array[
                'system_code',
                'non_acd',
                'outbound_no_contact',
                'not_answered',
                'still_open',
                'transferred_before_acw',
                'callback_no_acw'
            ]
        )
    ) as expected (in_order)
    group by
        handlings.conversation_start,
        handlings.conversation_id
),

conversations as (
    select
        sessions.conversation_start,
        sessions.conversation_id,
        max(sessions.conversation_end) as conversation_end,
        min(sessions.originating_direction) as originating_direction,
        string_agg(distinct sessions.media_type collate "C", ',' order by sessions.media_type collate "C") as media_types,
        coalesce(
            min(sessions.media_type collate "C") filter (where sessions.is_queue_leg),
            min(sessions.media_type collate "C") filter (where sessions.is_customer_session),
            min(sessions.media_type collate "C")
        ) as media_type,
        max(sessions.queue_id::text) filter (where sessions.is_first_queue) as first_queue_id,
        max(sessions.queue_id::text) filter (where sessions.is_last_queue) as last_queue_id,
        max(sessions.agent_session_count) as agent_session_count,
        count(*) filter (where sessions.participant_no > 0) as session_count,
        count(*) filter (where sessions.is_queue_leg) as queue_leg_count,
        count(*) filter (where sessions.is_agent_session and sessions.handle_count is not null) as handled_count,
        count(*) filter (where sessions.is_agent_session and sessions.last_real_wrapup_code is not null) as coded_count,
        sum(sessions.transferred_count) as transferred_count,
        sum(sessions.handle_ms) as handle_ms,
        sum(sessions.talk_ms) as talk_ms,
        sum(sessions.held_ms) as held_ms,
        sum(sessions.acw_ms) as acw_ms,
        sum(sessions.ivr_ms) as ivr_ms,
        sum(sessions.acd_ms) as acd_ms,
        bool_or(sessions.is_open and sessions.is_agent_session) as has_open_agent_session,
        bool_or(sessions.is_queue_leg) as has_queue_leg,
        bool_or(sessions.is_customer_session) as has_customer,
        bool_or(sessions.is_flow_session) as has_flow,
        bool_or(sessions.is_dialer_session) as has_dialer,
        bool_or(sessions.is_voicemail_session) as has_voicemail,
        bool_or(sessions.is_callback_session) as has_callback,
        bool_or(sessions.is_abandoned_leg) as has_abandoned_leg,
        bool_or(
            sessions.is_leg_without_outcome
            and sessions.media_type is distinct from 'callback'
            and sessions.ended_at is not null
        ) as has_end_without_outcome,
        bool_or(sessions.is_queue_leg and not sessions.is_leg_without_outcome) as has_leg_with_outcome,
        bool_or(sessions.has_metrics) as has_metrics,
        bool_or(sessions.flow_out_count is not null) as has_flow_out,
        bool_or(sessions.is_connected) as is_reached,
        bool_or(sessions.last_real_wrapup_code is not null) as has_real_code,
        bool_or(sessions.last_wrapup_code is not null) as has_system_code,
        bool_or(sessions.purpose = 'api') as has_api,
        (
            array_agg(sessions.user_id order by sessions.started_at, sessions.participant_no, sessions.session_no)
            filter (where sessions.is_agent_session)
        )[1] as first_user_id,
        (
            array_agg(
                sessions.user_id order by sessions.started_at desc, sessions.participant_no desc, sessions.session_no desc
            ) filter (where sessions.is_agent_session)
        )[1] as last_user_id,
        max(sessions.message_type collate "C") as message_type,
        max(sessions.handled_at) filter (where sessions.is_agent_session) as handled_at,
        sum(
            coalesce(sessions.answered_ms, sessions.answer_ms, sessions.abandon_ms, sessions.flow_out_ms, sessions.acd_ms)
        ) filter (where sessions.is_queue_leg) as wait_ms,
        array_agg(
            sessions.last_real_wrapup_code order by sessions.started_at, sessions.participant_no, sessions.session_no
        ) filter (
            where
                sessions.last_real_wrapup_code is not null
                and (sessions.is_agent_session or sessions.agent_session_count = 0)
        ) as wrapup_codes
    from sessions
    group by
        sessions.conversation_start,
        sessions.conversation_id
),

concluded as (
    select
        conversations.*,
        -- Records from before metrics existed carry none: for those alone, and only once the stay and the conversation have ended,
        -- the lack of a transfer counts as abandoning.
        coalesce(
            conversations.has_abandoned_leg
            or (
                conversations.has_end_without_outcome
                and conversations.conversation_end is not null
                and not conversations.has_metrics
            ),
            false
        ) as is_abandoned
    from conversations
),

final as (
    select
        conversations.conversation_start,
        conversations.conversation_id,
        conversations.conversation_end,
        conversations.agent_session_count,
        conversations.session_count,
        conversations.queue_leg_count,
        conversations.handled_count,
        conversations.coded_count,
        conversations.transferred_count::bigint as transferred_count,
        conversations.handle_ms::bigint as handle_ms,
        conversations.talk_ms::bigint as talk_ms,
        conversations.held_ms::bigint as held_ms,
        conversations.acw_ms::bigint as acw_ms,
        conversations.ivr_ms::bigint as ivr_ms,
        conversations.acd_ms::bigint as acd_ms,
        conversations.first_queue_id::uuid as first_queue_id,
        conversations.last_queue_id::uuid as last_queue_id,
        conversations.conversation_end is null or conversations.has_open_agent_session as is_open,
        conversations.is_abandoned,
        conversations.media_type collate "default" as media_type,
        conversations.media_types collate "default" as media_types,
        conversations.originating_direction,
        -- The order is that of mart.dim_wrapup_causes: the last thing that can happen to a customer without an agent comes first.
        case
            when conversations.agent_session_count > 0 then null
            -- A flow or a dialer set one.
            when conversations.has_real_code then null
            when conversations.conversation_end is null then 'still_open'
            when conversations.has_voicemail then 'voicemail'
            when conversations.has_callback then 'callback_unanswered'
            when conversations.is_abandoned then 'abandoned_in_queue'
            when conversations.has_dialer and not conversations.is_reached then 'outbound_no_contact'
            when conversations.has_flow_out or conversations.has_leg_with_outcome then 'flow_out'
            -- It reached a queue, and nothing reports how it left.
            when conversations.has_queue_leg then 'unexplained'
            when conversations.has_system_code then 'system_code'
            -- The person whom a dialer calls may be recorded with purpose outbound only.
            when conversations.has_api or (conversations.has_customer or conversations.has_dialer) is not true then 'system_generated'
            when conversations.originating_direction = 'outbound' and not conversations.is_reached then 'outbound_no_contact'
            when conversations.has_flow then 'ivr_only'
            else 'unexplained'
        end as wrapup_cause,
        coalesce(causes.codable_count, 0) as codable_count,
        (array['acw_timeout', 'acw_skipped', 'code_deleted'])[causes.leak_no] as leak_cause,
        (
            array[
                'system_code',
                'non_acd',
                'outbound_no_contact',
                'not_answered',
                'still_open',
                'transferred_before_acw',
                'callback_no_acw'
            ]
        )[causes.expected_no] as expected_cause,
        conversations.wrapup_codes,
        causes.digital_queue_ids collate "default" as digital_queue_ids,
        causes.unexplained_queue_ids collate "default" as unexplained_queue_ids,
        contacts.contact collate "default" as contact,
        contacts.entry_point collate "default" as entry_point,
        conversations.first_user_id,
        conversations.last_user_id,
        conversations.message_type collate "default" as message_type,
        conversations.handled_at,
        conversations.wait_ms::bigint as wait_ms,
        records.division_ids,
        records.media_stats_min_conversation_mos as min_mos,
        records.self_served
    from concluded as conversations
    left join causes
        on causes.conversation_start = conversations.conversation_start
        and causes.conversation_id = conversations.conversation_id
    left join genesys.int_contact_facts as contacts
        on contacts.conversation_start = conversations.conversation_start
        and contacts.conversation_id = conversations.conversation_id
    left join genesys.conversations as records
        on records.conversation_start = conversations.conversation_start
        and records.conversation_id = conversations.conversation_id
)

select * from final;

comment on view genesys.int_conversation_facts is 'One row per conversation with sums over its sessions and, where no agent took part, the cause. The plain definition of genesys.conversation_facts, which the loader writes: a test compares the two, and rebuild-facts fills the table from it.';
