-- One row per conversation: its facts, its real wrap-up codes and, without one, the cause.
create view genesys.int_conversation_verdicts as
with
conversations as (
    select * from genesys.conversation_facts
),

-- Codes of agents that the directory lists; all of them before it has been read, and those that flows and dialers set.
coded as (
    select
        conversations.*,
        case
            when conversations.wrapup_codes is null then 0
            when conversations.agent_session_count = 0 then cardinality(conversations.wrapup_codes)
            when not exists (select from genesys.wrapup_codes) then cardinality(conversations.wrapup_codes)
            else (
                -- In the filter, the codes of the directory are read once; as a condition they would be joined for every conversation.
                select
                    count(*) filter (
                        where
                        held.code in (
                            select codes.wrapup_code
                            from genesys.wrapup_codes as codes
                            where codes.valid_to is null
                        )
                    )
                from unnest(conversations.wrapup_codes) as held (code)
            )
        end::bigint as code_count
    from conversations
),

-- Leaks before expected causes, then the order in which causes are tested, which is that of mart.dim_wrapup_causes.
final as (
    select
        coded.*,
        case
            when coded.agent_session_count = 0 then coded.wrapup_cause
            when coded.code_count > 0 then null
            when coded.leak_cause in ('acw_timeout', 'acw_skipped') then coded.leak_cause
            when coded.wrapup_codes is not null then 'code_deleted'
            when coded.leak_cause is not null then coded.leak_cause
            when
                exists (
                    select
                    from unnest(coded.digital_queue_ids) as asked (queue_id)
                    where
                        asked.queue_id not in (
                            select queues.queue_id::text
                            from genesys.queues as queues
                            where
                                queues.valid_to is null
                                and queues.acw_wrapup_prompt in ('OPTIONAL', 'AGENT_REQUESTED')
                        )
                )
                then 'digital_no_code'
            when
                exists (
                    select
                    from unnest(coded.unexplained_queue_ids) as asked (queue_id)
                    where
                        asked.queue_id not in (
                            select queues.queue_id::text
                            from genesys.queues as queues
                            where
                                queues.valid_to is null
                                and queues.acw_wrapup_prompt in ('OPTIONAL', 'AGENT_REQUESTED')
                        )
                )
                then 'unexplained'
            when coded.expected_cause is not null then coded.expected_cause
            when
                exists (
                    select
                    from unnest(coded.digital_queue_ids || coded.unexplained_queue_ids) as asked (queue_id)
                    where
                        asked.queue_id in (
                            select queues.queue_id::text
                            from genesys.queues as queues
                            where
                                queues.valid_to is null
                                and queues.acw_wrapup_prompt = 'OPTIONAL'
                        )
                )
                then 'acw_optional'
            else 'acw_not_requested'
        end as verdict_cause
    from coded
)

select * from final;

comment on view genesys.int_conversation_verdicts is 'One row per conversation with what mart says about its wrap-up code. Subqueries look up the directory, so that reports without the verdict do not read it.';
