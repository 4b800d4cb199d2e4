-- The columns of one row that correspond to keys of its JSON object. Key columns and nulls are left out; times are UTC with milliseconds. The
-- time columns are named here because looking up types for every row took nine tenths of the whole function; a test compares the list with the tables.
create or replace function genesys.row_json(stored jsonb) returns jsonb
language sql stable parallel safe
return (
    select
        coalesce(
            jsonb_object_agg(
                genesys.json_key(member.key),
                case
                    when member.key in (
                        'callback_scheduled_time', 'conference_start', 'conversation_end', 'delivery_status_change_date', 'detected_speech_end',
                        'detected_speech_start', 'emit_date', 'event_time', 'flow_outcome_end_timestamp', 'flow_outcome_start_timestamp',
                        'inactivity_timeout', 'segment_end', 'segment_start', 'survey_completed_date'
                    ) then to_jsonb(to_char((member.value #>> '{}')::timestamptz at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))
                    else member.value
                end
            ),
            '{}'
        )
    from jsonb_each(stored) as member
    where
        member.value <> 'null'
        and member.key not in ('conversation_start', 'conversation_id', 'as_of', 'extra')
        and right(member.key, 3) <> '_no'
);

comment on function genesys.row_json is 'The columns of a stored row as keys of a JSON object. Used by conversation_json.';
