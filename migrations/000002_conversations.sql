-- The conversation detail record, one relation per level, keyed by start, id and position: rows lie in the order in which they arrive.
-- No foreign keys among them: they halve the speed of loading; the loader's transaction keeps the invariants and tests check them.
create table genesys.conversations (
    conversation_start timestamptz not null,
    conversation_id uuid not null,
    as_of timestamptz not null,
    conference_start timestamptz,
    conversation_end timestamptz,
    inactivity_timeout timestamptz,
    media_stats_min_conversation_mos double precision,
    media_stats_min_conversation_r_factor double precision,
    associated_conversation_id uuid,
    customer_participation boolean,
    originating_social_media_public boolean,
    self_served boolean,
    conversation_initiator text,
    external_tag text,
    originating_direction text,
    access_attributes text[],
    consultation_conversation_ids text[],
    division_ids text[],
    knowledge_base_ids text[],
    extra jsonb,
    primary key (conversation_start, conversation_id)
) partition by range (conversation_start);

create table genesys.participants (
    conversation_start timestamptz not null,
    conversation_id uuid not null,
    participant_no smallint not null,
    external_contact_id uuid,
    external_organization_id uuid,
    participant_id uuid,
    team_id uuid,
    user_id uuid,
    screen_recording boolean,
    flagged_reason text,
    participant_name text,
    purpose text,
    extra jsonb,
    primary key (conversation_start, conversation_id, participant_no)
) partition by range (conversation_start);

create table genesys.sessions (
    conversation_start timestamptz not null,
    conversation_id uuid not null,
    participant_no smallint not null,
    session_no smallint not null,
    callback_scheduled_time timestamptz,
    delivery_status_change_date timestamptz,
    detected_speech_end timestamptz,
    detected_speech_start timestamptz,
    agent_bullseye_ring bigint,
    journey_action_map_version bigint,
    media_count bigint,
    routing_ring bigint,
    selected_agent_rank bigint,
    timeout_seconds bigint,
    agent_assistant_id uuid,
    assigner_id uuid,
    barged_participant_id uuid,
    coached_participant_id uuid,
    monitored_participant_id uuid,
    outbound_campaign_id uuid,
    outbound_contact_list_id uuid,
    peer_id uuid,
    screen_monitored_user_id uuid,
    selected_agent_id uuid,
    session_id uuid,
    skill_expression_id uuid,
    acw_skipped boolean,
    agent_owned boolean,
    authenticated boolean,
    cleared boolean,
    delivery_pushed boolean,
    recording boolean,
    sharing_screen boolean,
    skip_enabled boolean,
    snippet_recording boolean,
    address_from text,
    address_other text,
    address_self text,
    address_to text,
    ani text,
    callback_user_name text,
    cobrowse_role text,
    cobrowse_room_id text,
    delivery_status text,
    direction text,
    disposition_analyzer text,
    disposition_name text,
    dnis text,
    edge_id text,
    engagement_source text,
    error_code_description text,
    extended_delivery_status text,
    flow_in_type text,
    flow_out_type text,
    journey_action_id text,
    journey_action_map_id text,
    journey_customer_id text,
    journey_customer_id_type text,
    journey_customer_session_id text,
    journey_customer_session_id_type text,
    media_bridge_id text,
    media_type text,
    message_type text,
    outbound_contact_id text,
    protocol_call_id text,
    provider text,
    remote text,
    remote_name_displayable text,
    room_id text,
    routing_rule text,
    routing_rule_type text,
    screen_share_address_self text,
    screen_share_room_id text,
    script_id text,
    session_dnis text,
    used_routing text,
    video_address_self text,
    video_room_id text,
    active_skill_ids text[],
    bcc text[],
    callback_numbers text[],
    cc text[],
    destination_addresses text[],
    removed_skill_ids text[],
    requested_routings text[],
    eligible_agent_counts bigint[],
    waiting_interaction_counts bigint[],
    agent_groups jsonb,
    proposed_agents jsonb,
    extra jsonb,
    primary key (conversation_start, conversation_id, participant_no, session_no)
) partition by range (conversation_start);

create table genesys.segments (
    conversation_start timestamptz not null,
    conversation_id uuid not null,
    participant_no smallint not null,
    session_no smallint not null,
    segment_no smallint not null,
    segment_end timestamptz,
    segment_start timestamptz,
    destination_conversation_id uuid,
    destination_session_id uuid,
    group_id uuid,
    queue_id uuid,
    requested_language_id uuid,
    source_conversation_id uuid,
    source_session_id uuid,
    audio_muted boolean,
    conference boolean,
    video_muted boolean,
    disconnect_type text,
    error_code text,
    segment_type text,
    subject text,
    wrap_up_code text,
    wrap_up_note text,
    requested_routing_skill_ids text[],
    requested_routing_user_ids text[],
    wrap_up_tags text[],
    q850_response_codes bigint[],
    sip_response_codes bigint[],
    properties jsonb,
    scored_agents jsonb,
    extra jsonb,
    primary key (conversation_start, conversation_id, participant_no, session_no, segment_no)
) partition by range (conversation_start);

create table genesys.session_metrics (
    conversation_start timestamptz not null,
    conversation_id uuid not null,
    participant_no smallint not null,
    session_no smallint not null,
    metric_no smallint not null,
    emit_date timestamptz,
    value bigint,
    name text,
    extra jsonb,
    primary key (conversation_start, conversation_id, participant_no, session_no, metric_no)
) partition by range (conversation_start);

create table genesys.media_endpoint_stats (
    conversation_start timestamptz not null,
    conversation_id uuid not null,
    participant_no smallint not null,
    session_no smallint not null,
    stat_no smallint not null,
    event_time timestamptz,
    discarded_packets bigint,
    duplicate_packets bigint,
    invalid_packets bigint,
    max_latency_ms bigint,
    overrun_packets bigint,
    received_packets bigint,
    underrun_packets bigint,
    min_mos double precision,
    min_r_factor double precision,
    codecs text[],
    extra jsonb,
    primary key (conversation_start, conversation_id, participant_no, session_no, stat_no)
) partition by range (conversation_start);

create table genesys.session_flows (
    conversation_start timestamptz not null,
    conversation_id uuid not null,
    participant_no smallint not null,
    session_no smallint not null,
    flow_id uuid,
    issued_callback boolean,
    ending_language text,
    entry_reason text,
    entry_type text,
    exit_reason text,
    flow_name text,
    flow_type text,
    flow_version text,
    recognition_failure_reason text,
    starting_language text,
    transfer_target_address text,
    transfer_target_name text,
    transfer_type text,
    extra jsonb,
    primary key (conversation_start, conversation_id, participant_no, session_no)
) partition by range (conversation_start);

create table genesys.flow_outcomes (
    conversation_start timestamptz not null,
    conversation_id uuid not null,
    participant_no smallint not null,
    session_no smallint not null,
    outcome_no smallint not null,
    flow_outcome_end_timestamp timestamptz,
    flow_outcome_start_timestamp timestamptz,
    flow_outcome_id uuid,
    flow_outcome text,
    flow_outcome_value text,
    extra jsonb,
    primary key (conversation_start, conversation_id, participant_no, session_no, outcome_no)
) partition by range (conversation_start);

create table genesys.evaluations (
    conversation_start timestamptz not null,
    conversation_id uuid not null,
    evaluation_no smallint not null,
    event_time timestamptz,
    o_total_critical_score double precision,
    o_total_score double precision,
    assignee_id uuid,
    calibration_id uuid,
    context_id uuid,
    evaluation_id uuid,
    evaluator_id uuid,
    form_id uuid,
    queue_id uuid,
    user_id uuid,
    assignee_applicable boolean,
    deleted boolean,
    released boolean,
    rescored boolean,
    system_submitted boolean,
    evaluation_status text,
    form_name text,
    extra jsonb,
    primary key (conversation_start, conversation_id, evaluation_no)
) partition by range (conversation_start);

create table genesys.surveys (
    conversation_start timestamptz not null,
    conversation_id uuid not null,
    survey_no smallint not null,
    event_time timestamptz,
    survey_completed_date timestamptz,
    survey_promoter_score bigint,
    o_survey_total_score double precision,
    queue_id uuid,
    survey_form_context_id uuid,
    survey_form_id uuid,
    survey_id uuid,
    user_id uuid,
    survey_partial_response boolean,
    survey_form_name text,
    survey_status text,
    survey_type text,
    extra jsonb,
    primary key (conversation_start, conversation_id, survey_no)
) partition by range (conversation_start);

create table genesys.resolutions (
    conversation_start timestamptz not null,
    conversation_id uuid not null,
    resolution_no smallint not null,
    event_time timestamptz,
    n_next_contact_avoided bigint,
    queue_id uuid,
    user_id uuid,
    extra jsonb,
    primary key (conversation_start, conversation_id, resolution_no)
) partition by range (conversation_start);

create table genesys.participant_attributes (
    conversation_start timestamptz not null,
    conversation_id uuid not null,
    participant_no smallint not null,
    attribute_no smallint not null,
    name text,
    value text,
    extra jsonb,
    primary key (conversation_start, conversation_id, participant_no, attribute_no)
) partition by range (conversation_start);

-- One row per stored conversation, unpartitioned: it makes the id unique whatever the start, and is all the loader reads to tell new, changed and unchanged apart.
create table extract.stored_conversations (
    conversation_id uuid primary key,
    conversation_start timestamptz not null,
    as_of timestamptz not null,
    content_hash uuid not null,
    attributes_as_of timestamptz,
    attributes_hash uuid,
    is_open boolean not null
);
create index stored_conversations_open_idx on extract.stored_conversations (conversation_id) where is_open;
comment on table extract.stored_conversations is 'Version of each stored conversation: what its source vouched for and a digest of its rows.';
comment on column extract.stored_conversations.is_open is 'True while conversation_end is missing or an agent''s last segment has no end: such conversations are read again by id.';

comment on table genesys.conversations is 'AnalyticsConversation, one row per conversation.';
comment on table genesys.participants is 'AnalyticsParticipant, one row per participant of a conversation.';
comment on table genesys.participant_attributes is 'Participant attributes (details jobs only), one row per name. Row 0 without a name stands for an empty map.';
comment on table genesys.sessions is 'AnalyticsSession, one row per session of a participant.';
comment on table genesys.segments is 'AnalyticsConversationSegment, one row per segment of a session.';
comment on table genesys.session_metrics is 'AnalyticsSessionMetric, one row per emission: names repeat inside a session, so sum them.';
comment on table genesys.session_flows is 'AnalyticsFlow, at most one row per session.';
comment on table genesys.flow_outcomes is 'AnalyticsFlowOutcome, one row per outcome of a session''s flow.';
comment on table genesys.media_endpoint_stats is 'AnalyticsMediaEndpointStat, one row per endpoint of a session.';
comment on table genesys.evaluations is 'AnalyticsEvaluation, one row per evaluation attached to a conversation.';
comment on table genesys.surveys is 'AnalyticsSurvey, one row per survey attached to a conversation.';
comment on table genesys.resolutions is 'AnalyticsResolution, one row per resolution attached to a conversation.';
