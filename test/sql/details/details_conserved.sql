-- Relations of details whose sums are not those of the record's own tables.
with
sums (relation, stored, shown) as (
    values
    ('fct_segments', (select count(*) from genesys.segments), (select count(*) from mart.fct_segments)),
    (
        'fct_transfers',
        (
            select sum(metrics.value)
            from genesys.session_metrics as metrics
            inner join genesys.participants as participants
                on participants.conversation_start = metrics.conversation_start
                and participants.conversation_id = metrics.conversation_id
                and participants.participant_no = metrics.participant_no
            where
                metrics.name = 'nTransferred'
                and participants.purpose in ('agent', 'user')
                and participants.user_id is not null
        ),
        (select sum(transfer_count) from mart.fct_transfers)
    ),
    (
        'fct_callbacks',
        (
            select count(*)
            from genesys.sessions as sessions
            inner join genesys.participants as participants
                on participants.conversation_start = sessions.conversation_start
                and participants.conversation_id = sessions.conversation_id
                and participants.participant_no = sessions.participant_no
            where
                participants.purpose = 'acd'
                and sessions.media_type = 'callback'
        ),
        (select count(*) from mart.fct_callbacks)
    ),
    ('fct_flows', (select count(*) from genesys.session_flows), (select count(*) from mart.fct_flows)),
    (
        'fct_dial_attempts attempted',
        (select sum(metrics.value) from genesys.session_metrics as metrics where metrics.name = 'nOutboundAttempted'),
        (select sum(attempted_count) from mart.fct_dial_attempts)
    ),
    (
        'fct_dial_attempts abandoned',
        (select sum(metrics.value) from genesys.session_metrics as metrics where metrics.name = 'nOutboundAbandoned'),
        (select sum(abandoned_count) from mart.fct_dial_attempts)
    ),
    (
        'fct_voice_quality',
        (select count(*) from genesys.media_endpoint_stats),
        (select count(*) from mart.fct_voice_quality)
    ),
    ('fct_resolutions', (select count(*) from genesys.resolutions), (select count(*) from mart.fct_resolutions)),
    (
        'bridge_conversation_divisions',
        (select sum(cardinality(division_ids)) from genesys.conversations),
        (select count(*) from mart.bridge_conversation_divisions)
    ),
    (
        'fct_transfers without an answer and with a wait',
        0,
        (
            select count(*)
            from mart.fct_transfers as transfers
            where
                transfers.outcome in ('abandoned', 'not_answered')
                and transfers.answer_seconds is not null
        )
    )
)

select sums.*
from sums
where coalesce(sums.stored, 0) <> coalesce(sums.shown, 0)
