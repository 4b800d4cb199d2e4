import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { flatten } from '../../src/conversation/flatten.js';
import { conversationTables } from '../../src/conversation/tables.js';
import { inTransaction } from '../../src/postgres/connection/transaction.js';
import { isLoadConflict, loadConversations } from '../../src/postgres/load/conversations.js';
import { incomingConversation } from '../../src/postgres/load/conversations-merge.js';
import { at, LoadDatabase, now } from './load-database.js';
import { call } from './load-records.js';

let db: LoadDatabase;
beforeAll(async () => {
  db = await LoadDatabase.create();
});
beforeEach(async () => {
  await db.query('truncate extract.restatements');
});
afterAll(async () => {
  await db?.drop();
});

describe('a new conversation', () => {
  test('is stored with one row per object of the record, and its facts', async () => {
    const record = call({ code: 'sold' });
    expect(await db.load([record], at(1))).toEqual({ records: 1, changedRecords: 1, deadLetters: 0 });
    expect(await db.record(record.conversationId)).toEqual(record);
    expect(await db.rowCounts(record.conversationId)).toEqual({
      conversations: 1,
      conversation_facts: 1,
      handling_facts: 1,
      participants: 2,
      sessions: 2,
      segments: 2,
      session_metrics: 1,
      session_facts: 2,
    });
    expect(await db.version(record.conversationId)).toEqual({
      conversation_start: new Date('2026-05-06T07:08:09.010Z'),
      as_of: at(1),
      attributes_as_of: null,
      is_open: false,
    });
  });

  test('is not a restatement', async () => {
    await db.load([call()], at(1));
    expect(await db.restatements()).toEqual([]);
  });
});

describe('an unchanged conversation', () => {
  test('writes nothing to schema genesys, and takes the as-of instant of the newer source', async () => {
    const records = Array.from({ length: 30 }, () => call());
    await db.load(records, at(1));
    const before = await db.placesOfRows();
    expect(await db.load(records, at(2))).toEqual({ records: 30, changedRecords: 0, deadLetters: 0 });
    expect(await db.placesOfRows()).toEqual(before);
    expect(await db.version(records[0]?.conversationId ?? '')).toMatchObject({ as_of: at(2) });
    expect(await db.restatements()).toEqual([]);
  });

  test('is recognised although keys come in another order', async () => {
    const record = { ...call(), newKey: { a: 1, b: 2 } };
    await db.load([record], at(1));
    const reversed = { newKey: { b: 2, a: 1 }, ...Object.fromEntries(Object.entries(record).reverse()) };
    expect((await db.load([reversed], at(2))).changedRecords).toBe(0);
  });

  test('does not become older when an older source says the same', async () => {
    const record = call();
    await db.load([record], at(5));
    await db.load([record], at(3));
    expect(await db.version(record.conversationId)).toMatchObject({ as_of: at(5) });
  });
});

describe('a changed conversation', () => {
  test('is replaced whole, and the fields that differ are noted', async () => {
    const conversationId = randomUUID();
    const other = call();
    await db.load([call({ conversationId }), other], at(1));
    const after = call({ conversationId, code: 'sold', customer: { sessions: [{ mediaType: 'voice' }, {}] } });
    expect(await db.load([after, other], at(2), 'history')).toEqual({ records: 2, changedRecords: 1, deadLetters: 0 });
    expect(await db.record(conversationId)).toEqual(after);
    expect(await db.record(other.conversationId)).toEqual(other);
    expect(await db.rowCounts(conversationId)).toMatchObject({ sessions: 3, segments: 2, session_facts: 3 });
    expect(await db.restatements()).toEqual([
      {
        conversation_id: conversationId,
        stream: 'history',
        previous_as_of: at(1),
        as_of: at(2),
        changed_fields: 'participants.sessions, participants.sessions.segments.wrapUpCode',
      },
    ]);
  });

  test('leaves no row behind when it has lost parts', async () => {
    const before = call();
    await db.load([before], at(1));
    const after = { ...before, participants: [{}] };
    await db.load([after], at(2));
    expect(await db.rowCounts(before.conversationId)).toEqual({
      conversations: 1,
      conversation_facts: 1,
      participants: 1,
      session_facts: 1,
    });
    expect(await db.record(before.conversationId)).toEqual(after);
  });

  test('is not overwritten by an older version', async () => {
    const conversationId = randomUUID();
    const newer = call({ conversationId, code: 'newer' });
    await db.load([newer], at(5));
    const before = await db.placesOfRows();
    expect((await db.load([call({ conversationId, code: 'older' })], at(4))).changedRecords).toBe(0);
    expect(await db.placesOfRows()).toEqual(before);
  });

  test('is stored once when its start moves to another month', async () => {
    const conversationId = randomUUID();
    await db.load([call({ conversationId, conversationStart: '2026-05-31T23:59:59.999Z' })], at(1));
    const after = call({ conversationId, conversationStart: '2026-06-01T00:00:00.001Z' });
    await db.load([after], at(2));
    expect(await db.record(conversationId)).toEqual(after);
    expect(await db.rowCounts(conversationId)).toMatchObject({ conversations: 1, participants: 2, session_facts: 2 });
    expect(await db.restatements()).toMatchObject([{ changed_fields: 'conversationStart' }]);
  });

  test('is stored although the partition of its former start has been dropped', async () => {
    const conversationId = randomUUID();
    await db.load([call({ conversationId, conversationStart: '2020-02-28T00:00:00.000Z' })], at(1));
    for (const { name } of conversationTables) await db.query(`drop table genesys.${name}_y2020m02`);
    const after = call({ conversationId });
    await db.load([after], at(2));
    expect(await db.record(conversationId)).toEqual(after);
  });

  test('is found by probing keys, never by reading whole partitions', async () => {
    const records = Array.from({ length: 50 }, () => call());
    await db.load(records, at(1));
    const changed = records.map((record) =>
      incomingConversation(flatten(call({ conversationId: record.conversationId, code: 'x' })), at(2)),
    );
    const scans = await inTransaction(db.pool, async (client) => {
      // This connection may still count the scans by which it built the indexes of new partitions.
      const before = await scansOfPartitions(client);
      await loadConversations(client, changed, { stream: 'test', now });
      const after = await scansOfPartitions(client);
      return { sequential: after.sequential - before.sequential, index: after.index - before.index };
    });
    expect(scans.sequential).toBe(0);
    expect(scans.index).toBeGreaterThan(0);
  });
});

describe('a load that fails', () => {
  test('leaves nothing behind, and its connection usable', async () => {
    const record = call({ conversationStart: '2013-01-01T00:00:00.000Z' });
    const client = await db.pool.connect();
    try {
      await client.query('begin');
      const context = { stream: 'test', now };
      const incoming = [incomingConversation(flatten(record), at(1))];
      // Nobody has made the partition.
      await expect(loadConversations(client, incoming, context)).rejects.toThrow(/no partition of relation/);
      await client.query('rollback');
      expect((await client.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
    } finally {
      client.release();
    }
    expect(await db.version(record.conversationId)).toBeUndefined();
  });

  test.each(['23505', '40P01', '40001'])('because of another loader is to be repeated: %s', (code) => {
    expect(isLoadConflict(Object.assign(new Error('conflict'), { code }))).toBe(true);
  });

  test('for any other reason is not to be repeated', () => {
    for (const error of [Object.assign(new Error('disk full'), { code: '53100' }), new Error('lost'), null]) {
      expect(isLoadConflict(error)).toBe(false);
    }
  });
});

describe('a conversation that occurs several times in one batch', () => {
  test('is stored as its newest record says, with the newest attributes', async () => {
    const conversationId = randomUUID();
    const records = [
      call({ conversationId, code: 'newest' }),
      call({ conversationId: conversationId.toUpperCase(), code: 'oldest', agent: { attributes: { a: 'old' } } }),
      call({ conversationId, isAgentFirst: true, agent: { attributes: { a: 'new' } } }),
    ];
    const counts = await db.load(records, [at(3), at(1), at(2)]);
    expect(counts).toEqual({ records: 3, changedRecords: 1, deadLetters: 0 });
    expect(await db.record(conversationId)).toEqual(
      call({ conversationId, code: 'newest', agent: { attributes: { a: 'new' } } }),
    );
    expect(await db.version(conversationId)).toMatchObject({ as_of: at(3), attributes_as_of: at(2) });
  });

  test('is stored as the last of equally new records says', async () => {
    const conversationId = randomUUID();
    await db.load([call({ conversationId, code: 'first' }), call({ conversationId, code: 'last' })], at(1));
    expect(await db.record(conversationId)).toEqual(call({ conversationId, code: 'last' }));
  });
});

/** Scans of partitions so far. */
/** By the caller's transaction so far. */
async function scansOfPartitions(client: pg.ClientBase): Promise<{ sequential: number; index: number }> {
  const { rows } = await client.query<{ sequential: number; index: number }>(`
    select coalesce(sum(seq_scan), 0)::int as sequential, coalesce(sum(idx_scan), 0)::int as index
    from pg_stat_xact_user_tables
    where schemaname = 'genesys' and relname ~ '_y\\d{4}m\\d\\d$'`);
  return rows[0] as { sequential: number; index: number };
}
