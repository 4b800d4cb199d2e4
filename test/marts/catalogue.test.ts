import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { filledDatabase, filledTimeZone } from '../support/filled.js';
import { type TestDatabase, testPool } from '../support/postgres.js';

let database: TestDatabase;
let pool: pg.Pool;

beforeAll(async () => {
  database = await filledDatabase();
  pool = testPool(database.url);
}, 240_000);

afterAll(async () => {
  await pool?.end();
  await database?.drop();
});

const rows = async (text: string, values: unknown[] = []) => (await pool.query(text, values)).rows;

async function asRole(role: string, text: string): Promise<unknown[]> {
  const client = await pool.connect();
  try {
    await client.query('begin');
    await client.query(`set local role ${role}`);
    return (await client.query(text)).rows;
  } finally {
    await client.query('rollback');
    client.release();
  }
}

describe('ops_dictionary', () => {
  test('has every column of every relation of mart, with its description', async () => {
    const [count] = await rows(
      `select (select count(*)::int from mart.ops_dictionary where description <> '' and relation_description <> '') as described,
              count(*)::int as columns
       from pg_attribute as a inner join pg_class as c on c.oid = a.attrelid
       where c.relnamespace = 'mart'::regnamespace and c.relkind in ('v', 'r') and a.attnum > 0 and not a.attisdropped`,
    );
    expect(count.described).toBe(count.columns);
    expect(count.columns).toBeGreaterThan(800);
  });

  test.each([
    ['rpt_queue_days', 'handle_seconds', 'seconds', true, false],
    ['rpt_queue_days', 'average_handle_seconds', 'seconds', false, false],
    ['rpt_queue_days', 'service_level_rate', 'fraction', false, false],
    ['rpt_wrapup_causes', 'session_count', 'count', true, false],
    ['rpt_wrapup_causes', 'agent_session_count', 'count', false, false],
    ['rpt_wait_times', 'answer_seconds', 'seconds', true, false],
    ['rpt_wait_times', 'answer_p90_seconds', 'seconds', false, false],
    ['rpt_wait_times', 'handle_max_seconds', 'seconds', false, false],
    ['rpt_queue_now', 'waiting_count', 'count', true, false],
    ['rpt_queue_now', 'on_queue_user_count', 'count', false, false],
    ['fct_queue_observations', 'waiting_count', 'count', false, false],
    ['dim_queues', 'voice_target_seconds', 'seconds', false, false],
    ['dim_users', 'email', null, false, true],
    ['fct_addresses', 'ani', null, false, true],
  ])('says of %s.%s its unit, whether it adds up and whether it is personal', async (relation, column, ...said) => {
    const [row] = await rows(
      'select unit, is_additive, is_personal from mart.ops_dictionary where relation = $1 and column_name = $2',
      [relation, column],
    );
    expect([row.unit, row.is_additive, row.is_personal]).toEqual(said);
  });

  test('names the field of Genesys that a column comes from', async () => {
    const [row] = await rows(
      `select source_field from mart.ops_dictionary where relation = 'fct_conversations' and column_name = 'started_at'`,
    );
    expect(row.source_field).toBe('conversationStart');
  });
});

test('every row of ops_relationships holds in the data: the key is unique, and what refers to it is there', {
  timeout: 120_000,
}, async () => {
  const relationships = await rows('select * from mart.ops_relationships order by relationship_key');
  expect(relationships.length).toBeGreaterThan(100);
  const broken: string[] = [];
  for (const { relationship_key, from_relation, from_column, to_relation, to_column } of relationships) {
    const [found] = await rows(
      `select
           (select count(*) from (select from mart.${to_relation} group by ${to_column} having count(*) > 1) as doubled)::int as doubled,
           count(*)::int as missing
       from (select distinct ${from_column} as key from mart.${from_relation} where ${from_column} is not null) as referring
       where not exists (select from mart.${to_relation} as target where target.${to_column} = referring.key)`,
    );
    if (found.doubled > 0 || found.missing > 0) broken.push(`${relationship_key}: ${JSON.stringify(found)}`);
  }
  expect(broken).toEqual([]);
});

test('every column whose description refers to a dimension is in ops_relationships', async () => {
  const missing = await rows(
    `select dictionary_key from mart.ops_dictionary as columns
     where relation_kind in ('fact', 'report', 'bridge') and column_name ~ '_(id|code)$'
       and description ~ 'See dim_' and description !~ 'See dim_enums'
       and not exists (select from mart.ops_relationships where relationship_key = columns.dictionary_key)`,
  );
  expect(missing).toEqual([]);
});

test('a model has at most one active join from a relation to a dimension', async () => {
  const doubled = await rows(
    `select from_relation, to_relation from mart.ops_relationships where is_active
     group by from_relation, to_relation having count(*) > 1`,
  );
  expect(doubled).toEqual([]);
});

test('ops_settings is one row that says by which zone and granularity the figures are made', async () => {
  expect(await rows('select time_zone, interval_seconds::int, has_division_access from mart.ops_settings')).toEqual([
    { time_zone: filledTimeZone, interval_seconds: 1_800, has_division_access: false },
  ]);
});

test('ops_quality lists exactly the days of queues with a rate above one', async () => {
  const [counts] = await rows(
    `select (select count(*)::int from mart.ops_quality where check_name = 'rate_above_one') as listed,
            (select count(*)::int from mart.rpt_queue_days where answer_rate > 1 or abandon_rate > 1) as there`,
  );
  expect(counts.listed).toBe(counts.there);
});

describe('relations with personal data', () => {
  test.each(['fct_attributes', 'fct_addresses'])(
    '%s is for genesys_personal, and for genesys_reader it is refused',
    async (relation) => {
      const text = `select count(*)::int as count from mart.${relation}`;
      const [row] = (await asRole('genesys_personal', text)) as { count: number }[];
      expect(row?.count).toBeGreaterThan(500);
      await expect(asRole('genesys_reader', text)).rejects.toMatchObject({ code: '42501' });
    },
  );

  test('are not in the dictionary of those who may not read them', async () => {
    const text = `select count(*)::int as count from mart.ops_dictionary where relation in ('fct_attributes', 'fct_addresses')`;
    expect(await asRole('genesys_reader', text)).toEqual([{ count: 0 }]);
  });

  test('genesys_personal reads the rest as well', async () => {
    await asRole('genesys_personal', 'select from mart.fct_conversations limit 1');
  });

  test('have as many rows as the record has attributes and sessions, one a key', async () => {
    const [counts] = await rows(
      `select (select count(*)::int from mart.fct_attributes) as attributes,
              (select count(*)::int from genesys.participant_attributes) as stored_attributes,
              (select count(distinct session_key)::int from mart.fct_addresses) as sessions,
              (select count(*)::int from genesys.sessions) as stored_sessions`,
    );
    expect(counts.attributes).toBe(counts.stored_attributes);
    expect(counts.sessions).toBe(counts.stored_sessions);
  });
});
