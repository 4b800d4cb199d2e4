import fc from 'fast-check';
import type pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { flatten } from '../../src/conversation/flatten.js';
import { relations } from '../../src/conversation/relations.js';
import { inTransaction } from '../../src/postgres/connection/transaction.js';
import { loadConversations } from '../../src/postgres/load/conversations.js';
import { incomingConversation } from '../../src/postgres/load/conversations-merge.js';
import { ensurePartitions } from '../../src/postgres/schema/partitions.js';
import { anyRecord, canonicalText } from '../conversation/arbitraries.js';
import { migratedDatabase, type TestDatabase, testPool } from '../support/postgres.js';
import { propertyRuns } from '../support/runs.js';

const now = new Date('2026-11-21T00:00:00Z');
let database: TestDatabase;
let pool: pg.Pool;
const partitions = new Set<string>();

beforeAll(async () => {
  database = await migratedDatabase();
  pool = testPool(database.url);
});
afterAll(async () => {
  await pool?.end();
  await database?.drop();
});

async function load(records: readonly unknown[], asOf = now): Promise<void> {
  const conversations = records.map((record) => flatten(record));
  const incoming = conversations.map((flat) => incomingConversation(flat, asOf));
  await ensurePartitions(
    pool,
    conversations.map((flat) => flat.conversationStart),
    partitions,
    now,
  );
  await inTransaction(pool, (client) => loadConversations(client, incoming, { stream: 'test', now }));
}

async function expectStored(record: Record<string, unknown>): Promise<void> {
  const { rows } = await pool.query<{ json: string }>('select genesys.conversation_json($1)::text as json', [
    String(record.conversationId).toLowerCase(),
  ]);
  expect(canonicalText(JSON.parse(rows[0]?.json ?? 'null'))).toBe(canonicalText(record));
}

test('a stored record comes back from the tables key for key, whatever it holds', async () => {
  const records = fc.uniqueArray(anyRecord, { minLength: 1, maxLength: 25, selector: idOf });
  await fc.assert(
    fc.asyncProperty(records, async (list) => {
      await load(list);
      for (const record of list) await expectStored(record);
    }),
    { numRuns: propertyRuns(40), endOnFailure: true },
  );
}, 120_000);

test('a replaced record comes back as it is now', async () => {
  const pair = fc.tuple(anyRecord, anyRecord).map(([before, after]) => [
    before,
    // Without attributes of its own it would keep the stored ones.
    { ...after, conversationId: before.conversationId },
  ]);
  let asOfMs = now.getTime();
  await fc.assert(
    fc.asyncProperty(pair, async ([before, after]) => {
      asOfMs += 1000;
      await load([before], new Date(asOfMs));
      await load([withAttributes(after)], new Date(asOfMs + 500));
      await expectStored(withAttributes(after));
    }),
    { numRuns: propertyRuns(60), endOnFailure: true },
  );
}, 120_000);

test('a record twice the same leaves no restatement, whatever it holds', async () => {
  await pool.query('truncate extract.restatements');
  let asOfMs = now.getTime();
  await fc.assert(
    fc.asyncProperty(anyRecord, async (record) => {
      asOfMs += 1000;
      await load([record], new Date(asOfMs));
      await pool.query('truncate extract.restatements');
      // As if another version of this program had made the digest: the rows are compared one by one.
      await pool.query(
        `update extract.stored_conversations set content_hash = gen_random_uuid(), attributes_hash = gen_random_uuid()`,
      );
      await load([record], new Date(asOfMs + 500));
      const { rows } = await pool.query('select changed_fields from extract.restatements');
      expect(rows).toEqual([]);
      await expectStored(record);
    }),
    { numRuns: propertyRuns(60), endOnFailure: true },
  );
}, 120_000);

test('a conversation that is not stored has no JSON', async () => {
  const { rows } = await pool.query('select genesys.conversation_json(gen_random_uuid()) as json');
  expect(rows).toEqual([{ json: null }]);
});

test('no field of the record could be taken for a position', () => {
  const fields = relations.flatMap((relation) => relation.columns.slice(relation.positionCount));
  expect(fields.filter((column) => column.name.endsWith('_no'))).toEqual([]);
});

function idOf(record: Record<string, unknown>): string {
  return String(record.conversationId).toLowerCase();
}

/** Returns the record with attributes for each of its participants. */
function withAttributes(record: Record<string, unknown> | undefined): Record<string, unknown> {
  const participants = record?.participants;
  if (!Array.isArray(participants)) return { ...record };
  const isObject = (item: unknown): item is object => typeof item === 'object' && item !== null && !Array.isArray(item);
  return { ...record, participants: participants.map((item) => (isObject(item) ? { attributes: {}, ...item } : item)) };
}
