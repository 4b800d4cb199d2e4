-- Rows whose columns about their surroundings contradict those surroundings.
with
legs as (
    select
        legs.answer_session_key,
        min(legs.leg_key) as first_leg_key,
        max(legs.leg_key) as last_leg_key
    from mart.fct_queue_legs as legs
    where legs.answer_session_key is not null
    group by legs.answer_session_key
),

answers as (
    select 'leg_key of ' || sessions.session_key as fault
    from mart.fct_agent_sessions as sessions
    left join legs on legs.answer_session_key = sessions.session_key
    where
        (sessions.leg_key is null) <> (legs.first_leg_key is null)
        or sessions.leg_key < legs.first_leg_key
        or sessions.leg_key > legs.last_leg_key
),

coded as (
    select 'is_conversation_coded of ' || sessions.session_key as fault
    from mart.fct_agent_sessions as sessions
    inner join mart.fct_conversations as conversations on conversations.conversation_id = sessions.conversation_id
    where sessions.is_conversation_coded <> conversations.is_coded
),

buckets as (
    select 'wait_bucket of ' || legs.leg_key as fault
    from mart.fct_queue_legs as legs
    where
        (legs.wait_bucket is null) <> (legs.answer_seconds is null and legs.abandon_seconds is null)
        or (legs.wait_bucket = '0_10' and coalesce(legs.answer_seconds, legs.abandon_seconds) > 10)
        or (legs.wait_bucket = 'over_300' and coalesce(legs.answer_seconds, legs.abandon_seconds) <= 300)
),

agents as (
    select 'first_user_id or last_user_id of ' || conversations.conversation_id as fault
    from mart.fct_conversations as conversations
    where
        (conversations.first_user_id is null) <> (conversations.agent_session_count = 0)
        or (conversations.last_user_id is null) <> (conversations.agent_session_count = 0)
),

waiting as (
    select 'is_waiting of ' || conversations.conversation_id as fault
    from mart.fct_conversations as conversations
    where
        conversations.is_waiting <> exists (
            select
            from mart.fct_queue_legs as legs
            where
                legs.conversation_id = conversations.conversation_id
                and legs.is_open
                and conversations.is_open
        )
),

calls as (
    select 'is_callback_voice of ' || sessions.session_key as fault
    from mart.fct_agent_sessions as sessions
    where
        sessions.is_callback_voice
        and not exists (
            select
            from mart.fct_agent_sessions as callbacks
            where
                callbacks.conversation_id = sessions.conversation_id
                and callbacks.user_id = sessions.user_id
                and callbacks.media_type = 'callback'
        )
)

select fault from answers
union all
select fault from coded
union all
select fault from buckets
union all
select fault from agents
union all
select fault from waiting
union all
select fault from calls
