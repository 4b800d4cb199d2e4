-- One row per session, with the addresses of both sides.
create view mart.fct_addresses as
with
sessions as (
    select
        sessions.*,
        participants.purpose,
        participants.participant_name,
        participants.external_contact_id
    from genesys.sessions as sessions
    -- One by one: a join by three columns is estimated to find next to nothing, and a preview would then join all of it first.
    cross join lateral (
        select
            found.purpose,
            found.participant_name,
            found.external_contact_id
        from genesys.participants as found
        where
            found.conversation_start = sessions.conversation_start
            and found.conversation_id = sessions.conversation_id
            and found.participant_no = sessions.participant_no
        limit 1
    ) as participants
),

final as (
    select
        genesys.session_key(sessions.conversation_id, sessions.participant_no, sessions.session_no) as session_key,
        sessions.conversation_id,
        sessions.external_contact_id,

        sessions.purpose,
        sessions.media_type,
        sessions.direction,
        sessions.participant_name,
        sessions.ani,
        sessions.dnis,
        sessions.address_from,
        sessions.address_to,
        sessions.address_self,
        sessions.address_other,
        array_to_string(sessions.callback_numbers, ',') as callback_numbers,
        array_to_string(sessions.cc, ',') as cc,
        (
            select segments.subject
            from genesys.segments as segments
            where
                segments.conversation_start = sessions.conversation_start
                and segments.conversation_id = sessions.conversation_id
                and segments.participant_no = sessions.participant_no
                and segments.session_no = sessions.session_no
                and segments.subject is not null
            order by segments.segment_no
            limit 1
        ) as subject,

        genesys.minute_of_day(sessions.conversation_start) as minute_of_day,

        coalesce(sessions.conversation_start <@ (
            select complete.ranges
            from genesys.int_complete_ranges as complete
            where complete.fact = 'conversations'
        ), false) as is_complete,

        genesys.local_day(sessions.conversation_start) as day,
        sessions.conversation_start as conversation_started_at
    from sessions
)

select * from final;

comment on view mart.fct_addresses is 'PERSONAL (role genesys_personal): one row per session, with its numbers, addresses and contact. Source: conversation details, sessions.';
comment on column mart.fct_addresses.session_key is 'Session; the key of this relation. See fct_agent_sessions and fct_queue_legs.';
comment on column mart.fct_addresses.conversation_id is 'Conversation. Details conversationId.';
comment on column mart.fct_addresses.external_contact_id is 'External contact. Details externalContactId.';
comment on column mart.fct_addresses.purpose is 'What the participant is: customer, agent, … Details purpose. See dim_enums.';
comment on column mart.fct_addresses.media_type is 'voice, message, email, … Details mediaType.';
comment on column mart.fct_addresses.direction is 'inbound or outbound. Details direction.';
comment on column mart.fct_addresses.participant_name is 'Name of the participant as recorded. Details participantName.';
comment on column mart.fct_addresses.ani is 'Number that called. Details ani.';
comment on column mart.fct_addresses.dnis is 'Number that was called. Details dnis.';
comment on column mart.fct_addresses.address_from is 'Sender. Details addressFrom.';
comment on column mart.fct_addresses.address_to is 'Recipient. Details addressTo.';
comment on column mart.fct_addresses.address_self is 'Address of this side. Details addressSelf.';
comment on column mart.fct_addresses.address_other is 'Address of the other side. Details addressOther.';
comment on column mart.fct_addresses.callback_numbers is 'Numbers to call back, separated by commas. Details callbackNumbers.';
comment on column mart.fct_addresses.subject is 'Subject of the e-mail; null for other media. Details segments.subject.';
comment on column mart.fct_addresses.cc is 'Recipients of copies, separated by commas. Details cc.';
comment on column mart.fct_addresses.minute_of_day is 'Minutes from midnight, in the reporting time zone, to the quarter of an hour in which the conversation started: 0, 15, … 1425. See dim_intervals.';
comment on column mart.fct_addresses.is_complete is 'True where everything of the day on which the conversation started has been pulled. Source: the ledger of slices.';
comment on column mart.fct_addresses.day is 'Day in the reporting time zone on which the conversation started. See dim_dates.';
comment on column mart.fct_addresses.conversation_started_at is 'Start of the conversation, instant, shown in the zone of your session. Filters on it reach the partitions. Details conversationStart.';
