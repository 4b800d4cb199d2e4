import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { at, LoadDatabase } from './load-database.js';

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

const customerId = '11111111-1111-4111-8111-111111111111';
const agentId = '22222222-2222-4222-8222-222222222222';

interface Shape {
  readonly conversationId?: string;
  readonly conversationStart?: string;
  readonly code?: string;
  readonly customer?: Record<string, unknown>;
  readonly agent?: Record<string, unknown>;
  readonly isAgentFirst?: boolean;
}

/** A call with one customer and one agent. */
function call(shape: Shape = {}): Record<string, unknown> & { conversationId: string } {
  const segment = { segmentStart: '2026-05-06T07:08:09.010Z', segmentEnd: '2026-05-06T07:09:09.010Z' };
  const customer = {
    participantId: customerId,
    purpose: 'customer',
    sessions: [{ mediaType: 'voice' }],
    ...shape.customer,
  };
  const wrapUp = { ...segment, segmentType: 'wrapup', ...(shape.code === undefined ? {} : { wrapUpCode: shape.code }) };
  const agentSession = {
    mediaType: 'voice',
    segments: [{ ...segment, segmentType: 'interact' }, wrapUp],
    metrics: [{ name: 'tTalk', value: 60_000, emitDate: segment.segmentEnd }],
  };
  const agent = { participantId: agentId, purpose: 'agent', userId: agentId, sessions: [agentSession], ...shape.agent };
  return {
    conversationId: shape.conversationId ?? randomUUID(),
    conversationStart: shape.conversationStart ?? '2026-05-06T07:08:09.010Z',
    conversationEnd: '2026-05-06T07:10:09.010Z',
    participants: shape.isAgentFirst ? [agent, customer] : [customer, agent],
  };
}

async function version(conversationId: string): Promise<unknown> {
  const rows = await db.query(
    `select conversation_start, as_of, attributes_as_of, is_open from extract.stored_conversations where conversation_id = $1`,
    [conversationId],
  );
  return rows[0];
}

describe('a new conversation', () => {
  test('is stored with one row per object of the record, and its facts', async () => {
    const record = call({ code: 'sold' });
    expect(await db.load([record], at(1))).toEqual({ records: 1, changedRecords: 1, deadLetters: 0 });
    expect(await db.record(record.conversationId)).toEqual(record);
    expect(await db.rowCounts(record.conversationId)).toEqual({
      conversations: 1,
      participants: 2,
      sessions: 2,
      segments: 2,
      session_metrics: 1,
      session_facts: 2,
    });
    expect(await version(record.conversationId)).toEqual({
      conversation_start: new Date('2026-05-06T07:08:09.010Z'),
      as_of: at(1),
      attributes_as_of: null,
      is_open: false,
    });
  });

  test('is no restatement', async () => {
    await db.load([call()], at(1));
    expect(await db.restatements()).toEqual([]);
  });
});

describe('an unchanged conversation', () => {
  test('writes nothing to schema genesys, and is vouched for by the newer source', async () => {
    const records = Array.from({ length: 30 }, () => call());
    await db.load(records, at(1));
    const before = await db.placesOfRows();
    expect(await db.load(records, at(2))).toEqual({ records: 30, changedRecords: 0, deadLetters: 0 });
    expect(await db.placesOfRows()).toEqual(before);
    expect(await version(records[0]?.conversationId ?? '')).toMatchObject({ as_of: at(2) });
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
    expect(await version(record.conversationId)).toMatchObject({ as_of: at(5) });
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
    expect(await db.rowCounts(before.conversationId)).toEqual({ conversations: 1, participants: 1, session_facts: 1 });
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

  test('stands once when its start moves to another month', async () => {
    const conversationId = randomUUID();
    await db.load([call({ conversationId, conversationStart: '2026-05-31T23:59:59.999Z' })], at(1));
    const after = call({ conversationId, conversationStart: '2026-06-01T00:00:00.001Z' });
    await db.load([after], at(2));
    expect(await db.record(conversationId)).toEqual(after);
    expect(await db.rowCounts(conversationId)).toMatchObject({ conversations: 1, participants: 2, session_facts: 2 });
    expect(await db.restatements()).toMatchObject([{ changed_fields: 'conversationStart' }]);
  });

  test('is found by probing keys, never by reading whole partitions', async () => {
    const own = await LoadDatabase.create();
    try {
      const records = Array.from({ length: 50 }, () => call());
      await own.load(records, at(1));
      const before = await scans(own);
      await own.load(
        records.map((record) => call({ conversationId: record.conversationId, code: 'x' })),
        at(2),
      );
      const after = await scans(own);
      expect(after.sequential - before.sequential).toBe(0);
      expect(after.index).toBeGreaterThan(before.index);
    } finally {
      await own.drop();
    }
  });
});

describe('attributes', () => {
  const attributes = (value: string) => ({ agent: { attributes: { 'Case id ': value } } });

  test('stay when a newer record comes without any', async () => {
    const conversationId = randomUUID();
    await db.load([call({ conversationId, ...attributes('7') })], at(1));
    await db.load([call({ conversationId, code: 'sold' })], at(2));
    expect(await db.record(conversationId)).toEqual(call({ conversationId, code: 'sold', ...attributes('7') }));
    expect(await version(conversationId)).toMatchObject({ as_of: at(2), attributes_as_of: at(1) });
  });

  test('follow their participant when the order of participants changes', async () => {
    const conversationId = randomUUID();
    await db.load([call({ conversationId, ...attributes('7') })], at(1));
    await db.load([call({ conversationId, isAgentFirst: true })], at(2));
    expect(await db.record(conversationId)).toEqual(call({ conversationId, isAgentFirst: true, ...attributes('7') }));
  });

  test('come with an older record to a newer one, and that is no restatement', async () => {
    const conversationId = randomUUID();
    await db.load([call({ conversationId, isAgentFirst: true, code: 'sold' })], at(5));
    expect((await db.load([call({ conversationId, ...attributes('7') })], at(1))).changedRecords).toBe(1);
    const expected = call({ conversationId, isAgentFirst: true, code: 'sold', ...attributes('7') });
    expect(await db.record(conversationId)).toEqual(expected);
    expect(await version(conversationId)).toMatchObject({ as_of: at(5), attributes_as_of: at(1) });
    expect(await db.restatements()).toEqual([]);
  });

  test('come to an unchanged record without a write to its other rows', async () => {
    const conversationId = randomUUID();
    await db.load([call({ conversationId })], at(1));
    const before = await db.placesOfRows();
    await db.load([call({ conversationId, ...attributes('7') })], at(2));
    expect((await db.placesOfRows()).filter((place) => !place.includes('attributes'))).toEqual(
      before.filter((place) => !place.includes('attributes')),
    );
    expect(await db.record(conversationId)).toEqual(call({ conversationId, ...attributes('7') }));
  });

  test('that differ from the stored ones are replaced and noted', async () => {
    const conversationId = randomUUID();
    await db.load([call({ conversationId, ...attributes('7') })], at(1));
    await db.load([call({ conversationId, ...attributes('8') })], at(2));
    expect(await db.record(conversationId)).toEqual(call({ conversationId, ...attributes('8') }));
    expect(await db.restatements()).toMatchObject([
      { previous_as_of: at(1), as_of: at(2), changed_fields: 'participants.attributes.Case id ' },
    ]);
  });

  test('are not overwritten by older ones', async () => {
    const conversationId = randomUUID();
    await db.load([call({ conversationId, ...attributes('8') })], at(2));
    await db.load([call({ conversationId, ...attributes('7') })], at(1));
    expect(await db.record(conversationId)).toEqual(call({ conversationId, ...attributes('8') }));
  });

  test('of a participant that went and came back are written again by the same job', async () => {
    const conversationId = randomUUID();
    const whole = call({ conversationId, ...attributes('7') });
    await db.load([whole], at(1));
    await db.load([{ ...whole, participants: [{ participantId: customerId }] }], at(2));
    await db.load([call({ conversationId })], at(3));
    await db.load([whole], at(4));
    expect(await db.record(conversationId)).toEqual(whole);
  });
});

describe('a conversation that stands several times in one batch', () => {
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
    expect(await version(conversationId)).toMatchObject({ as_of: at(3), attributes_as_of: at(2) });
  });

  test('is stored as the last of equally new records says', async () => {
    const conversationId = randomUUID();
    await db.load([call({ conversationId, code: 'first' }), call({ conversationId, code: 'last' })], at(1));
    expect(await db.record(conversationId)).toEqual(call({ conversationId, code: 'last' }));
  });
});

/** Scans of partitions so far. */
async function scans(database: LoadDatabase): Promise<{ sequential: number; index: number } & Record<string, unknown>> {
  await database.reconnect();
  const rows = await database.query<{ sequential: number; index: number }>(`
    select coalesce(sum(seq_scan), 0)::int as sequential, coalesce(sum(idx_scan), 0)::int as index
    from pg_stat_user_tables
    where schemaname = 'genesys' and relname ~ '_y\\d{4}m\\d\\d$'`);
  return rows[0] as { sequential: number; index: number };
}
