-- One row per conversation whose customer is known by a contact id or an address.
create view mart.fct_repeat_contacts as
with
conversations as (
    select * from genesys.conversation_facts
),

-- Looked up one by one in the index of contacts, so that a day costs a day. Who sees some divisions only, sees neighbours of these only.
contacts as (
    select
        conversations.*,
        previous.conversation_id as previous_conversation_id,
        previous.conversation_start as previous_start,
        previous.last_queue_id as previous_queue_id,
        previous.is_abandoned as previous_is_abandoned,
        previous.wrapup_codes as previous_codes,
        following.conversation_start as next_start
    from conversations
    left join lateral (
        select
            earlier.conversation_id,
            earlier.conversation_start,
            earlier.last_queue_id,
            earlier.is_abandoned,
            earlier.wrapup_codes
        from genesys.conversation_facts as earlier
        where
            earlier.contact = conversations.contact
            and earlier.conversation_start < conversations.conversation_start
            and {{division_check(earlier, division_ids)}}
        order by earlier.conversation_start desc
        limit 1
    ) as previous on true
    left join lateral (
        select later.conversation_start
        from genesys.conversation_facts as later
        where
            later.contact = conversations.contact
            and later.conversation_start > conversations.conversation_start
            and {{division_check(later, division_ids)}}
        order by later.conversation_start
        limit 1
    ) as following on true
    where
        conversations.contact is not null
        and {{division_check(conversations, division_ids)}}
),

final as (
    select
        contacts.conversation_id,
        contacts.previous_conversation_id,
        contacts.last_queue_id,

        genesys.customer_key(
            contacts.contact,
            (select settings.value from extract.settings as settings where settings.name = 'customer_secret')
        ) as customer_key,
        contacts.media_type,
        contacts.originating_direction,

        genesys.minute_of_day(contacts.conversation_start) as minute_of_day,
        extract(epoch from contacts.conversation_start - contacts.previous_start) as repeat_after_seconds,
        extract(epoch from contacts.next_start - contacts.conversation_start) as next_after_seconds,

        contacts.previous_conversation_id is not null as is_repeat,
        coalesce(contacts.conversation_start - contacts.previous_start <= interval '24 hours', false) as is_within_1_day,
        coalesce(contacts.conversation_start - contacts.previous_start <= interval '168 hours', false) as is_within_7_days,
        coalesce(contacts.conversation_start - contacts.previous_start <= interval '720 hours', false) as is_within_30_days,
        coalesce(contacts.last_queue_id = contacts.previous_queue_id, false) as is_same_queue,
        coalesce(
            contacts.wrapup_codes[cardinality(contacts.wrapup_codes)]
            = contacts.previous_codes[cardinality(contacts.previous_codes)],
            false
        ) as is_same_code,
        coalesce(contacts.previous_is_abandoned, false) as is_after_abandoned,
        contacts.is_abandoned,
        coalesce(
            contacts.conversation_start <@ (
                select complete.ranges
                from genesys.int_complete_ranges as complete
                where complete.fact = 'conversations'
            ),
            false
        ) as is_complete,

        genesys.local_day(contacts.conversation_start) as day,
        contacts.conversation_start as started_at,
        contacts.conversation_start at time zone {{time_zone}} as started_local
    from contacts
)

select * from final;

comment on view mart.fct_repeat_contacts is 'One row per conversation whose customer is known, by external contact id or else by address: what the same customer did before and after. Only stored conversations count: after a prune, or at the beginning, earlier ones are missing. Holds no personal data. Source: conversation details (genesys.conversation_facts). Filter on started_at or day.';
comment on column mart.fct_repeat_contacts.conversation_id is 'Conversation, the key of this relation. See fct_conversations.';
comment on column mart.fct_repeat_contacts.previous_conversation_id is 'Conversation of the same customer that started before it, the latest such; null for the first one.';
comment on column mart.fct_repeat_contacts.last_queue_id is 'Last queue of the conversation; null where none held it. See dim_queues.';
comment on column mart.fct_repeat_contacts.customer_key is 'Keyed hash of the customer''s external contact id or, without one, of the address in one spelling: distinguishes customers without revealing who they are.';
comment on column mart.fct_repeat_contacts.media_type is 'The one media type under which reports count the conversation.';
comment on column mart.fct_repeat_contacts.originating_direction is 'inbound or outbound. Details originatingDirection.';
comment on column mart.fct_repeat_contacts.minute_of_day is 'Minutes from midnight, in the reporting time zone, to the quarter of an hour in which it started. See dim_intervals.';
comment on column mart.fct_repeat_contacts.repeat_after_seconds is 'Seconds from the start of the previous conversation to the start of this one; null for the first one.';
comment on column mart.fct_repeat_contacts.next_after_seconds is 'Seconds from the start of this conversation to the start of the customer''s next one; null where none has come yet.';
comment on column mart.fct_repeat_contacts.is_repeat is 'True where the same customer is known from an earlier conversation.';
comment on column mart.fct_repeat_contacts.is_within_1_day is 'True where the previous conversation started at most 24 hours before.';
comment on column mart.fct_repeat_contacts.is_within_7_days is 'True where the previous conversation started at most 168 hours before.';
comment on column mart.fct_repeat_contacts.is_within_30_days is 'True where the previous conversation started at most 720 hours before.';
comment on column mart.fct_repeat_contacts.is_same_queue is 'True where the previous conversation had the same last queue.';
comment on column mart.fct_repeat_contacts.is_same_code is 'True where the last wrap-up code of both conversations is the same; false where one has none. Details wrapUpCode.';
comment on column mart.fct_repeat_contacts.is_after_abandoned is 'True where the customer abandoned the previous conversation in a queue.';
comment on column mart.fct_repeat_contacts.is_abandoned is 'True where the customer abandoned this conversation in a queue, as in fct_conversations.';
comment on column mart.fct_repeat_contacts.is_complete is 'True where everything of the day on which it started has been pulled. Source: the ledger of slices.';
comment on column mart.fct_repeat_contacts.day is 'Day in the reporting time zone on which it started. See dim_dates.';
comment on column mart.fct_repeat_contacts.started_at is 'Start, instant, shown in the zone of your session. Filters on it reach the partitions.';
comment on column mart.fct_repeat_contacts.started_local is 'started_at in the reporting time zone. When clocks go back, an hour occurs twice.';
