import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import type pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { flatten } from '../../src/conversation/flatten.js';
import { loadConversations } from '../../src/postgres/load/conversations.js';
import { incomingConversation } from '../../src/postgres/load/conversations-merge.js';
import { createStore, storePages } from '../../src/postgres/load/store.js';
import { conversationPage } from '../../src/streams/conversations/page.js';
import { testPool } from '../support/postgres.js';
import { propertyRuns } from '../support/runs.js';
import { at, LoadDatabase, now } from './load-database.js';

let db: LoadDatabase;
beforeAll(async () => {
  db = await LoadDatabase.create();
});
afterAll(async () => {
  await db?.drop();
});

function conversation(conversationId: string, day: number, code: string): Record<string, unknown> {
  const conversationStart = new Date(Date.UTC(2026, 2, day)).toISOString();
  const sessions = [
    { segments: [{ segmentType: 'wrapup', wrapUpCode: code }], metrics: [{ name: 'tTalk', value: 1 }] },
  ];
  return { conversationId, conversationStart, participants: [{ purpose: 'agent', sessions }] };
}

test('loaders that meet on the same conversations store each once, as the newest says', async () => {
  const ids = Array.from({ length: 400 }, () => randomUUID());
  const batches = Array.from({ length: 12 }, (_, batch) => {
    const mine = ids.filter((_, index) => (index * 7 + batch) % 3 !== 0);
    if (batch % 2 === 1) mine.reverse();
    return { asOf: at(batch), records: mine.map((id, index) => conversation(id, 1 + (index % 5), `code ${batch}`)) };
  });
  await Promise.all(batches.map(({ records, asOf }) => db.load(records, asOf)));
  for (const id of ids) {
    const newest = batches.findLast(({ records }) => records.some((record) => record.conversationId === id));
    expect(await db.record(id)).toEqual(newest?.records.find((record) => record.conversationId === id));
    expect(await db.rowCounts(id)).toEqual({
      conversations: 1,
      participants: 1,
      sessions: 1,
      segments: 1,
      session_metrics: 1,
      session_facts: 1,
      conversation_facts: 1,
    });
  }
}, 120_000);

/** Opens a transaction that has stored one conversation and does not commit yet. */
async function holding(pool: pg.Pool, record: Record<string, unknown>, asOf: Date) {
  const client = await pool.connect();
  await client.query('begin');
  const context = { stream: 'test', now };
  await loadConversations(client, [incomingConversation(flatten(record), asOf)], context);
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
  const commit = async () => {
    await client.query('commit');
    client.release();
  };
  return { pid: rows[0]?.pid as number, commit };
}

test('a page meets one loader after the other, more than are tries, and is stored', async () => {
  const others = 15;
  const pool = testPool(db.pool.options.connectionString ?? '', others + 2);
  const ids = Array.from({ length: others }, () => randomUUID());
  const records = ids.map((id) => conversation(id, 1, 'newest'));
  await db.ensurePartitions(records.map((record) => flatten(record)));
  const holders = await Promise.all(ids.map((id) => holding(pool, conversation(id, 1, 'old'), at(1))));
  const open = new Map(holders.map(({ pid, commit }) => [pid, commit]));
  const store = createStore(pool, () => now);
  const client = await pool.connect();
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
  const page = conversationPage(records, { asOf: at(2), cursor: {} });
  const storing = storePages(client, store, { stream: 'test', sliceId: null }, [page], async () => {});
  // Each commits when the page waits for it.
  for (const deadline = Date.now() + 30_000; open.size > 0 && Date.now() < deadline; ) {
    const [found] = await db.query<{ blockers: number[] }>('select pg_blocking_pids($1) as blockers', [rows[0]?.pid]);
    for (const pid of found?.blockers ?? []) {
      await open.get(pid)?.();
      open.delete(pid);
    }
  }
  expect(await storing).toMatchObject({ records: others, changedRecords: others });
  client.release();
  await pool.end();
  for (const [index, id] of ids.entries()) expect(await db.record(id)).toEqual(records[index]);
}, 60_000);

const participantIds = ['11111111-1111-4111-8111-111111111111', '22222222-2222-4222-8222-222222222222'];

interface Version {
  readonly minute: number;
  readonly isJob: boolean;
}

/** Builds the conversation as it is at a minute: the order of participants, the code and the attributes change at different times. */
function recordAt(conversationId: string, { minute, isJob }: Version): Record<string, unknown> {
  const participants = participantIds.map((participantId, index) => ({
    participantId,
    purpose: 'agent',
    sessions: [{ segments: [{ wrapUpCode: `code ${Math.floor(minute / 3)}` }] }],
    ...(isJob ? { attributes: { of: `${index} ${Math.floor(minute / 4)}` } } : {}),
  }));
  if (minute % 5 > 2) participants.reverse();
  const conversationStart = new Date(Date.UTC(2026, minute > 8 ? 3 : 4, 1)).toISOString();
  return { conversationId, conversationStart, participants };
}

test('in any order of arrival of versions, the newest content and the newest attributes are stored in the end', async () => {
  const minutes = fc.uniqueArray(fc.record({ minute: fc.integer({ min: 0, max: 15 }), isJob: fc.boolean() }), {
    minLength: 1,
    maxLength: 7,
    selector: (version) => version.minute,
  });
  await fc.assert(
    fc.asyncProperty(minutes, async (versions) => {
      const conversationId = randomUUID();
      for (const version of versions) await db.load([recordAt(conversationId, version)], at(version.minute));
      expect(await db.record(conversationId)).toEqual(newestKnowledge(conversationId, versions));
    }),
    { numRuns: propertyRuns(60), endOnFailure: true },
  );
}, 120_000);

function newestKnowledge(conversationId: string, versions: readonly Version[]): Record<string, unknown> {
  const byAge = [...versions].sort((a, b) => b.minute - a.minute);
  const content = recordAt(conversationId, { minute: byAge[0]?.minute ?? 0, isJob: false });
  const job = byAge.find((version) => version.isJob);
  if (job === undefined) return content;
  const attributes = new Map(
    participantsOf(recordAt(conversationId, job)).map((participant) => [
      participant.participantId,
      participant.attributes,
    ]),
  );
  const participants = participantsOf(content).map((participant) => ({
    ...participant,
    attributes: attributes.get(participant.participantId),
  }));
  return { ...content, participants };
}

function participantsOf(record: unknown): Record<string, unknown>[] {
  return (record as { participants: Record<string, unknown>[] }).participants;
}
