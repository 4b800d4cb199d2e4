import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { normalizeAddress } from '../../src/conversation/contact-facts.js';
import { conversation, id, type JsonObject, type Marts, openMarts, participant, segment, session } from './support.js';

let marts: Marts;
const [billing, claims] = [id(101), id(102)];

interface Contact {
  readonly at: string;
  readonly address?: JsonObject;
  readonly contactId?: string;
  readonly queueId?: string;
  readonly direction?: string;
}

function contact(number: number, { at, address = {}, contactId, queueId = billing, direction = 'inbound' }: Contact) {
  const conversationStart = `2026-03-${at}:00.000Z`;
  const stay = { ...segment('interact', '10:00', '10:01', { queueId }), segmentStart: conversationStart };
  return conversation(
    number,
    [
      participant('customer', [session([], { direction, ...address })], {
        ...(contactId === undefined ? {} : { externalContactId: contactId }),
      }),
      participant('acd', [session([{ ...stay, segmentEnd: conversationStart }])]),
    ],
    { conversationStart, conversationEnd: conversationStart, originatingDirection: direction },
  );
}

const caller = { ani: 'tel:+49305550199', dnis: 'tel:+4930100' };

beforeAll(async () => {
  marts = await openMarts();
  await marts.load([
    contact(1, { at: '02T10:00', address: caller }),
    contact(2, { at: '02T10:30', address: { ani: 'sip:+49305550199@10.0.0.1;user=phone', dnis: 'tel:+49 (30) 100' } }),
    contact(3, { at: '08T10:30', address: { ani: '0049 30 5550199', dnis: '+4930200' }, queueId: claims }),
    contact(4, { at: '09T10:30', address: { dnis: 'tel:+49305550199' }, direction: 'outbound' }),
    contact(5, { at: '03T10:00', address: { ...caller, ani: 'tel:+49305550200' }, contactId: id(77) }),
    contact(6, {
      at: '05T10:00',
      address: { addressFrom: 'Ann@Example.com', addressTo: 'HELP@corp.example' },
      contactId: id(77),
    }),
    contact(7, { at: '05T11:00', address: { addressFrom: 'ann@example.com', addressTo: 'help@corp.example' } }),
    contact(8, { at: '05T12:00', address: { ani: 'sip:anonymous@anonymous.invalid', dnis: 'tel:+4930100' } }),
    contact(9, { at: '05T12:05', address: { ani: 'sip:anonymous@anonymous.invalid', dnis: 'tel:+4930100' } }),
  ]);
});
afterAll(() => marts?.close());

describe('fct_repeat_contacts', () => {
  test('finds the previous contact of the same customer, by contact id or else by address in any spelling', async () => {
    const rows = await marts.rows(
      `select right(conversation_id::text, 1) as no, right(previous_conversation_id::text, 1) as previous,
              repeat_after_seconds::float / 3600 as hours, is_within_1_day as d1, is_within_7_days as d7,
              is_within_30_days as d30, is_same_queue as same
       from mart.fct_repeat_contacts order by conversation_id`,
    );
    const none = { previous: null, hours: null, d1: false, d7: false, d30: false, same: false };
    expect(rows).toEqual([
      { no: '1', ...none },
      { no: '2', previous: '1', hours: 0.5, d1: true, d7: true, d30: true, same: true },
      { no: '3', previous: '2', hours: 144, d1: false, d7: true, d30: true, same: false },
      { no: '4', previous: '3', hours: 24, d1: true, d7: true, d30: true, same: false },
      { no: '5', ...none },
      { no: '6', previous: '5', hours: 48, d1: false, d7: true, d30: true, same: true },
      { no: '7', ...none },
    ]);
  });

  test('shows when the same customer comes next', async () => {
    const rows = await marts.rows(
      `select next_after_seconds::int as seconds from mart.fct_repeat_contacts
       where conversation_id = any($1) order by conversation_id`,
      [[id(1), id(7)]],
    );
    expect(rows).toEqual([{ seconds: 1800 }, { seconds: null }]);
  });

  test('has a key that distinguishes customers, is made with a secret and holds no address', async () => {
    const keys = await marts.rows<{ no: string; key: string | null }>(
      `select right(conversation_id::text, 1) as no, customer_key as key from mart.fct_conversations order by 1`,
    );
    const keyOf = (no: string) => keys.find((row) => row.no === no)?.key;
    expect(keyOf('1')).toMatch(/^[0-9a-f]{32}$/);
    expect([keyOf('2'), keyOf('3'), keyOf('4')]).toEqual([keyOf('1'), keyOf('1'), keyOf('1')]);
    expect(new Set([keyOf('1'), keyOf('5'), keyOf('7')]).size).toBe(3);
    expect([keyOf('8'), keyOf('9')]).toEqual([null, null]);
    const [secret] = await marts.rows(`select value from extract.settings where name = 'customer_secret'`);
    expect(secret?.value).toMatch(/^[0-9a-f]{64}$/);
    const text = JSON.stringify(await marts.rows('select * from mart.fct_repeat_contacts'));
    expect(text).not.toMatch(/5550199|5550200|ann@|example/i);
  });

  test('keeps the secret of the key from readers', async () => {
    const client = await marts.pool.connect();
    try {
      await client.query('begin');
      await client.query('set local role genesys_reader');
      await expect(client.query(`select value from extract.settings`)).rejects.toMatchObject({ code: '42501' });
    } finally {
      await client.query('rollback');
      client.release();
    }
  });
});

describe('dim_entry_points', () => {
  test('has the numbers and mailboxes that inbound customers reached, each once, and no number of a customer', async () => {
    const rows = await marts.rows(
      `select entry_point, entry_kind, first_day::text as first, last_day::text as last from mart.dim_entry_points order by 1`,
    );
    expect(rows).toEqual([
      { entry_point: '+4930100', entry_kind: 'phone', first: '2026-03-02', last: '2026-03-05' },
      { entry_point: '+4930200', entry_kind: 'phone', first: '2026-03-08', last: '2026-03-08' },
      { entry_point: 'help@corp.example', entry_kind: 'email', first: '2026-03-05', last: '2026-03-05' },
    ]);
  });

  test('joins fct_conversations by one column', async () => {
    const rows = await marts.rows(
      `select entry_points.entry_point as point, count(*)::int as count from mart.fct_conversations
       join mart.dim_entry_points as entry_points using (entry_point) group by 1 order by 1`,
    );
    expect(rows.map(({ point, count }) => [point, count])).toEqual([
      ['+4930100', 5],
      ['+4930200', 1],
      ['help@corp.example', 2],
    ]);
  });
});

const spellings: readonly (readonly [string | null, string | null])[] = [
  ['tel:+49 (30) 555-0199', '+49305550199'],
  ['0049.30.5550199', '+49305550199'],
  ['sip:0305550199@pbx.example:5060;transport=tls', '0305550199'],
  ['SIP:Ann@PBX.example', 'ann@pbx.example'],
  ['  Ann@Example.com ', 'ann@example.com'],
  ['mailto:ann@example.com?subject=x', 'ann@example.com'],
  ['12345@example.com', '12345@example.com'],
  ['tel:+49305550199;ext=12', '+49305550199'],
  ['1234', '1234'],
  ['Ångström-Chat', 'Ångström-chat'],
  ['Anonymous', null],
  ['sip:restricted@x', null],
  ['', null],
  ['[erased]', null],
  ['tel:[erased]', null],
  [null, null],
];

test.each(spellings)('an address %s has the one spelling %s, in the loader and in SQL', async (address, expected) => {
  expect(normalizeAddress(address)).toBe(expected);
  const [row] = await marts.rows('select genesys.contact_address($1) as address', [address]);
  expect(row?.address ?? null).toBe(expected);
});
