import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { migrate } from '../../src/postgres/migrate.js';
import { filledDatabase } from '../support/filled.js';
import { type TestDatabase, testPool } from '../support/postgres.js';

/** Schema `federation` of a warehouse, which a federated database reads. */
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

async function relationsOf(schema: string): Promise<string[]> {
  const { rows } = await pool.query<{ name: string }>(
    `select relname as name from pg_class where relnamespace = $1::regnamespace and relkind in ('v', 'r') order by 1`,
    [schema],
  );
  return rows.map(({ name }) => name);
}

describe('schema federation of a warehouse', () => {
  test('has every relation of mart, beginning with the organisation, with the same rows', async () => {
    const relations = await relationsOf('mart');
    expect(await relationsOf('federation')).toEqual(relations);
    for (const relation of ['dim_queues', 'dim_dates', 'fct_agent_sessions', 'rpt_queue_days', 'fct_attributes']) {
      const { fields, rows } = await pool.query(
        `select f.*, (select count(*) from mart.${relation})::int as expected, count(*) over ()::int as found
         from federation.${relation} as f limit 1`,
      );
      expect(fields.slice(0, 2).map(({ name }) => name)).toEqual(['organization_id', 'organization_name']);
      const { rows: settings } = await pool.query(
        `select value from extract.settings where name in ('organization_id', 'organization_name') order by name`,
      );
      expect([rows[0]?.organization_id, rows[0]?.organization_name]).toEqual(settings.map(({ value }) => value));
      expect(rows[0]?.found, relation).toBe(rows[0]?.expected);
    }
  });

  test('is readable for readers of mart, personal relations by genesys_personal only', async () => {
    const { rows } = await pool.query(
      `select relname as name from pg_class where relnamespace = 'federation'::regnamespace
         and has_table_privilege('genesys_reader', oid, 'select')
             <> has_table_privilege('genesys_reader', to_regclass('mart.' || relname), 'select')
         or relnamespace = 'federation'::regnamespace and not has_table_privilege('genesys_personal', oid, 'select')`,
    );
    expect(rows).toEqual([]);
    const { rows: personal } = await pool.query(
      `select has_table_privilege('genesys_reader', 'federation.fct_attributes', 'select') as reads`,
    );
    expect(personal).toEqual([{ reads: false }]);
  });

  test('the organisation is part of the plan, so that grouping by it costs nothing', async () => {
    const { rows } = await pool.query(
      `explain (verbose) select organization_id, queue_id, count(*) from federation.fct_agent_sessions
       where organization_id = federation.organization_id() group by 1, 2`,
    );
    const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
    expect(plan).not.toContain('organization_id()');
  });

  test('migrate puts back a view that somebody dropped, and none of them keeps a view of mart from being rebuilt', async () => {
    await pool.query('drop view federation.dim_queues');
    await pool.query(`update extract.settings set value = '{}' where name = 'views_digest'`);
    await migrate(pool, { timeZone: 'Europe/Berlin' });
    expect(await relationsOf('federation')).toEqual(await relationsOf('mart'));
  });
});
