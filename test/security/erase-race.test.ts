import { setTimeout as pause } from 'node:timers/promises';
import type pg from 'pg';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { drain, type SyncContext } from '../../src/engine/sync.js';
import { dayMs, hourMs, plus } from '../../src/lib/interval.js';
import { createLog } from '../../src/lib/log.js';
import type { Batch, Page, SliceContext, Stream } from '../../src/model/extraction.js';
import { gates } from '../../src/postgres/connection/locks.js';
import { inTransaction } from '../../src/postgres/connection/transaction.js';
import { erasureSalt, registerErasures } from '../../src/postgres/load/erasures.js';
import { createStore, storePages } from '../../src/postgres/load/store.js';
import { eraseConversations } from '../../src/postgres/retention/erase.js';
import { conversationsWith } from '../../src/postgres/retention/erase-search.js';
import { createWarehouse } from '../../src/postgres/warehouse.js';
import { storeSurveys } from '../../src/postgres/wrapup/surveys.js';
import { createEraser, type Erasure, erasureDigest } from '../../src/privacy/eraser.js';
import { conversationPage } from '../../src/streams/conversations/page.js';
import { migratedDatabase, type TestDatabase, testPool } from '../support/postgres.js';
import { databaseText } from './database-text.js';

/** A person who is erased at the worst moment: between the reading of a record and the commit that stores it. */
const now = new Date('2026-03-12T15:07:00Z');
const conversationId = '00000000-0000-4000-8000-000000000001';
const userId = '00000000-0000-4000-8000-000000000002';
const [caller, other] = ['+4930111222333', '+4930444555666'];
const record = {
  conversationId,
  conversationStart: '2026-03-12T14:00:00.000Z',
  conversationEnd: '2026-03-12T14:05:00.000Z',
  participants: [
    { purpose: 'customer', sessions: [{ ani: `tel:${caller}`, mediaType: 'voice' }] },
    { purpose: 'external', sessions: [{ ani: `tel:${other}`, mediaType: 'voice' }] },
  ],
};
const users: Batch = {
  kind: 'entities',
  relation: 'users',
  idColumns: ['user_id'],
  historyColumns: [],
  rows: [{ user_id: userId, name: 'Ines Agent', email: 'ines@example.com' }],
};

let database: TestDatabase;
let pool: pg.Pool;
let salt: string;
beforeAll(async () => {
  database = await migratedDatabase();
  pool = testPool(database.url);
  salt = await erasureSalt(pool);
});
afterAll(async () => {
  await pool?.end();
  await database?.drop();
});
beforeEach(async () => {
  await pool.query(
    `truncate extract.erasures, extract.slices, extract.stored_conversations, extract.dead_letters, genesys.conversations,
         genesys.participants, genesys.sessions, genesys.session_facts, genesys.conversation_facts, genesys.handling_facts,
         genesys.users, wrapup.surveys`,
  );
});

const erasureOf = (subject: Erasure['subject'], identifier: string): Erasure => ({
  subject,
  digest: erasureDigest(salt, subject, identifier),
  policy: 'mask',
});
const register = (...erasures: Erasure[]) => inTransaction(pool, (client) => registerErasures(client, erasures, now));

/** Yields one page of a conversation, a directory and a dead letter; `beforeCommit` runs when it was read. */
function stream(beforeCommit: () => Promise<void>): Stream {
  return {
    name: 'conversations',
    kind: 'interval',
    priority: 0,
    isDefault: true,
    lagMs: 0,
    repassAgesMs: [],
    sliceLengthMs: () => hourMs,
    sliceLengthMsMin: hourMs,
    async *pages(_slice, { erase }: SliceContext): AsyncGenerator<Page, void, void> {
      const page = conversationPage([record], { asOf: now, cursor: { done: true }, erase });
      const reject = { recordId: null, reason: 'test', record: JSON.stringify({ note: 'call', number: caller }) };
      await beforeCommit();
      yield { ...page, batches: [...page.batches, users], rejects: [reject] };
    },
  };
}

function syncContext(only: Stream): SyncContext {
  const warehouse = createWarehouse(pool, () => now);
  return {
    ledger: warehouse,
    streams: [only],
    start: plus(now, -dayMs),
    concurrency: 1,
    now: () => now,
    signal: new AbortController().signal,
    log: createLog({ level: 'error', terminal: false, destination: { write: () => {} } }),
    openConversationIds: warehouse.openConversationIds,
    userIds: warehouse.userIds,
  };
}

test('a pull under way stores nothing of people who were erased since it read: it reads again and stores them erased', async () => {
  await pool.query(
    `insert into extract.slices (stream, slice_from, slice_to, priority, due_at, requested_at)
     values ('conversations', '2026-03-12T14:00:00Z', '2026-03-12T15:00:00Z', 0, $1, $1)`,
    [now],
  );
  let readings = 0;
  const racing = stream(async () => {
    readings += 1;
    if (readings === 1) await register(erasureOf('address', caller));
    if (readings === 2) await register(erasureOf('user', userId));
    // What the former readings held is nowhere, before anything else is stored.
    expect((await pool.query('select from extract.stored_conversations')).rowCount).toBe(0);
  });
  const summary = await drain(syncContext(racing), [racing], {});
  expect(readings).toBe(3);
  expect(summary).toMatchObject({ slices: 1, records: 2, failures: [] });
  const text = await databaseText(pool);
  for (const personal of [caller, other, 'Ines', 'ines@example.com']) expect(text).not.toContain(personal);
  const sessions = await pool.query('select ani from genesys.sessions order by participant_no');
  expect(sessions.rows).toEqual([{ ani: '[erased]' }, { ani: '[erased]' }]);
  expect((await pool.query('select name, email from genesys.users')).rows).toEqual([
    { name: '[erased]', email: '[erased]' },
  ]);
  const slices = await pool.query('select pass, attempts, due_at, last_error from extract.slices');
  expect(slices.rows).toEqual([{ pass: 1, attempts: 0, due_at: null, last_error: null }]);
});

test('an erasure waits for a commit that has begun, and finds what it stored', async () => {
  const page = conversationPage([record], { asOf: now, cursor: {} });
  const client = await pool.connect();
  let registered: Promise<void> | undefined;
  try {
    await storePages(
      client,
      createStore(pool, () => now),
      { stream: 'test', sliceId: null },
      [page],
      async () => {
        registered = register(erasureOf('address', caller));
        await someoneWaitsForTheGate();
        expect((await pool.query('select from extract.erasures')).rowCount).toBe(0);
      },
    );
    await registered;
    expect(await conversationsWith(client, ['4930111222333'])).toEqual([conversationId]);
  } finally {
    client.release();
  }
});

async function someoneWaitsForTheGate(): Promise<void> {
  for (let polls = 0; polls < 1_000; polls += 1) {
    const { rowCount } = await pool.query('select from pg_locks where relation = $1::regclass and not granted', [
      gates.storing,
    ]);
    if (rowCount !== 0) return;
    await pause(10);
  }
  throw new Error('Nobody waits for the gate of those who store.');
}

test('rewriting a conversation for one person does not bring back another who is erased at that moment', async () => {
  const store = createStore(pool, () => now);
  const client = await pool.connect();
  try {
    // Without "other" in the first person's policy: a user's erasure leaves callers alone.
    const withUser = {
      ...record,
      participants: [...record.participants, { purpose: 'agent', userId, participantName: 'Ines Agent' }],
    };
    const page = conversationPage([withUser], { asOf: now, cursor: {} });
    await storePages(client, store, { stream: 'test', sliceId: null }, [page], async () => {});
    await register(erasureOf('user', userId));
    let readings = 0;
    const racing = interceptReadings(client, async () => {
      readings += 1;
      // The first reading finds conversations, the second one is to be written.
      if (readings === 2) await register(erasureOf('address', caller));
    });
    const eraser = createEraser([erasureOf('user', userId)], salt);
    const plan = { eraser, salt, policy: 'mask' as const, isDryRun: false, isExternalContact: false, now };
    expect(await eraseConversations(racing, store, [conversationId], plan, new Map())).toEqual([conversationId]);
    expect(readings).toBe(3);
    const text = await databaseText(pool);
    for (const personal of ['Ines', caller]) expect(text).not.toContain(personal);
  } finally {
    client.release();
  }
});

/** Wraps a connection: `after` runs between the answer to a reading of conversations and its caller. */
function interceptReadings(client: pg.PoolClient, after: () => Promise<void>): pg.PoolClient {
  const query = (...args: unknown[]) => {
    const result = (client.query as (...all: unknown[]) => unknown).apply(client, args);
    if (!String(args[0]).includes('conversation_json')) return result;
    return (result as Promise<unknown>).then(async (answer) => {
      await after();
      return answer;
    });
  };
  return new Proxy(client, {
    get: (target, name) => {
      if (name === 'query') return query;
      const value = Reflect.get(target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

test('an imported survey answer does not bring back a person who is erased at that moment', async () => {
  await register(erasureOf('user', userId));
  let connections = 0;
  const connect = async () => {
    connections += 1;
    if (connections === 1) await register(erasureOf('conversation', conversationId));
    return pool.connect();
  };
  const racing = new Proxy(pool, {
    get: (target, name) => (name === 'connect' ? connect : Reflect.get(target, name).bind(target)),
  });
  const survey = {
    source: 'test',
    surveyId: '1',
    conversationId,
    answeredAt: now,
    queueId: null,
    userId: null,
    promoterScore: 9,
    satisfaction: null,
    category: null,
    comment: 'It was me, Someone',
    fields: {},
  };
  expect(await storeSurveys(racing, [survey], { now })).toMatchObject({ stored: 1, refused: [] });
  expect((await pool.query('select comment from wrapup.surveys')).rows).toEqual([{ comment: '[erased]' }]);
  expect(connections).toBe(2);
});
