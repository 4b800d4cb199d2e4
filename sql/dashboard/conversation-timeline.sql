-- One row per stretch of a conversation: who was in which state from when to when.
-- @parameters conversation: uuid, zone: zone
-- @definitions fct_segments dim_wrapup_codes
-- @column lane: Who: the customer, the flow, the queue, or the agent.
-- @column kind: What: customer, flow, queue, alert, dial, contact, hold, acw, or Genesys' own word for any other.
-- @column from_local: Begin in the reporting zone.
-- @column to_local: End in the reporting zone; of what lasts, the time of the question.
with
segments as (
    select
        segments.*,
        coalesce(segments.ended_at, now()) as end_at
    from mart.fct_segments as segments
    where
        segments.conversation_id = :conversation
        and segments.purpose <> 'botflow'
        -- What is shared happens during the contact; what is parked is nobody's work.
        and segments.segment_type not in ('sharing', 'parked')
)

select
    segments.participant_no,
    segments.session_no,
    segments.segment_no,
    case
        when segments.purpose in ('agent', 'user') then coalesce(users.user_name, 'Agent')
        when segments.purpose = 'acd' then coalesce(queues.queue_name, 'Queue')
        when segments.purpose in ('customer', 'external') then 'Customer'
        else 'Flow'
    end as lane,
    case
        when segments.segment_type in ('dialing', 'contacting') then 'dial'
        when segments.purpose in ('customer', 'external') then 'customer'
        when segments.purpose = 'acd' then 'queue'
        when segments.purpose not in ('agent', 'user') then 'flow'
        when segments.segment_type = 'interact' then 'contact'
        when segments.segment_type = 'wrapup' then 'acw'
        else segments.segment_type
    end as kind,
    segments.started_at at time zone :zone as from_local,
    segments.end_at at time zone :zone as to_local,
    segments.media_type,
    segments.disconnect_type,
    codes.wrapup_name
from segments
left join mart.dim_users as users on users.user_id = segments.user_id
left join mart.dim_queues as queues on queues.queue_id = segments.queue_id
left join mart.dim_wrapup_codes as codes on codes.wrapup_code = segments.wrapup_code
where segments.end_at > segments.started_at
order by segments.participant_no, segments.session_no, segments.segment_no
