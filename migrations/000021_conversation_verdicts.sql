-- What a conversation's wrap-up verdict is made of, written with it at load. Prompts of queues and deleted codes are the directory's to
-- say, so the verdict itself is read: genesys.int_conversation_verdicts.
alter table genesys.conversation_facts
    add column codable_count bigint,
    add column leak_cause text,
    add column expected_cause text,
    add column wrapup_codes text[],
    add column digital_queue_ids text[],
    add column unexplained_queue_ids text[];

comment on column genesys.conversation_facts.codable_count is 'Agent sessions that could have a code: those with a real one, and those of a queue, in contact and ended, callbacks whose after-call work belongs to the voice session left out.';
comment on column genesys.conversation_facts.leak_cause is 'Of the causes of its agent sessions that are leaks whatever the directory says, the one tested first.';
comment on column genesys.conversation_facts.expected_cause is 'Of the causes of its agent sessions that are expected whatever the directory says, the one tested first.';
comment on column genesys.conversation_facts.wrapup_codes is 'The last real code of each agent session that has one, the session that started first at the beginning; of all sessions where no agent took part.';
comment on column genesys.conversation_facts.digital_queue_ids is 'Queues of its agent sessions with the cause digital_no_code, each once, in order: the prompt of the queue has the last word.';
comment on column genesys.conversation_facts.unexplained_queue_ids is 'Queues of its agent sessions with the cause unexplained, each once, in order: the prompt of the queue has the last word.';
