-- One conversation as its detail record, key for key: a column is rendered as its JSON value, and `extra` overrides columns. A list that is
-- longer than positions can count begins in its rows and continues in `extra`.

create or replace function genesys.conversation_json(conversation_id uuid) returns json
language sql stable strict parallel safe
as $$
with stored as materialized (
    select version.conversation_start, version.conversation_id
    from extract.stored_conversations as version
    where version.conversation_id = $1
),

segments as (
    select
        part.participant_no,
        part.session_no,
        jsonb_agg(
            genesys.row_json(to_jsonb(part)) || coalesce(part.extra, '{}')
            order by part.segment_no
        ) as items
    from stored
    inner join genesys.segments as part using (conversation_start, conversation_id)
    group by part.participant_no, part.session_no
),

metrics as (
    select
        part.participant_no,
        part.session_no,
        jsonb_agg(
            genesys.row_json(to_jsonb(part)) || coalesce(part.extra, '{}')
            order by part.metric_no
        ) as items
    from stored
    inner join genesys.session_metrics as part using (conversation_start, conversation_id)
    group by part.participant_no, part.session_no
),

endpoint_stats as (
    select
        part.participant_no,
        part.session_no,
        jsonb_agg(
            genesys.row_json(to_jsonb(part)) || coalesce(part.extra, '{}')
            order by part.stat_no
        ) as items
    from stored
    inner join genesys.media_endpoint_stats as part using (conversation_start, conversation_id)
    group by part.participant_no, part.session_no
),

outcomes as (
    select
        part.participant_no,
        part.session_no,
        jsonb_agg(
            genesys.row_json(to_jsonb(part)) || coalesce(part.extra, '{}')
            order by part.outcome_no
        ) as items
    from stored
    inner join genesys.flow_outcomes as part using (conversation_start, conversation_id)
    group by part.participant_no, part.session_no
),

flows as (
    select
        part.participant_no,
        part.session_no,
        genesys.row_json(to_jsonb(part))
        || coalesce(part.extra, '{}')
        || genesys.list_json('outcomes', outcomes.items || coalesce(part.extra -> 'outcomes', '[]')) as item
    from stored
    inner join genesys.session_flows as part using (conversation_start, conversation_id)
    left join outcomes using (participant_no, session_no)
),

sessions as (
    select
        part.participant_no,
        jsonb_agg(
            genesys.row_json(to_jsonb(part))
            || coalesce(part.extra, '{}')
            || genesys.list_json('segments', segments.items || coalesce(part.extra -> 'segments', '[]'))
            || genesys.list_json('metrics', metrics.items || coalesce(part.extra -> 'metrics', '[]'))
            || genesys.list_json(
                'mediaEndpointStats', endpoint_stats.items || coalesce(part.extra -> 'mediaEndpointStats', '[]')
            )
            || genesys.list_json('flow', flows.item)
            order by part.session_no
        ) as items
    from stored
    inner join genesys.sessions as part using (conversation_start, conversation_id)
    left join segments using (participant_no, session_no)
    left join metrics using (participant_no, session_no)
    left join endpoint_stats using (participant_no, session_no)
    left join flows using (participant_no, session_no)
    group by part.participant_no
),

-- The row 0 of a participant represents an empty map, or holds the value that was there instead of a map.
attributes as (
    select
        part.participant_no,
        coalesce(
            (array_agg(part.extra -> 'value') filter (where part.attribute_no = 0))[1],
            jsonb_object_agg(
                coalesce(part.extra ->> 'name', part.name), coalesce(part.extra -> 'value', to_jsonb(part.value))
            ) filter (where part.attribute_no > 0),
            '{}'
        ) as item
    from stored
    inner join genesys.participant_attributes as part using (conversation_start, conversation_id)
    group by part.participant_no
),

participants as (
    select
        jsonb_agg(
            genesys.row_json(to_jsonb(part))
            || coalesce(part.extra, '{}')
            || genesys.list_json('sessions', sessions.items || coalesce(part.extra -> 'sessions', '[]'))
            || genesys.list_json('attributes', attributes.item)
            order by part.participant_no
        ) as items
    from stored
    inner join genesys.participants as part using (conversation_start, conversation_id)
    left join sessions using (participant_no)
    left join attributes using (participant_no)
),

evaluations as (
    select
        jsonb_agg(
            genesys.row_json(to_jsonb(part)) || coalesce(part.extra, '{}')
            order by part.evaluation_no
        ) as items
    from stored
    inner join genesys.evaluations as part using (conversation_start, conversation_id)
),

surveys as (
    select
        jsonb_agg(
            genesys.row_json(to_jsonb(part)) || coalesce(part.extra, '{}')
            order by part.survey_no
        ) as items
    from stored
    inner join genesys.surveys as part using (conversation_start, conversation_id)
),

resolutions as (
    select
        jsonb_agg(
            genesys.row_json(to_jsonb(part)) || coalesce(part.extra, '{}')
            order by part.resolution_no
        ) as items
    from stored
    inner join genesys.resolutions as part using (conversation_start, conversation_id)
),

final as (
    select
        jsonb_build_object(
            'conversationId', part.conversation_id,
            'conversationStart', to_char(part.conversation_start at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
        )
        || genesys.row_json(to_jsonb(part))
        || coalesce(part.extra, '{}')
        || genesys.list_json('participants', participants.items || coalesce(part.extra -> 'participants', '[]'))
        || genesys.list_json('evaluations', evaluations.items || coalesce(part.extra -> 'evaluations', '[]'))
        || genesys.list_json('surveys', surveys.items || coalesce(part.extra -> 'surveys', '[]'))
        || genesys.list_json('resolutions', resolutions.items || coalesce(part.extra -> 'resolutions', '[]')) as record
    from stored
    inner join genesys.conversations as part using (conversation_start, conversation_id)
    cross join participants
    cross join evaluations
    cross join surveys
    cross join resolutions
)

-- U+E000 and four hexadecimal digits encode a code unit that neither text nor jsonb can hold; json can, as an escape.
select regexp_replace(final.record::text, U&'\E000' || '([0-9a-f]{4})', '\\u\1', 'g')::json
from final
$$;

comment on function genesys.conversation_json(uuid) is
'The detail record of a stored conversation, key for key as the API gave it, with the attributes known; null when it is not stored.';
