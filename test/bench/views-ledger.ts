/** The ledger of what the bench's data would have come from: a slice a day of every stream. */
import type pg from 'pg';

interface Days {
  readonly firstDayMs: number;
  readonly days: number;
}

const intervalStreams = [
  'queue_aggregates',
  'agent_aggregates',
  'wrapup_aggregates',
  'user_aggregates',
  'user_details',
  'flow_aggregates',
  'flow_outcome_aggregates',
  'survey_aggregates',
  'evaluation_aggregates',
];

export async function fillLedger(pool: pg.Pool, conversations: Days, intervals: Days): Promise<void> {
  await insertSlices(pool, ['conversation_history'], conversations);
  await insertSlices(pool, intervalStreams, intervals);
}

/** The last week still has passes to come. */
async function insertSlices(pool: pg.Pool, streams: readonly string[], { firstDayMs, days }: Days): Promise<void> {
  await pool.query(
    `insert into extract.slices (stream, slice_from, slice_to, priority, pass, due_at, requested_at, last_pass_at)
     select stream, day_at, day_at + interval '1 day', 1, case when day_no < $3 - 7 then 4 else 2 end,
         case when day_no >= $3 - 7 then timestamptz '2999-01-01' end, day_at, day_at + interval '8 days'
     from unnest($1::text[]) as stream
     cross join generate_series(0, $3 - 1) as day_no
     cross join lateral (select $2::timestamptz + day_no * interval '1 day' as day_at) as days`,
    [streams, new Date(firstDayMs), days],
  );
}
