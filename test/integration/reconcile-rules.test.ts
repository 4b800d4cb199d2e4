import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { reconcileDay } from '../../src/postgres/reconcile/reconcile.js';
import {
  agent,
  at,
  conversation,
  id,
  type JsonObject,
  type Marts,
  metric,
  openMarts,
  participant,
  segment,
  session,
} from '../marts/support.js';

/** Rules worked out by hand, on 2 March 2026: a call that begins at 10:00 and aggregates as Genesys would return them. */
const day = new Date('2026-03-02T00:00:00Z');
const now = new Date('2026-05-01T00:00:00Z');
const queueId = id(1);

let marts: Marts;

beforeAll(async () => {
  marts = await openMarts();
  await marts.rows(
    `create table genesys.queue_aggregates_test partition of genesys.queue_aggregates for values from ('2026-03-01') to ('2026-04-01')`,
  );
});
afterAll(() => marts?.close());
beforeEach(async () => {
  const { rows } = await marts.pool.query<{ tables: string }>(
    `select string_agg(c.oid::regclass::text, ', ') as tables from pg_class as c join pg_attribute as a on a.attrelid = c.oid
     where c.relkind in ('r', 'p') and not c.relispartition and attname = 'conversation_id' and relnamespace in ('genesys'::regnamespace, 'extract'::regnamespace)`,
  );
  await marts.rows(`truncate ${rows[0]?.tables}, genesys.queue_aggregates, extract.slices, extract.reconciliations`);
  for (const stream of ['conversation_history', 'queue_aggregates'])
    await insertSlice(stream, '2026-03-01', '2026-03-03');
});

async function insertSlice(stream: string, from: string, to: string, dueAt: Date | null = null): Promise<void> {
  await marts.rows(
    `insert into extract.slices (stream, slice_from, slice_to, priority, pass, due_at, requested_at) values ($1, $2, $3, 1, 1, $4, $3)`,
    [stream, from, to, dueAt],
  );
}

interface Fixture {
  readonly start: string;
  readonly metric: string;
  readonly count: number;
  readonly seconds?: number;
  readonly direction?: string;
  readonly minutes?: number;
}

async function insertAggregate({
  start,
  metric: name,
  count,
  seconds,
  direction = 'inbound',
  minutes = 30,
}: Fixture): Promise<void> {
  await marts.rows(
    `insert into genesys.queue_aggregates (interval_start, interval_end, as_of, queue_id, media_type, direction, metric, count, sum)
     values ($1, $1::timestamptz + $2 * interval '1 minute', now(), $3, 'voice', $4, $5, $6, $7)`,
    [at(start), minutes, queueId, direction, name, count, seconds === undefined ? null : seconds * 1000],
  );
}

const handling = (metrics: readonly JsonObject[], more: JsonObject = {}) =>
  session([segment('interact', '10:01:00', '10:05:00', { queueId })], { metrics, ...more });
const reconcile = () => reconcileDay(marts.pool, day, { now, waitForLock: true });

describe('a figure of the details', () => {
  test('lies in the interval in which its metric was emitted, not in that in which the call began', async () => {
    await marts.load([conversation(1, [agent(id(2), handling([metric('tHandle', 2_700, '10:45:00')]))])]);
    await insertAggregate({ start: '10:30:00', metric: 'tHandle', count: 1, seconds: 2_700 });
    expect(await reconcile()).toMatchObject({ state: 'equal', equalCount: 1, differentCount: 0 });
  });

  test('sums all emissions; counts of n metrics add up their values; directions are one', async () => {
    const metrics = [metric('tHandle', 60), metric('tHandle', 30), metric('nTransferred', 2)];
    await marts.load([
      conversation(1, [agent(id(2), handling(metrics))]),
      conversation(2, [agent(id(2), handling([metric('tHandle', 10)], { direction: 'outbound' }))]),
    ]);
    await insertAggregate({ start: '10:00:00', metric: 'tHandle', count: 2, seconds: 90 });
    await insertAggregate({ start: '10:00:00', metric: 'tHandle', count: 1, seconds: 10, direction: 'outbound' });
    await insertAggregate({ start: '10:00:00', metric: 'nTransferred', count: 2 });
    expect(await reconcile()).toMatchObject({ state: 'equal', equalCount: 2, differentCount: 0 });
  });

  test('has no part of sessions of customers and dialers, nor of sessions without a queue', async () => {
    const offered = handling([metric('tTalkComplete', 10)]);
    await marts.load([
      conversation(1, [
        participant('customer', [offered]),
        participant('dialer', [offered]),
        agent(
          id(2),
          session([segment('interact', '10:01:00', '10:05:00')], { metrics: [metric('tTalkComplete', 10)] }),
        ),
      ]),
    ]);
    expect(await reconcile()).toMatchObject({ state: 'equal', equalCount: 0, differentCount: 0 });
  });

  test('counts of a conversation that began months before the day', async () => {
    const email = conversation(1, [agent(id(2), handling([metric('tHandle', 60)], { mediaType: 'voice' }))], {
      conversationStart: '2025-11-01T10:00:00.000Z',
    });
    await marts.load([email]);
    await insertAggregate({ start: '10:00:00', metric: 'tHandle', count: 1, seconds: 60 });
    expect(await reconcile()).toMatchObject({ state: 'equal', equalCount: 1 });
  });

  test('is summed to the wider interval where the granularity was changed', async () => {
    await marts.load([conversation(1, [agent(id(2), handling([metric('tHandle', 60, '10:45:00')]))])]);
    await insertAggregate({ start: '10:30:00', metric: 'tHandle', count: 1, seconds: 60, minutes: 15 });
    await insertAggregate({ start: '12:00:00', metric: 'tAcw', count: 0, seconds: 0, minutes: 60 });
    expect(await reconcile()).toMatchObject({ state: 'equal', equalCount: 2, differentCount: 0 });
  });
});

describe('a figure that only one side has', () => {
  test('differs, by a millisecond as well, and zero on one side is as good as nothing on the other', async () => {
    await marts.load([conversation(1, [agent(id(2), handling([metric('tHandle', 60), metric('tAcw', 1)]))])]);
    await insertAggregate({ start: '10:00:00', metric: 'tHandle', count: 1, seconds: 60.001 });
    await insertAggregate({ start: '10:00:00', metric: 'tHeldComplete', count: 0, seconds: 0 });
    await insertAggregate({ start: '10:00:00', metric: 'nOffered', count: 1 });
    expect(await reconcile()).toMatchObject({ state: 'different', equalCount: 1, differentCount: 3, requeue: 'due' });
    const rows = await marts.rows(
      `select metric, details_count::int, aggregate_count::int, details_seconds::float8, aggregate_seconds::float8
       from mart.ops_reconciliation_differences order by metric`,
    );
    expect(rows).toEqual([
      { metric: 'nOffered', details_count: 0, aggregate_count: 1, details_seconds: null, aggregate_seconds: null },
      { metric: 'tAcw', details_count: 1, aggregate_count: 0, details_seconds: 1, aggregate_seconds: null },
      { metric: 'tHandle', details_count: 1, aggregate_count: 1, details_seconds: 60, aggregate_seconds: 60.001 },
    ]);
  });
});

describe('nothing is compared', () => {
  const offered = { start: '00:30:00', metric: 'nOffered', count: 1 };
  const due = new Date('2026-06-01T00:00:00Z');

  test.each(['conversation_history', 'queue_aggregates', 'conversations'])(
    'while a slice of %s is pending',
    async (stream) => {
      await marts.rows('delete from extract.slices where stream = $1', [stream]);
      await insertSlice(stream, '2026-03-01', '2026-03-03', due);
      await insertAggregate(offered);
      expect(await reconcile()).toMatchObject({ state: 'not_final', notFinalDifferentCount: 1, requeue: 'none' });
    },
  );

  test('where the conversations of the hour before are not final: their after-call work may be missing', async () => {
    await marts.rows(`delete from extract.slices where stream = 'conversation_history'`);
    await insertSlice('conversation_history', '2026-03-02', '2026-03-03');
    await insertAggregate(offered);
    await insertAggregate({ ...offered, start: '01:00:00' });
    expect(await reconcile()).toMatchObject({ state: 'different', notFinalCount: 1, differentCount: 1 });
  });

  test('of a day that was never pulled', async () => {
    await marts.rows('delete from extract.slices');
    expect(await reconcile()).toMatchObject({ state: 'not_final', differentCount: 0 });
  });
});
