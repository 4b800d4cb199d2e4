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
  const firstDay = dayRange(sizes, 0);
  for (const text of everyDay) await pool.query(text(firstDay));
  await copyDays(pool, sizes);
  for (const text of attachments) await pool.query(text);
  const rareDay = dayRange(sizes, rareDayNo);
  for (const text of oneDay) await pool.query(text(rareDay));
}

/** The day that the queries ask for. */
const rareDayNo = 45;

/** Tables whose rows of the first day are copied to all others. */
const copied = [
  'extract.stored_conversations',
  'genesys.conversations',
  'genesys.participants',
  'genesys.sessions',
  'genesys.session_facts',
  'genesys.segments',
  'genesys.session_flows',
  'genesys.media_endpoint_stats',
  'genesys.participant_attributes',
  'genesys.resolutions',
];

/** Builds the condition on `conversation_start` of one day. */
function dayRange({ firstDayMs }: ConversationSizes, dayNo: number): string {
  const at = (number: number) => `timestamptz '${new Date(firstDayMs + number * dayMs).toISOString()}'`;
  return `conversation_start >= ${at(dayNo)} and conversation_start < ${at(dayNo + 1)}`;
}

const isOneOf = (count: number) => `hashtext(conversation_id::text) % ${count} = 0`;

/** Adds what the records of `records.ts` lack: voice quality, transfers, skills, attributes and resolutions. */
const everyDay: readonly ((day: string) => string)[] = [
  (day) => `insert into genesys.media_endpoint_stats
      (conversation_start, conversation_id, participant_no, session_no, stat_no, event_time, received_packets, max_latency_ms, min_mos, min_r_factor, codecs)
    select conversation_start, conversation_id, participant_no, session_no, 1, ended_at, 20000, 30,
      case when ${isOneOf(50)} then 3.1 else 4.8 end, 92, array['audio/opus']
    from genesys.session_facts where is_agent_session and ${day}`,
  (day) => `update genesys.session_facts as facts
    set transferred_count = 1, blind_transferred_count = 1, is_transferred = true
    where is_agent_session and ${day} and exists (
      select from genesys.session_facts as later
      where later.conversation_start = facts.conversation_start and later.conversation_id = facts.conversation_id
        and later.is_agent_session and later.participant_no > facts.participant_no)`,
  (day) => `update genesys.segments as segments
    set requested_routing_skill_ids = array[md5('skill-' || abs(hashtext(conversation_id::text)) % 20)::uuid::text]
    where segment_no = 1 and ${isOneOf(3)} and ${day} and exists (
      select from genesys.session_facts as facts
      where facts.conversation_start = segments.conversation_start and facts.conversation_id = segments.conversation_id
        and facts.participant_no = segments.participant_no and facts.session_no = segments.session_no
        and facts.is_queue_leg)`,
  (
    day,
  ) => `insert into genesys.participant_attributes (conversation_start, conversation_id, participant_no, attribute_no, name, value)
    select conversation_start, conversation_id, 1, 1, 'Reason', 'Bill' from genesys.conversations where ${day}`,
  (
    day,
  ) => `insert into genesys.resolutions (conversation_start, conversation_id, resolution_no, event_time, n_next_contact_avoided, queue_id, user_id)
    select conversation_start, conversation_id, 1, conversation_start + interval '7 days', 1, queue_id, user_id
    from genesys.session_facts where is_agent_session and participant_no < 4 and ${isOneOf(20)} and ${day}
    on conflict do nothing`,
];

/** Callbacks and a campaign on one day of ninety: a preview has to find them among a million that are none. */
const oneDay: readonly ((day: string) => string)[] = [
  (day) => `update genesys.session_facts
    set media_type = 'callback', callback_scheduled_time = started_at + interval '1 hour'
    where is_queue_leg and ${isOneOf(50)} and ${day}`,
  (day) => `update genesys.session_facts
    set purpose = 'dialer', outbound_campaign_id = md5('campaign-1')::uuid, outbound_attempted_count = 1, outbound_connected_count = 1
    where purpose = 'customer' and ${isOneOf(20)} and ${day}`,
  (day) => `update genesys.sessions set disposition_name = 'Sale', outbound_contact_list_id = md5('list-1')::uuid
    where participant_no = 1 and ${isOneOf(20)} and ${day}`,
];

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
  for (const relation of copied) {
    const [schema, table] = relation.split('.');
    const { rows } = await pool.query<{ name: string; type: string }>(
      `select column_name as name, data_type as type from information_schema.columns
       where table_schema = $1 and table_name = $2 order by ordinal_position`,
      [schema, table],
    );
    const values = rows.map(({ name, type }) => {
      if (name === 'conversation_id') return 'md5(conversation_id::text || step)::uuid';
      return type === 'timestamp with time zone' ? `${name} + step * interval '1 day'` : name;
    });
    await pool.query(
      `insert into ${relation} select ${values.join(', ')}
       from ${relation} cross join generate_series(1, ${days - 1}) as step
       where conversation_start < $1 order by step, conversation_start`,
      [new Date(firstDayMs + dayMs)],
    );
  }
}
