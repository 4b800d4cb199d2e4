import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseAttributes } from '../../src/config/attributes.js';
import { migrate } from '../../src/postgres/migrate.js';
import type { AttributeColumn } from '../../src/postgres/schema/attribute-columns.js';
import { conversation, id, type JsonObject, type Marts, openMarts, participant, session } from './support.js';

let marts: Marts;

/** Names that would end a literal or an identifier, were they put into a statement as they are. */
const hostile = `it's "quoted"; drop view mart.dim_users; --`;
const attributesOf = (names: string) => parseAttributes(names) as readonly AttributeColumn[];
const migrateWith = (names: string) =>
  migrate(marts.pool, { timeZone: 'UTC', attributes: names === '' ? [] : attributesOf(names) });

function withAttributes(number: number, ...participants: readonly JsonObject[]) {
  return conversation(
    number,
    participants.map((attributes) => participant('customer', [session([])], { attributes })),
  );
}

beforeAll(async () => {
  marts = await openMarts();
  await marts.load([
    withAttributes(1, { 'Reason for call': 'invoice', tier: 'gold' }, { 'Reason for call': 'complaint' }),
    withAttributes(2, { tier: 'silver', iban: 'DE00' }),
    withAttributes(3, { iban: 'DE01' }),
    withAttributes(4, { [hostile]: 'kept' }),
  ]);
});
afterAll(() => marts?.close());

const asReader = async (statement: string) => {
  const client = await marts.pool.connect();
  try {
    await client.query('begin');
    await client.query('set local role genesys_reader');
    return (await client.query(statement)).rows;
  } finally {
    await client.query('rollback');
    client.release();
  }
};

describe('fct_conversation_attributes', () => {
  test('is empty without names, and readers may read it', async () => {
    expect(await asReader('select * from mart.fct_conversation_attributes')).toEqual([]);
  });

  test('has a column for each name, the value of the participant who came last, and no other attribute', async () => {
    await migrateWith('Reason for call,tier');
    const rows = await asReader('select * from mart.fct_conversation_attributes order by conversation_id');
    expect(rows.map(({ conversation_id, reason_for_call, tier }) => [conversation_id, reason_for_call, tier])).toEqual([
      [id(1), 'complaint', 'gold'],
      [id(2), null, 'silver'],
    ]);
    expect(Object.keys(rows[0] ?? {})).toEqual([
      'conversation_id',
      'reason_for_call',
      'tier',
      'minute_of_day',
      'is_complete',
      'day',
      'conversation_started_at',
    ]);
  });

  test('explains each column, and the dictionary lists it', async () => {
    const rows = await marts.rows(
      `select description from mart.ops_dictionary where dictionary_key = 'fct_conversation_attributes.reason_for_call'`,
    );
    expect(rows[0]?.description).toContain('participant attribute "Reason for call"');
  });

  test('follows the names when migrate runs again, and takes the columns away', async () => {
    await migrateWith('tier');
    const [row] = await asReader('select * from mart.fct_conversation_attributes where tier is not null');
    expect(row).not.toHaveProperty('reason_for_call');
    await migrateWith('');
    expect(await asReader('select * from mart.fct_conversation_attributes')).toEqual([]);
  });

  test('takes any name as a name, never as a part of the statement', async () => {
    await migrateWith(hostile);
    const [row] = await asReader('select * from mart.fct_conversation_attributes');
    expect(row).toMatchObject({ conversation_id: id(4), it_s_quoted_drop_view_mart_dim_users: 'kept' });
    expect(await asReader('select count(*)::int as count from mart.dim_users')).toEqual([{ count: 0 }]);
    await migrateWith('');
  });
});
