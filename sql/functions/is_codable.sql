-- Could an agent session with this wrap-up cause have had a code? True without a cause: then it has one.
create or replace function genesys.is_codable(wrapup_cause text)
returns boolean
language sql
immutable
parallel safe
as $$
    select
        wrapup_cause is null
        or wrapup_cause not in (
            'system_code',
            'non_acd',
            'outbound_no_contact',
            'not_answered',
            'still_open',
            'callback_no_acw'
        )
$$;

comment on function genesys.is_codable is 'True for an agent session that has a real code, or whose cause shows that it belonged to a queue, was in contact and has ended, and that its after-call work is not that of a voice session. Columns is_codable and codable_count.';
