import type pg from 'pg';
import { flatten } from '../../src/conversation/flatten.js';
import { loadConversations } from '../../src/postgres/load/conversations.js';
import { incomingConversation } from '../../src/postgres/load/conversations-merge.js';
import { ensurePartitions } from '../../src/postgres/schema/partitions.js';
import { migratedDatabase, testPool } from '../support/postgres.js';

export type JsonObject = Record<string, unknown>;

export interface Marts {
  readonly pool: pg.Pool;
  /** Stores details records as the program does. */
  load(records: readonly JsonObject[]): Promise<void>;
  rows<Row extends pg.QueryResultRow = pg.QueryResultRow>(text: string, values?: unknown[]): Promise<Row[]>;
  close(): Promise<void>;
}

export async function openMarts(timeZone = 'UTC'): Promise<Marts> {
  const database = await migratedDatabase(timeZone);
  const pool = testPool(database.url);
  return {
    pool,
    load: (records) => load(pool, records),
    rows: async (text, values) => (await pool.query(text, values)).rows,
    close: async () => {
      await pool.end();
      await database.drop();
    },
  };
}

async function load(pool: pg.Pool, records: readonly JsonObject[]): Promise<void> {
  const now = new Date('2026-12-01T00:00:00Z');
  const conversations = records.map((record) => flatten(record));
  await ensurePartitions(
    pool,
    conversations.map((each) => each.conversationStart),
    new Set(),
    now,
  );
  const client = await pool.connect();
  try {
    await client.query('begin');
    const incoming = conversations.map((flat) => incomingConversation(flat, now));
    await loadConversations(client, incoming, { stream: 'conversations', now });
    await client.query('commit');
  } finally {
    client.release();
  }
}

/** A readable UUID: `id(7)` ends in 7. */
export function id(number: number): string {
  return `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
}

/** An instant of the fixtures' day, 2 March 2026, a Monday. */
export function at(time: string): string {
  return `2026-03-02T${time.padEnd(8, ':00')}.000Z`;
}

/** A segment from `start` to `end`, times of day in UTC; open without `end`. */
export function segment(segmentType: string, start: string, end: string | null, more: JsonObject = {}): JsonObject {
  const segmentEnd = end === null ? {} : { segmentEnd: at(end) };
  return { segmentType, segmentStart: at(start), ...segmentEnd, ...more };
}

/** A metric, value in seconds for t*, a count for n*. */
export function metric(name: string, value: number, time = '10:05:00'): JsonObject {
  return { name, value: name.startsWith('t') ? value * 1000 : value, emitDate: at(time) };
}

export function session(segments: readonly JsonObject[], more: JsonObject = {}): JsonObject {
  return { mediaType: 'voice', direction: 'inbound', segments, ...more };
}

export function participant(purpose: string, sessions: readonly JsonObject[], more: JsonObject = {}): JsonObject {
  return { purpose, participantId: id(900), sessions, ...more };
}

export function agent(userId: string, ...sessions: JsonObject[]): JsonObject {
  return participant('agent', sessions, { userId });
}

export function conversation(number: number, participants: readonly JsonObject[], more: JsonObject = {}): JsonObject {
  return {
    conversationId: id(number),
    conversationStart: at('10:00:00'),
    conversationEnd: at('10:30:00'),
    originatingDirection: 'inbound',
    participants,
    ...more,
  };
}

export const customer = participant('customer', [session([segment('interact', '10:00:00', '10:30:00')])]);

type DirectoryRelation =
  | 'queues'
  | 'users'
  | 'wrapup_codes'
  | 'divisions'
  | 'presences'
  | 'teams'
  | 'locations'
  | 'queue_members'
  | 'campaigns'
  | 'contact_lists'
  | 'flows';

export interface DirectoryRow {
  readonly relation: DirectoryRelation;
  readonly values: JsonObject;
}

/** The current row of an entity, as a listing would have left it. */
export async function insertEntity(marts: Marts, { relation, values }: DirectoryRow): Promise<void> {
  const row = { valid_from: '2026-01-01T00:00:00Z', content_hash: id(0), ...values };
  await marts.rows(
    `insert into genesys.${relation} select * from jsonb_populate_record(null::genesys.${relation}, $1::jsonb)`,
    [JSON.stringify(row)],
  );
}
