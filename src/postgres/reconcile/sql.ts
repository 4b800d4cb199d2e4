/** Holds the statements of reconciliation. `$1` and `$2` are begin and end of the UTC day throughout. */

/** Customer-side sessions come to a queue only when what they measured is past: Genesys counts their metrics under no queue. */
const customerPurposes = `('customer', 'external', 'outbound', 'dialer')`;

/** Lists the streams that are pulled again when a day differs: the conversations, and the aggregates requested together. */
const aggregateStreams = `('queue_aggregates', 'agent_aggregates', 'wrapup_aggregates')`;
const comparedStreams = `('conversation_history', 'queue_aggregates')`;

/**
 * After-call work may last beyond the end of its conversation, which then belongs to the day before only: an interval is final when the
 * conversations of this time before it are final too.
 */
const edge = `interval '1 hour'`;

/**
 * Selects conversations that may have emitted metrics within the day: a metric comes at most hours after the conversation's end. Those that
 * began before `$3` (an e-mail may stay open for months) are found by their sessions of the day, through indexes of the facts.
 */
const active = `
  active as (
      select conversation_start, conversation_id
      from genesys.conversations
      where
          conversation_start >= $3
          and conversation_start < $2
          and (conversation_end is null or conversation_end >= $1::timestamptz - interval '1 day')
      union
      select conversation_start, conversation_id
      from genesys.session_facts
      where conversation_start < $3 and is_agent_session and started_at >= $1 and started_at < $2
      union
      select conversation_start, conversation_id
      from genesys.session_facts
      where conversation_start < $3 and is_queue_leg and started_at >= $1 and started_at < $2
      union
      select conversation_start, conversation_id
      from genesys.session_facts
      where conversation_start < $3 and handled_at >= $1 and handled_at < $2
  )`;

/** The lateral join with its offset keeps the planner probing by key: it would rather read months of metrics. */
const details = `
  details as (
      select
          date_bin(step.length, emitted.emit_date, $1) as interval_start,
          emitted.queue_id,
          emitted.media_type,
          emitted.metric,
          (case when emitted.metric like 'n%' then sum(emitted.value) else count(*) end)::bigint as details_count,
          (case when emitted.metric like 't%' then sum(emitted.value) end)::bigint as details_sum
      from active
      cross join lateral (
          select metrics.emit_date, metrics.value, metrics.name as metric, facts.queue_id, facts.media_type
          from genesys.session_metrics as metrics
          inner join genesys.session_facts as facts
              on facts.conversation_start = active.conversation_start
              and facts.conversation_id = active.conversation_id
              and facts.participant_no = metrics.participant_no
              and facts.session_no = metrics.session_no
          where
              metrics.conversation_start = active.conversation_start
              and metrics.conversation_id = active.conversation_id
              and metrics.emit_date >= $1
              and metrics.emit_date < $2
              and metrics.name = any($4::text[])
              and facts.queue_id is not null
              and (facts.purpose is null or facts.purpose not in ${customerPurposes})
          offset 0
      ) as emitted
      cross join step
      group by 1, 2, 3, 4
  )`;

/** The widest interval stored of the day: where the granularity was changed meanwhile, both sides are summed to the coarser one. */
const step = `
  step as (
      select coalesce(max(interval_end - interval_start), interval '30 minutes') as length
      from genesys.queue_aggregates
      where interval_start >= $1 and interval_start < $2
  )`;

const aggregates = `
  aggregates as (
      select
          date_bin(step.length, stored.interval_start, $1) as interval_start,
          stored.queue_id,
          stored.media_type,
          stored.metric,
          sum(stored.count)::bigint as aggregate_count,
          (case when stored.metric like 't%' then sum(stored.sum) end)::bigint as aggregate_sum
      from genesys.queue_aggregates as stored
      cross join step
      where
          stored.interval_start >= $1
          and stored.interval_start < $2
          and stored.queue_id is not null
          and stored.metric = any($4::text[])
      group by 1, 2, 3, 4
  )`;

/** Selects ranges for which neither side has a pending pull. The details query is not needed for that, but must not be in progress. */
const settled = `
  settled as (
      select
          coalesce(
              range_agg(tstzrange(slice_from, slice_to)) filter (
                  where stream = 'conversation_history' and due_at is null and pass > 0
              ),
              '{}'
          ) as history,
          coalesce(
              range_agg(tstzrange(slice_from, slice_to)) filter (
                  where stream = 'queue_aggregates' and due_at is null and pass > 0
              ),
              '{}'
          ) as aggregates,
          coalesce(
              range_agg(tstzrange(slice_from, slice_to)) filter (where stream = 'conversations' and due_at is not null),
              '{}'
          ) as pending
      from extract.slices
      where
          stream in ('conversation_history', 'queue_aggregates', 'conversations')
          and slice_from < $2
          and slice_to > $1::timestamptz - ${edge}
  )`;

const cells = `
  cells as (
      select
          both_sides.interval_start,
          both_sides.interval_start + step.length as interval_end,
          both_sides.queue_id,
          both_sides.media_type,
          both_sides.metric,
          coalesce(sum(details_count), 0)::bigint as details_count,
          sum(details_sum)::bigint as details_sum,
          coalesce(sum(aggregate_count), 0)::bigint as aggregate_count,
          sum(aggregate_sum)::bigint as aggregate_sum
      from (
          select interval_start, queue_id, media_type, metric, details_count, details_sum, null as aggregate_count, null as aggregate_sum
          from details
          union all
          select interval_start, queue_id, media_type, metric, null, null, aggregate_count, aggregate_sum
          from aggregates
      ) as both_sides
      cross join step
      group by 1, 2, 3, 4, 5
  )`;

/**
 * Compares one day, keeps at most `$5` of its differences and returns the counts. `$3`: conversations that began before are looked
 * for by their sessions of the day only; `$4`: names of metrics. A cell without anything on one side has 0 there; 0 and absent are the same.
 */
export const compareDay = `
  with ${[active, step, details, aggregates, settled, cells].join(',')},
  evaluated as (
      select
          cells.*,
          cells.details_count = cells.aggregate_count
              and coalesce(cells.details_sum, 0) = coalesce(cells.aggregate_sum, 0) as is_equal,
          settled.history @> tstzrange(cells.interval_start - ${edge}, cells.interval_end)
              and settled.aggregates @> tstzrange(cells.interval_start, cells.interval_end)
              and not settled.pending && tstzrange(cells.interval_start, cells.interval_end) as is_final
      from cells
      cross join settled
  ),
  kept as (
      insert into extract.reconciliation_differences
          (interval_start, interval_end, queue_id, media_type, metric, is_final,
           details_count, details_sum, aggregate_count, aggregate_sum)
      select interval_start, interval_end, queue_id, media_type, metric, is_final,
          details_count, details_sum, aggregate_count, aggregate_sum
      from evaluated
      where not is_equal
      order by is_final desc, interval_start, queue_id, media_type, metric
      limit $5
  )
  select
      count(*) filter (where is_final and is_equal)::int as "equalCount",
      count(*) filter (where is_final and not is_equal)::int as "differentCount",
      count(*) filter (where not is_final)::int as "notFinalCount",
      count(*) filter (where not is_final and not is_equal)::int as "notFinalDifferentCount",
      min(interval_start) filter (where is_final and not is_equal) as "differentFrom",
      max(interval_end) filter (where is_final and not is_equal) as "differentTo",
      (select history @> tstzrange($1, $2) and aggregates @> tstzrange($1, $2) and not pending && tstzrange($1, $2)
       from settled) as "isDayFinal"
  from evaluated`;

export const forgetDifferences = `
  delete from extract.reconciliation_differences where interval_start >= $1 and interval_start < $2`;

/** Returns `attempts` as they were. */
export const rememberDay = `
  insert into extract.reconciliations as stored
      (interval_start, interval_end, state, equal_count, different_count, not_final_count, not_final_different_count,
       compared_at, pass_count)
  values ($1, $2, $3, $4, $5, $6, $7, $8, (
      select coalesce(sum(pass), 0) from extract.slices
      where stream in ${comparedStreams} and slice_from < $2 and slice_to > $1
  ))
  on conflict (interval_start) do update
      set state = excluded.state, equal_count = excluded.equal_count, different_count = excluded.different_count,
          not_final_count = excluded.not_final_count, not_final_different_count = excluded.not_final_different_count,
          pass_count = excluded.pass_count, compared_at = excluded.compared_at,
          attempts = case when excluded.state = 'equal' then 0 else stored.attempts end
  returning attempts`;

export const rememberAttempt = `
  update extract.reconciliations set attempts = attempts + 1, last_attempt_at = $2 where interval_start = $1`;

/** Makes the slices of the final cells of [`$1`, `$2`) due again, at `$3`. */
export const makeDueAgain = `
  update extract.slices set due_at = $3, retry_at = null, cursor = null
  where
      due_at is null
      and slice_from < $2
      and slice_to > case when stream = 'conversation_history' then $1::timestamptz - ${edge} else $1 end
      and (stream = 'conversation_history' or stream in ${aggregateStreams})`;

/**
 * Forgets the digests of all conversations that may have emitted in [`$1`, `$2`), or whose rows are gone: an answer equal to the last one
 * would otherwise be taken for known, whatever has become of the rows. In the order of ids, as loaders lock them.
 */
export const forgetDigests = `
  with ${active},
  gone as (
      select stored.conversation_id
      from extract.stored_conversations as stored
      left join genesys.conversations as conversations
          on conversations.conversation_start = stored.conversation_start
          and conversations.conversation_id = stored.conversation_id
          and conversations.conversation_start >= $3
          and conversations.conversation_start < $2
      where
          stored.conversation_start >= $3
          and stored.conversation_start < $2
          and conversations.conversation_id is null
  ),
  damaged as (
      select stored.conversation_id
      from extract.stored_conversations as stored
      where stored.conversation_id = any(array(select conversation_id from active union select conversation_id from gone))
      order by stored.conversation_id
      for update
  )
  update extract.stored_conversations as stored
  set content_hash = '00000000-0000-0000-0000-000000000000'
  from damaged
  where stored.conversation_id = damaged.conversation_id`;

/** Days that both sides hold whole, latest first, and of which a slice was pulled since they were compared. */
export const daysToCompare = `
  with days as (
      select
          date_bin('1 day', slice_from, timestamptz 'epoch') as day,
          stream,
          sum(pass) as pass_count
      from extract.slices
      where stream in ${comparedStreams}
      group by 1, 2
      having bool_and(pass > 0) and sum(slice_to - slice_from) = interval '1 day'
  )
  select days.day
  from days
  left join extract.reconciliations as compared on compared.interval_start = days.day
  group by days.day, compared.pass_count
  having count(*) = 2 and sum(days.pass_count) is distinct from compared.pass_count
  order by days.day desc
  limit $1`;
