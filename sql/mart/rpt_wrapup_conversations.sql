-- One row per local day × last queue × media type × cause: conversations with and without a wrap-up code.
create view mart.rpt_wrapup_conversations as
with
days as (
    select * from genesys.int_days
),

queues as (
    select
        queues.queue_id,
        queues.name
    from genesys.queues as queues
    where queues.valid_to is null
),

causes as (
    select * from mart.dim_wrapup_causes
),

-- Day by day, so that a filter on the day becomes a range of an index and one day's groups fit into memory.
final as (
    select
        days.day,
        counted.queue_id,

        queues.name as queue_name,
        counted.media_type,
        counted.wrapup_cause,
        counted.examples,

        counted.conversation_count,
        counted.codable_conversation_count,
        counted.coded_conversation_count,
        counted.partly_coded_conversation_count,
        counted.conversation_count - counted.coded_conversation_count as missing_conversation_count,
        case
            when not causes.is_expected then counted.conversation_count
            else 0
        end as leak_conversation_count,
        counted.open_conversation_count,

        days.is_complete
    from days
    cross join lateral (
        select
            conversations.last_queue_id as queue_id,
            coalesce(conversations.media_type, 'unknown') as media_type,
            conversations.verdict_cause as wrapup_cause,
            count(*) as conversation_count,
            count(*) filter (where conversations.codable_count > 0) as codable_conversation_count,
            count(*) filter (where conversations.code_count > 0) as coded_conversation_count,
            count(*) filter (where conversations.code_count > 0 and conversations.code_count < conversations.codable_count)
                as partly_coded_conversation_count,
            count(*) filter (where conversations.is_open) as open_conversation_count,
            array_to_string(
                (array_agg(conversations.conversation_id order by conversations.conversation_start, conversations.conversation_id))[1:5],
                ', '
            ) as examples
        from genesys.int_conversation_verdicts as conversations
        where
            conversations.conversation_start >= days.start_at
            and conversations.conversation_start < days.end_at
        group by
            conversations.last_queue_id,
            coalesce(conversations.media_type, 'unknown'),
            conversations.verdict_cause
    ) as counted
    left join queues on queues.queue_id = counted.queue_id
    left join causes on causes.wrapup_cause = counted.wrapup_cause
)

select * from final;

comment on view mart.rpt_wrapup_conversations is 'One row per local day × last queue × media type × cause: conversations with and without a real wrap-up code, each counted once, so that all counts add up. Source: fct_conversations by started_local.';
comment on column mart.rpt_wrapup_conversations.day is 'Day in the reporting time zone on which the conversations started. See dim_dates.';
comment on column mart.rpt_wrapup_conversations.queue_id is 'Last queue of the conversations; null where no queue held them. See dim_queues.';
comment on column mart.rpt_wrapup_conversations.queue_name is 'Current name of the queue, from the directory.';
comment on column mart.rpt_wrapup_conversations.media_type is 'The one media type under which reports count a conversation; unknown where the record has none.';
comment on column mart.rpt_wrapup_conversations.wrapup_cause is 'Why the conversations have no real code; null in the row of those that have one. See dim_wrapup_causes.';
comment on column mart.rpt_wrapup_conversations.examples is 'Up to five conversation ids, the earliest first, separated by comma and blank.';
comment on column mart.rpt_wrapup_conversations.conversation_count is 'Conversations; the sum over all rows is that of fct_conversations.';
comment on column mart.rpt_wrapup_conversations.codable_conversation_count is 'Of these, conversations in which an agent session could have a code: the base of a coverage by conversation.';
comment on column mart.rpt_wrapup_conversations.coded_conversation_count is 'Of these, conversations with a real code, on one agent session at least or set by a flow or a dialer.';
comment on column mart.rpt_wrapup_conversations.partly_coded_conversation_count is 'Of those with a real code, conversations in which another agent session that could have one has none.';
comment on column mart.rpt_wrapup_conversations.missing_conversation_count is 'Of these, conversations without any real code.';
comment on column mart.rpt_wrapup_conversations.leak_conversation_count is 'Of those without, conversations whose cause is a leak: a code was to be expected.';
comment on column mart.rpt_wrapup_conversations.open_conversation_count is 'Of these, conversations that have not ended: what they have may change.';
comment on column mart.rpt_wrapup_conversations.is_complete is 'True where everything of the day has been pulled at least once; false of the day that is running. Days that were never asked for whole are left out. Source: the ledger of slices.';
