-- One row per cause of a missing wrap-up code.
create view mart.dim_wrapup_causes as
with
causes (session_order, conversation_order, wrapup_cause, is_expected, meaning, action) as (
    values
    (1, null::integer, 'acw_timeout', false,
        'The time for after-call work ran out without a code: Genesys set ININ-WRAP-UP-TIMEOUT.',
        'Lengthen the time-out of the queue, shorten the list of codes, or coach; look at the share by user first.'),
    (2, null, 'acw_skipped', false,
        'The agent skipped after-call work: code ININ-WRAP-UP-SKIPPED, or the session is marked acwSkipped and has no code.',
        'Decide whether skipping is wanted; a mandatory prompt forbids it.'),
    (3, null, 'code_deleted', false,
        'The code is ININ-WRAP-UP-DELETED or an id that the directory does not know at all. A deleted code whose name is known counts as a real code.',
        'Synchronise the directory; if the id stays unknown, the code was removed permanently or lies in a division that the client cannot see.'),
    (4, 7, 'system_code', true,
        'Another code set by the platform (ININ-…), mostly by outbound dialing, instead of one chosen by the agent; also of a contact that was connected and met no agent.',
        'None for dialer results; map the system codes in reports if they matter.'),
    (5, null, 'non_acd', true,
        'The session belongs to no queue (a direct, internal or consult call), or is supervision such as monitoring or coaching; nobody is asked for a code.',
        'None, unless the calls should have gone through a queue.'),
    (6, 5, 'outbound_no_contact', true,
        'An outbound attempt that reached nobody: the agent''s session, or everybody in a dialer attempt or outbound conversation without agent, never got beyond dialing.',
        'None; look at contact lists and calling times if the share is high.'),
    (7, null, 'not_answered', true,
        'The agent was alerted and did not take it; the conversation was routed elsewhere.',
        'Look at not-responding times and auto-answer by user.'),
    (8, 1, 'still_open', true,
        'The conversation, or a segment of the session, has not ended yet; a code may still come.',
        'Wait; it is read again until it ends. Very old ones: disconnect them in Genesys Cloud.'),
    (9, null, 'transferred_before_acw', true,
        'The agent passed the conversation on, and after-call work was not done or not asked for on this leg.',
        'Ask for a code on transfer if each leg is to be coded.'),
    (10, null, 'callback_no_acw', true,
        'A callback session: after-call work and code belong to the voice session of the same agent, if there is one.',
        'Count the voice session instead.'),
    (11, null, 'acw_optional', true,
        'The queue leaves the code to the agent (prompt OPTIONAL, as set today).',
        'Make the prompt mandatory if codes are wanted.'),
    (12, null, 'acw_not_requested', true,
        'The queue gives after-call work only when the agent asks for it (prompt AGENT_REQUESTED, as set today).',
        'Make the prompt mandatory if codes are wanted.'),
    (13, null, 'digital_no_code', false,
        'A digital session (message, e-mail, chat) of a queue that asks for a code: time limits of after-call work hold for voice only, so the session may end without any.',
        'Set the prompt to mandatory without a time limit on digital queues, and check how agents close conversations.'),
    (14, 10, 'unexplained', false,
        'Nothing in the record explains the missing code: it may have been lost with a disconnect or a logout, or the record is not complete yet.',
        'Look at the examples in Genesys Cloud; if they show a code there, pull the range again.'),
    (null, 2, 'voicemail', true,
        'The customer left a voicemail and no agent took part.',
        'Check that somebody works the voicemails.'),
    (null, 3, 'callback_unanswered', false,
        'A callback was asked for and no agent took it.',
        'Check staffing at the hours for which callbacks are scheduled.'),
    (null, 4, 'abandoned_in_queue', true,
        'The customer gave up in the queue.',
        'See abandon and service-level figures of the queue.'),
    (null, 6, 'flow_out', true,
        'The conversation left its queue by a flow, without answer or abandon, and met no agent afterwards.',
        'Check where the in-queue flow sends it.'),
    (null, 8, 'system_generated', true,
        'No customer took part, or the conversation was made through the API, such as an agentless message.',
        'None.'),
    (null, 9, 'ivr_only', true,
        'The conversation began and ended in a flow (IVR, bot) and never reached a queue.',
        'None; see flow outcomes for whether it was served.')
),

final as (
    select
        causes.wrapup_cause,
        causes.meaning,
        causes.action,
        causes.session_order as tested_order,
        causes.conversation_order as conversation_tested_order,
        causes.session_order is not null as is_session_cause,
        causes.conversation_order is not null as is_conversation_cause,
        causes.is_expected,
        causes.session_order is not null
        and genesys.is_codable(causes.wrapup_cause) as is_codable
    from causes
)

select * from final;

comment on view mart.dim_wrapup_causes is 'One row per cause of a missing wrap-up code. Every agent session has either a real code or exactly one cause; and so has every conversation.';
comment on column mart.dim_wrapup_causes.wrapup_cause is 'The word that facts and reports use.';
comment on column mart.dim_wrapup_causes.meaning is 'What happened.';
comment on column mart.dim_wrapup_causes.action is 'What to do about it.';
comment on column mart.dim_wrapup_causes.tested_order is 'Order in which the causes of an agent session are tested; the first that fits is the cause. Null for causes of conversations only.';
comment on column mart.dim_wrapup_causes.conversation_tested_order is 'The same for a conversation without any agent session. Null for causes of sessions only.';
comment on column mart.dim_wrapup_causes.is_session_cause is 'True where agent sessions can have this cause.';
comment on column mart.dim_wrapup_causes.is_conversation_cause is 'True where conversations without agent session can have this cause.';
comment on column mart.dim_wrapup_causes.is_expected is 'False where a code was to be expected: a leak that something can be done about.';
comment on column mart.dim_wrapup_causes.is_codable is 'True where an agent session with this cause could have had a code: it was of a queue, in contact with somebody and over, and its after-call work was not that of a voice session.';
