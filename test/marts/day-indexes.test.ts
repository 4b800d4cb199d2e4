import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { migrate } from '../../src/postgres/migrate.js';
import { conversation, customer, id, type Marts, openMarts } from './support.js';

let marts: Marts;
beforeAll(async () => {
  marts = await openMarts('Europe/Berlin');
  // Partitions to have indexes.
  await marts.load([conversation(1, [customer])]);
  // Rows enough for one index to be cheaper than another.
  for (const [table, column] of [
    ['user_presences', 'system_presence'],
    ['user_routing_statuses', 'routing_status'],
  ]) {
    await marts.rows(
      `insert into genesys.${table} (user_id, start_time, as_of, ${column})
       select '${id(1)}', timestamptz '2026-01-01' + hour * interval '1 hour', now(), 'IDLE'
       from generate_series(1, 3000) as hour`,
    );
    await marts.rows(`analyze genesys.${table}`);
  }
});
afterAll(() => marts?.close());

/** The plan where reading a whole table costs more than any index, however few rows it has. */
async function planOf(text: string): Promise<string> {
  const client = await marts.pool.connect();
  try {
    await client.query('begin');
    await client.query('set local enable_seqscan = off');
    const { rows } = await client.query(`explain ${text}`);
    return rows.map((row) => row['QUERY PLAN']).join('\n');
  } finally {
    await client.query('rollback');
    client.release();
  }
}

const facts = [
  'fct_conversations',
  'fct_agent_sessions',
  'fct_queue_legs',
  'fct_wrapups',
  'fct_surveys',
  'fct_evaluations',
  'fct_agent_statuses',
];
const dayCondition = /Index Cond: \(.*::date = '2026-03-02'::date\)/;

describe.each(facts)('%s', (fact) => {
  test('is read by index where its day is asked for', async () => {
    expect(await planOf(`select * from mart.${fact} where day = '2026-03-02'`)).toMatch(dayCondition);
  });

  test('is read by index where it is joined with one day of dim_dates', async () => {
    const star = `select dates.weekday_name, count(*) from mart.${fact} as facts
      inner join mart.dim_dates as dates on dates.day = facts.day where dates.day = '2026-03-02' group by 1`;
    expect(await planOf(star)).toMatch(dayCondition);
  });
});

describe('the indexes of days', () => {
  const indexes = async () =>
    (
      await marts.rows<{ name: string; definition: string }>(
        `select relname as name, pg_get_indexdef(oid) as definition from pg_class
         where relnamespace = 'genesys'::regnamespace and relname ~ '_day_[0-9a-f]{8}$' order by relname`,
      )
    ).map(({ name, definition }) => `${name} ${definition}`);

  test('are those of the reporting zone, one of a kind, after the zone has changed to another and back', async () => {
    const before = await indexes();
    expect(before.length).toBeGreaterThanOrEqual(facts.length);
    await migrate(marts.pool, { timeZone: 'Asia/Tokyo' });
    const elsewhere = await indexes();
    expect(elsewhere).toHaveLength(before.length);
    expect(elsewhere.filter((text) => !text.includes("'Asia/Tokyo'"))).toEqual([]);
    expect(await planOf("select * from mart.fct_conversations where day = '2026-03-02'")).toMatch(dayCondition);
    await migrate(marts.pool, { timeZone: 'Europe/Berlin' });
    expect(await indexes()).toEqual(before);
  });

  test('are on partitions that are made later, too', async () => {
    await marts.load([conversation(2, [customer], { conversationStart: '2027-05-01T10:00:00.000Z' })]);
    const plan = await planOf("select * from mart.fct_conversations where day = '2027-05-01'");
    expect(plan).toMatch(/conversation_facts_y2027m05[\s\S]{0,120}Index Cond/);
  });
});
