-- One row per session, written by the loader beside the raw rows: what marts group, sum and judge, free of directory and clock.
create table genesys.session_facts (
    conversation_start timestamptz not null,
    conversation_id uuid not null,
    participant_no smallint not null,
    session_no smallint not null,
    started_at timestamptz,
    ended_at timestamptz,
    connected_at timestamptz,
    handled_at timestamptz,
    conversation_end timestamptz,
    callback_scheduled_time timestamptz,
    agent_session_count bigint,
    answer_participant_no bigint,
    answer_session_no bigint,
    answer_ms bigint,
    answer_over_sla_count bigint,
    wrapup_count bigint,
    participant_id uuid,
    session_id uuid,
    user_id uuid,
    team_id uuid,
    queue_id uuid,
    peer_id uuid,
    outbound_campaign_id uuid,
    answer_user_id uuid,
    is_agent_session boolean,
    is_queue_leg boolean,
    is_first_queue boolean,
    is_last_queue boolean,
    is_connected boolean,
    is_dialed boolean,
    is_transferred boolean,
    is_alert_only boolean,
    is_supervision boolean,
    is_open boolean,
    is_wrapup_open boolean,
    has_voicemail boolean,
    has_wrapup_note boolean,
    acw_skipped boolean,
    purpose text,
    media_type text,
    direction text,
    message_type text,
    flow_out_type text,
    originating_direction text,
    last_wrapup_code text,
    last_real_wrapup_code text,
    last_disconnect_type text,
    connected_disconnect_type text,
    offered_count bigint,
    connected_count bigint,
    over_sla_count bigint,
    transferred_count bigint,
    blind_transferred_count bigint,
    consult_transferred_count bigint,
    consult_count bigint,
    outbound_count bigint,
    outbound_attempted_count bigint,
    outbound_connected_count bigint,
    outbound_abandoned_count bigint,
    error_count bigint,
    handle_ms bigint,
    handle_count bigint,
    talk_ms bigint,
    talk_count bigint,
    held_ms bigint,
    held_count bigint,
    acw_ms bigint,
    acw_count bigint,
    alert_ms bigint,
    alert_count bigint,
    not_responding_ms bigint,
    not_responding_count bigint,
    dialing_ms bigint,
    dialing_count bigint,
    contacting_ms bigint,
    contacting_count bigint,
    park_ms bigint,
    park_count bigint,
    answered_ms bigint,
    answered_count bigint,
    acd_ms bigint,
    acd_count bigint,
    abandon_ms bigint,
    abandon_count bigint,
    short_abandon_ms bigint,
    short_abandon_count bigint,
    flow_out_ms bigint,
    flow_out_count bigint,
    voicemail_ms bigint,
    voicemail_count bigint,
    ivr_ms bigint,
    ivr_count bigint,
    agent_response_ms bigint,
    agent_response_count bigint,
    user_response_ms bigint,
    user_response_count bigint,
    primary key (conversation_start, conversation_id, participant_no, session_no)
) partition by range (conversation_start);

comment on table genesys.session_facts is 'Derived, one row per session; a conversation without any session has one row at position 0, 0. Times in ms, null where the metric was not emitted. Source: sessions, segments, session_metrics.';
comment on column genesys.session_facts.started_at is 'Earliest segment start; conversation_start where no segment has one.';
comment on column genesys.session_facts.ended_at is 'Latest segment end; null while a segment is open.';
comment on column genesys.session_facts.connected_at is 'Start of the first segment in contact (interact, hold, parked, callback, transmitting, uploading).';
comment on column genesys.session_facts.handled_at is 'Last emission of tHandle: the instant at which Genesys counts the handling.';
comment on column genesys.session_facts.queue_id is 'Queue of the last segment that names one, the wrap-up segment included.';
comment on column genesys.session_facts.agent_session_count is 'Agent sessions in the whole conversation, the same on each of its rows.';
comment on column genesys.session_facts.answer_participant_no is 'On a stay in a queue that was answered: participant of the agent session that answered it.';
comment on column genesys.session_facts.answer_session_no is 'On a stay in a queue that was answered: session, within that participant, that answered it.';
comment on column genesys.session_facts.answer_ms is 'On a stay in a queue that was answered: tAnswered of the session that answered it.';
comment on column genesys.session_facts.answer_over_sla_count is 'On a stay in a queue that was answered: nOverSla of the session that answered it.';
comment on column genesys.session_facts.answer_user_id is 'On a stay in a queue that was answered: user of the session that answered it.';
comment on column genesys.session_facts.wrapup_count is 'Wrap-up segments.';
comment on column genesys.session_facts.talk_ms is 'Sum of tTalkComplete, or of tTalk where that was not emitted.';
comment on column genesys.session_facts.held_ms is 'Sum of tHeldComplete, or of tHeld where that was not emitted.';
comment on column genesys.session_facts.park_ms is 'Sum of tParkComplete, or of tPark where that was not emitted.';
comment on column genesys.session_facts.is_agent_session is 'Purpose agent or user, with a user id.';
comment on column genesys.session_facts.is_queue_leg is 'Purpose acd: a stay in a queue.';
comment on column genesys.session_facts.is_first_queue is 'The earliest stay in a queue, or agent session of a queue, in the conversation; ties by position.';
comment on column genesys.session_facts.is_last_queue is 'The latest such.';
comment on column genesys.session_facts.is_connected is 'Has a segment in contact, or talk (tTalkComplete, tTalk).';
comment on column genesys.session_facts.is_dialed is 'Has a dialing or contacting segment.';
comment on column genesys.session_facts.is_transferred is 'Has nTransferred, or its last segment in contact ended with a transfer.';
comment on column genesys.session_facts.is_alert_only is 'Was alerted, and neither in contact nor dialing.';
comment on column genesys.session_facts.is_supervision is 'Has a monitoring, coaching, barging, screenmonitoring or sharing segment.';
comment on column genesys.session_facts.is_open is 'A segment has no end.';
comment on column genesys.session_facts.is_wrapup_open is 'A wrap-up segment has no end.';
comment on column genesys.session_facts.last_wrapup_code is 'Last code of any kind on a segment, system codes (ININ-…) included.';
comment on column genesys.session_facts.last_real_wrapup_code is 'Last code on a segment that is not a system code.';
comment on column genesys.session_facts.last_disconnect_type is 'Disconnect type of the last segment that has one.';
comment on column genesys.session_facts.connected_disconnect_type is 'Disconnect type of the last segment in contact that has one.';

-- Each holds a quarter of the rows at most and grows at its end: a filter on the time of a session or of a wrap-up reads no whole partition.
create index session_facts_agent_started_idx on genesys.session_facts (started_at) where is_agent_session;
create index session_facts_queue_started_idx on genesys.session_facts (started_at) where is_queue_leg;
create index session_facts_handled_idx on genesys.session_facts (handled_at) where handled_at is not null;
create index session_facts_agentless_idx on genesys.session_facts (conversation_start, conversation_id) where agent_session_count = 0;
create index segments_wrapup_started_idx on genesys.segments (segment_start) where segment_type = 'wrapup';
