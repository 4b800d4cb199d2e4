/**
 * Collects facts about a conversation's sessions and record: who handled it first and last, how
 * long it waited, which divisions it touched. Reports on whole days read them; looking them up row
 * by row took most of their time. `sql/intermediate/int_conversation_facts.sql` is the same
 * definition in SQL.
 */
import type { Column, ColumnValue } from '../values/columns.js';
import { factIndexes as at, type FactsInput } from './session-facts.js';
import { columnIndexes, type Row, relationNamed } from './session-facts-rows.js';

export const surroundingColumns: readonly Column[] = [
  { name: 'first_user_id', type: 'uuid' },
  { name: 'last_user_id', type: 'uuid' },
  { name: 'message_type', type: 'text' },
  { name: 'handled_at', type: 'time' },
  { name: 'wait_ms', type: 'bigint' },
  { name: 'division_ids', type: 'texts' },
  { name: 'min_mos', type: 'float' },
  { name: 'self_served', type: 'boolean' },
];

const conversations = relationNamed('conversations').index;
const record = columnIndexes('conversations', ['division_ids', 'media_stats_min_conversation_mos', 'self_served']);

/** Computes the values of `surroundingColumns` from a conversation and its session facts. Pure. */
export function surroundingFacts(flat: FactsInput, sessions: readonly Row[]): ColumnValue[] {
  const conversation = flat.rows[conversations]?.[0] ?? [];
  const agents = sessions.filter((row) => row[at.isAgentSession] === true);
  const [first, last] = endsOf(agents);
  return [
    first?.[at.userId] ?? null,
    last?.[at.userId] ?? null,
    greatest(sessions.map((row) => row[at.messageType] as string | null)),
    greatest(agents.map((row) => row[at.handledAt] as number | null)),
    waitOf(sessions),
    conversation[record.division_ids] ?? null,
    conversation[record.media_stats_min_conversation_mos] ?? null,
    conversation[record.self_served] ?? null,
  ];
}

/** Returns the sessions that started first and last; ties by position. */
function endsOf(rows: readonly Row[]): readonly [Row | undefined, Row | undefined] {
  const startOf = (row: Row | undefined) => row?.[at.startedAt] as number;
  let [first, last] = [rows[0], rows[0]];
  for (const row of rows) {
    if (startOf(row) < startOf(first)) first = row;
    if (startOf(row) >= startOf(last)) last = row;
  }
  return [first, last];
}

/** Returns the greatest value; null where there is none. */
function greatest<T extends string | number>(values: readonly (T | null)[]): T | null {
  let found: T | null = null;
  for (const value of values) if (value !== null && (found === null || value > found)) found = value;
  return found;
}

const waitIndexes = [at.answeredMs, at.answerMs, at.abandonMs, at.flowOutMs, at.acdMs];

/** Sums the waits in queues; null where no stay has a metric for its length. */
function waitOf(sessions: readonly Row[]): number | null {
  let sum: number | null = null;
  for (const row of sessions) {
    if (row[at.isQueueLeg] !== true) continue;
    const index = waitIndexes.find((each) => row[each] !== null);
    if (index !== undefined) sum = (sum ?? 0) + (row[index] as number);
  }
  return sum;
}
