import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  conversation,
  customer,
  id,
  type JsonObject,
  type Marts,
  metric,
  openMarts,
  participant,
  segment,
  session,
} from './support.js';

const queueId = id(41);

interface Case {
  readonly rule: string;
  readonly isAbandoned: boolean;
  readonly cause: string;
  readonly participants: readonly JsonObject[];
  readonly more?: JsonObject;
}

/** A stay in the queue from 10:01, open without `end`. */
const stay = (end: string | null, metrics: readonly JsonObject[], more: JsonObject = {}, ending: JsonObject = {}) =>
  participant('acd', [session([segment('interact', '10:01:00', end, { queueId, ...ending })], { metrics, ...more })]);
const open = { conversationEnd: undefined };
const offered = metric('nOffered', 1, '10:01:00');
const menu = participant('ivr', [session([segment('ivr', '10:00:00', '10:01:00')], { metrics: [metric('tIvr', 60)] })]);

const cases: readonly Case[] = [
  {
    rule: 'an e-mail that waits in a queue',
    isAbandoned: false,
    cause: 'still_open',
    participants: [customer, stay(null, [offered], { mediaType: 'email' })],
    more: open,
  },
  {
    rule: 'a call that waits in a queue and has no metric yet',
    isAbandoned: false,
    cause: 'still_open',
    participants: [customer, stay(null, [])],
    more: open,
  },
  {
    rule: 'an orphan that has ended, with a stay whose end was never written',
    isAbandoned: false,
    cause: 'unexplained',
    participants: [customer, menu, stay(null, [offered])],
  },
  {
    rule: 'an orphan whose own end was never written, with a stay that has ended',
    isAbandoned: false,
    cause: 'still_open',
    participants: [customer, stay('10:02:00', [], {}, { disconnectType: 'peer' })],
    more: open,
  },
  {
    rule: 'an orphan that has ended, with a stay that has no segment',
    isAbandoned: false,
    cause: 'unexplained',
    participants: [customer, participant('acd', [session([])])],
  },
  {
    rule: 'an ended record without metrics whose stay did not end by transfer',
    isAbandoned: true,
    cause: 'abandoned_in_queue',
    participants: [customer, stay('10:02:00', [], {}, { disconnectType: 'peer' })],
  },
  {
    rule: 'an ended record without metrics whose stay ended by transfer',
    isAbandoned: false,
    cause: 'flow_out',
    participants: [customer, stay('10:02:00', [], {}, { disconnectType: 'transfer' })],
  },
  {
    rule: 'an ended record that has metrics, but none about the end of the stay',
    isAbandoned: false,
    cause: 'unexplained',
    participants: [customer, menu, stay('10:02:00', [offered], {}, { disconnectType: 'peer' })],
  },
  {
    rule: 'an ended record with metrics at other sessions than the stay',
    isAbandoned: false,
    cause: 'unexplained',
    participants: [customer, menu, stay('10:02:00', [], {}, { disconnectType: 'peer' })],
  },
  {
    rule: 'a caller who gave up, and whose conversation has not been closed',
    isAbandoned: true,
    cause: 'still_open',
    participants: [customer, stay('10:02:00', [metric('tAcd', 60), metric('tAbandon', 60)])],
    more: open,
  },
  {
    rule: 'a caller who gave up in one queue and waits in another',
    isAbandoned: true,
    cause: 'still_open',
    participants: [customer, stay('10:02:00', [metric('tAbandon', 60)]), stay(null, [offered])],
    more: open,
  },
  {
    rule: 'a callback that waits',
    isAbandoned: false,
    cause: 'still_open',
    participants: [customer, stay(null, [offered], { mediaType: 'callback' })],
    more: open,
  },
];

describe('waiting is not abandoned', () => {
  let marts: Marts;
  beforeAll(async () => {
    marts = await openMarts();
    await marts.load(cases.map((each, index) => conversation(index + 1, each.participants, each.more)));
  });
  afterAll(() => marts?.close());

  test.each(cases.map((each, index) => ({ ...each, number: index + 1 })))(
    '$rule: abandoned $isAbandoned, $cause',
    async ({ number, isAbandoned, cause }) => {
      const rows = await marts.rows(
        'select is_abandoned, wrapup_cause from mart.fct_conversations where conversation_id = $1',
        [id(number)],
      );
      expect(rows).toEqual([{ is_abandoned: isAbandoned, wrapup_cause: cause }]);
    },
  );

  test('the plain definition in SQL gives the same verdicts as the loader', async () => {
    const [row] = await marts.rows(
      `select count(*)::int as count from (
           (table genesys.conversation_facts except all table genesys.int_conversation_facts)
           union all (table genesys.int_conversation_facts except all table genesys.conversation_facts)
       ) as rows`,
    );
    expect(row).toEqual({ count: 0 });
  });
});
