-- One row per stay of a callback in a queue.
create view mart.fct_callbacks as
with
legs as (
    select
        facts.*,
        coalesce(facts.answered_ms, facts.answer_ms) as wait_ms,
        facts.answer_session_no is not null or facts.answered_count is not null as is_answered
    from genesys.session_facts as facts
    where
        facts.is_queue_leg
        and facts.media_type = 'callback'
),

-- A callback that an agent puts off is a second stay: its calls are counted there.
bounded as (
    select
        legs.*,
        (
            select min(following.started_at)
            from genesys.session_facts as following
            where
                following.conversation_start = legs.conversation_start
                and following.conversation_id = legs.conversation_id
                and following.is_queue_leg
                and following.media_type = 'callback'
                and following.started_at > legs.started_at
        ) as next_leg_at
    from legs
),

-- The call itself is a voice session of the agent who took the callback; who was asked or transferred to in it did not call.
called as (
    select
        bounded.*,
        answers.started_at as taken_at,
        calls.participant_no as call_participant_no,
        calls.session_no as call_session_no,
        calls.started_at as called_at,
        attempts.reached_at,
        attempts.is_reached,
        attempts.attempt_count,
        attempts.first_attempt_at
    from bounded
    cross join lateral (
        select
            count(*) as attempt_count,
            min(facts.started_at) as first_attempt_at,
            coalesce(bool_or(facts.is_connected), false) as is_reached,
            min(facts.connected_at) filter (where facts.is_connected) as reached_at
        from genesys.session_facts as facts
        where
            facts.conversation_start = bounded.conversation_start
            and facts.conversation_id = bounded.conversation_id
            and facts.is_agent_session
            and facts.media_type = 'voice'
            and (facts.is_dialed or facts.direction is distinct from 'inbound')
            and not coalesce(facts.is_supervision, false)
            and facts.started_at >= bounded.started_at
            and facts.started_at < coalesce(bounded.next_leg_at, 'infinity')
    ) as attempts
    left join lateral (
        select facts.started_at
        from genesys.session_facts as facts
        where
            facts.conversation_start = bounded.conversation_start
            and facts.conversation_id = bounded.conversation_id
            and facts.participant_no = bounded.answer_participant_no
            and facts.session_no = bounded.answer_session_no
        limit 1
    ) as answers on true
    left join lateral (
        select *
        from genesys.session_facts as later
        where
            later.conversation_start = bounded.conversation_start
            and later.conversation_id = bounded.conversation_id
            and later.is_agent_session
            and later.media_type = 'voice'
            and (later.is_dialed or later.direction is distinct from 'inbound')
            and later.user_id = bounded.answer_user_id
            and later.started_at >= answers.started_at
            and later.started_at < coalesce(bounded.next_leg_at, 'infinity')
        order by later.started_at, later.participant_no, later.session_no
        limit 1
    ) as calls on true
),

final as (
    select
        genesys.session_key(called.conversation_id, called.participant_no, called.session_no) as leg_key,
        genesys.session_key(called.conversation_id, called.answer_participant_no::integer, called.answer_session_no::integer) as answer_session_key,
        genesys.session_key(called.conversation_id, called.call_participant_no, called.call_session_no) as call_session_key,
        called.conversation_id,
        called.queue_id,
        called.answer_user_id as user_id,
        called.outbound_campaign_id as campaign_id,

        case
            when called.is_reached then 'reached'
            when called.is_answered then 'taken'
            when called.is_open then 'waiting'
            else 'ended'
        end as outcome,

        genesys.minute_of_day(called.started_at) as minute_of_day,
        called.attempt_count,
        called.wait_ms * 0.001 as wait_seconds,
        extract(epoch from called.called_at - coalesce(called.callback_scheduled_time, called.started_at)) as promise_seconds,

        called.is_answered,
        called.is_reached,
        called.callback_scheduled_time is not null as is_scheduled,
        called.is_open,
        coalesce(called.started_at <@ (
            select complete.ranges
            from genesys.int_complete_ranges as complete
            where complete.fact = 'conversations'
        ), false) as is_complete,

        genesys.local_day(called.started_at) as day,
        called.started_at,
        called.started_at at time zone {{time_zone}} as started_local,
        called.callback_scheduled_time as scheduled_at,
        called.taken_at,
        called.first_attempt_at,
        called.called_at,
        called.reached_at,
        called.conversation_start as conversation_started_at
    from called
    where {{division_check(called, division_ids)}}
)

select * from final;

comment on view mart.fct_callbacks is 'One row per stay of a callback in a queue: asked for, scheduled, taken. Source: conversation details, acd sessions of media type callback. Filter on started_at or conversation_started_at.';
comment on column mart.fct_callbacks.leg_key is 'Stay in the queue, as in fct_queue_legs; the key of this relation.';
comment on column mart.fct_callbacks.answer_session_key is 'Callback session of the agent who took it, as in fct_agent_sessions; null where nobody did.';
comment on column mart.fct_callbacks.call_session_key is 'First voice session in which that agent called back, as in fct_agent_sessions; null without.';
comment on column mart.fct_callbacks.conversation_id is 'Conversation. Details conversationId.';
comment on column mart.fct_callbacks.queue_id is 'Queue. See dim_queues.';
comment on column mart.fct_callbacks.user_id is 'Agent who took it; null where nobody did. See dim_users.';
comment on column mart.fct_callbacks.campaign_id is 'Campaign that made it; null where a customer asked for it. See dim_campaigns.';
comment on column mart.fct_callbacks.outcome is 'How far it came: waiting, taken by an agent, reached (a call was connected), ended without.';
comment on column mart.fct_callbacks.minute_of_day is 'Minutes from midnight, in the reporting time zone, to the quarter of an hour in which it was asked for: 0, 15, … 1425. See dim_intervals.';
comment on column mart.fct_callbacks.attempt_count is 'Calls that agents made in the conversation from the callback entering the queue to its next stay in one, reached or not; sessions of colleagues who were asked or transferred to are none.';
comment on column mart.fct_callbacks.wait_seconds is 'Wait in the queue until an agent took it, in seconds; null where nobody did. tAnswered.';
comment on column mart.fct_callbacks.promise_seconds is 'From the promised time, else from the request, to the call in seconds; negative where it was called earlier; null without a call.';
comment on column mart.fct_callbacks.is_answered is 'True where an agent took it.';
comment on column mart.fct_callbacks.is_reached is 'True where one of these calls was connected.';
comment on column mart.fct_callbacks.is_scheduled is 'True where a time was promised. Details callbackScheduledTime.';
comment on column mart.fct_callbacks.is_open is 'True while it waits or is being worked.';
comment on column mart.fct_callbacks.is_complete is 'True where everything of the day on which it was asked for has been pulled. Source: the ledger of slices.';
comment on column mart.fct_callbacks.day is 'Day in the reporting time zone on which it was asked for. See dim_dates.';
comment on column mart.fct_callbacks.started_at is 'When it was asked for, instant, shown in the zone of your session.';
comment on column mart.fct_callbacks.started_local is 'started_at in the reporting time zone. When clocks go back, an hour occurs twice.';
comment on column mart.fct_callbacks.scheduled_at is 'Promised time, instant, shown in the zone of your session; null without. Details callbackScheduledTime.';
comment on column mart.fct_callbacks.taken_at is 'When an agent took it, instant, shown in the zone of your session; null where nobody did.';
comment on column mart.fct_callbacks.first_attempt_at is 'Start of the first of these calls, instant, shown in the zone of your session; null where none was made.';
comment on column mart.fct_callbacks.called_at is 'Start of the first call by the agent who took it, instant, shown in the zone of your session; null without.';
comment on column mart.fct_callbacks.reached_at is 'When the first of these calls that reached somebody was connected, instant, shown in the zone of your session; null where none did.';
comment on column mart.fct_callbacks.conversation_started_at is 'Start of the conversation, instant, shown in the zone of your session. Details conversationStart.';
