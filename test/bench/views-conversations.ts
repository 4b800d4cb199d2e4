/**
 * A million conversations in the tables that marts read: one day through the loader, the others copied from it in the database. What is derived
 * from session facts is left to rebuild-facts.
 */
import type pg from 'pg';
import { createStore, storePages } from '../../src/postgres/load/store.js';
import { conversationPage } from '../../src/streams/conversations/page.js';
import { type BenchWorld, benchConversation, seededRandom } from './records.js';

const dayMs = 86_400_000;
const perBatch = 1_000;

export interface ConversationSizes {
  readonly firstDayMs: number;
  readonly days: number;
  readonly perDay: number;
}

export async function fillConversations(pool: pg.Pool, world: BenchWorld, sizes: ConversationSizes): Promise<void> {
  await loadOneDay(pool, world, sizes);
  await copyDays(pool, sizes);
  for (const text of attachments) await pool.query(text);
}

/** Every twentieth conversation has a survey, every fiftieth an evaluation, a day later. */
const attachments = [
  `insert into genesys.surveys (conversation_start, conversation_id, survey_no, event_time, survey_id, queue_id, user_id, survey_status)
   select conversation_start, conversation_id, 1, conversation_start + interval '1 day', conversation_id, queue_id, user_id, 'Finished'
   from genesys.session_facts where is_agent_session and participant_no < 4 and hashtext(conversation_id::text) % 20 = 0
   on conflict do nothing`,
  `insert into genesys.evaluations (conversation_start, conversation_id, evaluation_no, event_time, evaluation_id, queue_id, user_id)
   select conversation_start, conversation_id, 1, conversation_start + interval '1 day', conversation_id, queue_id, user_id
   from genesys.session_facts where is_agent_session and participant_no < 4 and hashtext(conversation_id::text) % 50 = 0
   on conflict do nothing`,
];

async function loadOneDay(pool: pg.Pool, world: BenchWorld, sizes: ConversationSizes): Promise<void> {
  const { firstDayMs, days, perDay } = sizes;
  const random = seededRandom(4);
  const endMs = firstDayMs + days * dayMs;
  const store = createStore(pool, () => new Date(endMs));
  const client = await pool.connect();
  const load = async (records: readonly object[]) => {
    const page = conversationPage(records, { asOf: new Date(firstDayMs + dayMs), cursor: {} });
    await storePages(client, store, { stream: 'bench', sliceId: null }, [page], async () => {});
  };
  for (let from = 0; from < perDay; from += perBatch) {
    const count = Math.min(perBatch, perDay - from);
    const startOf = (index: number) => firstDayMs + Math.floor(((from + index) / perDay) * dayMs);
    await load(Array.from({ length: count }, (_, index) => benchConversation(random, world, startOf(index))));
  }
  // Partitions of every month that the copies will lie in.
  for (let monthMs = firstDayMs + 2 * dayMs; monthMs < endMs + 31 * dayMs; monthMs += 28 * dayMs) {
    await load([benchConversation(random, world, monthMs)]);
  }
  client.release();
}

async function copyDays(pool: pg.Pool, { firstDayMs, days }: ConversationSizes): Promise<void> {
  for (const table of ['session_facts', 'segments']) {
    const { rows } = await pool.query<{ name: string; type: string }>(
      `select column_name as name, data_type as type from information_schema.columns
       where table_schema = 'genesys' and table_name = $1 order by ordinal_position`,
      [table],
    );
    const values = rows.map(({ name, type }) => {
      if (name === 'conversation_id') return 'md5(conversation_id::text || step)::uuid';
      return type === 'timestamp with time zone' ? `${name} + step * interval '1 day'` : name;
    });
    await pool.query(
      `insert into genesys.${table} select ${values.join(', ')}
       from genesys.${table} cross join generate_series(1, ${days - 1}) as step
       where conversation_start < $1 order by step, conversation_start`,
      [new Date(firstDayMs + dayMs)],
    );
  }
}
