import { setTimeout as pause } from 'node:timers/promises';
import type pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { flatten } from '../../src/conversation/flatten.js';
import type { Batch, Page } from '../../src/model/extraction.js';
import { gates } from '../../src/postgres/connection/locks.js';
import { inTransaction } from '../../src/postgres/connection/transaction.js';
import { changeZone, refreshDaySums, relationsWithDaySums, shareZone } from '../../src/postgres/derived/day-sums.js';
import { registerErasures } from '../../src/postgres/load/erasures.js';
import { createStore, type Store, storePages } from '../../src/postgres/load/store.js';
import { migrate } from '../../src/postgres/migrate.js';
import { migratedDatabase, type TestDatabase, testPool } from '../support/postgres.js';

const conversationId = '00000000-0000-4000-8000-000000000001';
const queueId = '00000000-0000-4000-8000-000000000002';
const asOf = new Date('2026-11-02T00:00:00Z');

const conversations: Batch = {
  kind: 'conversations',
  conversations: [flatten({ conversationId, conversationStart: '2026-11-01T08:00:00.000Z', participants: [] })],
};
const queues: Batch = {
  kind: 'entities',
  relation: 'queues',
  idColumns: ['queue_id'],
  historyColumns: [],
  rows: [{ queue_id: queueId, name: 'Sales' }],
};

let database: TestDatabase;
let pool: pg.Pool;
let store: Store;
beforeAll(async () => {
  database = await migratedDatabase();
  pool = testPool(database.url);
  store = createStore(pool, () => asOf);
});
afterAll(async () => {
  await pool?.end();
  await database?.drop();
});

/** Stores a page, and fails instead of waiting for a lock. */
async function storeWithoutWaiting(...batches: Batch[]): Promise<void> {
  const page: Page = { asOf, cursor: {}, rejects: [], recordCount: batches.length, batches };
  const client = await pool.connect();
  try {
    await client.query("set lock_timeout = '100ms'");
    await storePages(client, store, { stream: 'test', sliceId: null }, [page], async () => {});
  } finally {
    await client.query('reset lock_timeout');
    client.release();
  }
}

test('conversations and the directory are loaded while day sums are recomputed in another time zone', async () => {
  await inTransaction(pool, async (client) => {
    await changeZone(client, 'Europe/Berlin');
    await storeWithoutWaiting(conversations, queues);
  });
  const { rows } = await pool.query(
    `select (select count(*)::int from genesys.conversations) as conversations,
         (select count(*)::int from genesys.queues) as queues`,
  );
  expect(rows).toEqual([{ conversations: 1, queues: 1 }]);
});

test('conversations of a month are loaded while rebuild-facts recomputes its day sums', async () => {
  const interval = { from: new Date('2026-11-01T00:00:00Z'), to: new Date('2026-12-01T00:00:00Z') };
  await inTransaction(pool, async (client) => {
    for (const relation of relationsWithDaySums) await refreshDaySums(client, relation, { interval });
    await storeWithoutWaiting(conversations, queues);
  });
});

test('migrate changes the time zone of every view beside a load of interval facts, and waits for it only to recompute sums', async () => {
  const interval = { from: new Date('2026-11-01T00:00:00Z'), to: new Date('2026-11-02T00:00:00Z') };
  const load = await pool.connect();
  await load.query('begin');
  for (const relation of relationsWithDaySums) await refreshDaySums(load, relation, { interval });
  const migrated = migrate(pool, { timeZone: 'America/New_York' }, { waitMsMax: 2_000, attemptsMax: 1, pauseMs: 1 });
  await waitForTheGate();
  await storeWithoutWaiting(conversations, queues);
  const zones = await pool.query("select value from extract.settings where name like '%time_zone' order by name");
  expect(zones.rows.map(({ value }) => value)).toEqual(['Europe/Berlin', 'America/New_York']);
  await load.query('commit');
  load.release();
  await migrated;
  expect(await inTransaction(pool, shareZone)).toBe('America/New_York');
});

async function waitForTheGate(): Promise<void> {
  for (let polls = 0; polls < 1_000; polls += 1) {
    const { rowCount } = await pool.query('select from pg_locks where relation = $1::regclass and not granted', [
      gates.zone,
    ]);
    if (rowCount !== 0) return;
    await pause(10);
  }
  throw new Error('Nobody waits for the time zone of the day sums.');
}

test('the time zone of day sums changes while an erasure is being registered', async () => {
  await inTransaction(pool, async (client) => {
    await registerErasures(client, [], asOf);
    await expect(storeWithoutWaiting(conversations)).rejects.toMatchObject({ code: '55P03' });
    await inTransaction(pool, async (other) => {
      await other.query("set local lock_timeout = '100ms'");
      await changeZone(other, 'UTC');
    });
  });
});
