import type pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { UsageError } from '../../src/lib/errors.js';
import { migrate } from '../../src/postgres/migrate.js';
import { migratedDatabase, type TestDatabase, testPool } from '../support/postgres.js';

const settings = { timeZone: 'UTC' };
const role = 'own_views_reader';

let database: TestDatabase;
let pool: pg.Pool;

beforeAll(async () => {
  database = await migratedDatabase();
  pool = testPool(database.url);
  await pool.query(`create role ${role}`);
  await pool.query('create schema reports');
});
afterEach(() => pool.query('drop schema reports cascade; create schema reports'));
afterAll(async () => {
  await pool.query(`drop owned by ${role}; drop role ${role}`);
  await pool.end();
  await database.drop();
});

/** Any other digest makes the next migrate rebuild the views. */
async function rebuild(): Promise<void> {
  await pool.query(`update extract.settings set value = 'other' where name = 'views_digest'`);
  await migrate(pool, settings);
}

/** Puts a view in the place of ours, as an earlier version could have had it. */
async function asEarlier(columns: string): Promise<void> {
  await pool.query('drop view mart.dim_divisions');
  await pool.query(`create view mart.dim_divisions as select ${columns} from genesys.divisions`);
}

const columnsOf = async (view: string) =>
  (
    await pool.query<{ name: string }>(
      'select attname as name from pg_attribute where attrelid = to_regclass($1) and attnum > 0 order by attnum',
      [view],
    )
  ).rows.map(({ name }) => name);

describe('when migrate rebuilds the views', () => {
  test('grants of others on a relation or on a column of it survive', async () => {
    await pool.query(`grant select on mart.dim_queues to ${role} with grant option`);
    await pool.query(`grant select (user_id, user_name) on mart.dim_users to ${role}`);
    await rebuild();
    const { rows } = await pool.query(
      `select has_table_privilege('${role}', 'mart.dim_queues', 'select with grant option') as whole,
              has_column_privilege('${role}', 'mart.dim_users', 'user_name', 'select') as named,
              has_column_privilege('${role}', 'mart.dim_users', 'email', 'select') as unnamed,
              has_table_privilege('genesys_reader', 'mart.dim_queues', 'select') as reader`,
    );
    expect(rows).toEqual([{ whole: true, named: true, unnamed: false, reader: true }]);
  });

  test('a view of the user on ours survives when columns are added, which come last for it', async () => {
    await asEarlier(`name as division_name, division_id`);
    await pool.query('create view reports.mine as select division_name, division_id from mart.dim_divisions');
    await pool.query(`grant select on mart.dim_divisions to ${role}`);
    await pool.query(`insert into genesys.divisions (division_id, valid_from, name, content_hash)
       values ('1', now(), 'North', gen_random_uuid())`);
    await rebuild();
    expect((await pool.query('select * from reports.mine')).rows).toEqual([
      { division_name: 'North', division_id: '1' },
    ]);
    expect(await columnsOf('mart.dim_divisions')).toEqual([
      'division_name',
      'division_id',
      'description',
      'is_home_division',
      'is_deleted',
      'deleted_at',
    ]);
    const { rows } = await pool.query(`select has_table_privilege('${role}', 'mart.dim_divisions', 'select') as may`);
    expect(rows).toEqual([{ may: true }]);
  });

  test('once nothing depends on it any more, its columns are in the order of a new database', async () => {
    await rebuild();
    expect((await columnsOf('mart.dim_divisions')).slice(0, 3)).toEqual([
      'division_id',
      'division_name',
      'description',
    ]);
  });

  test('a view of the user that reads several of ours survives, also where those read others of ours', async () => {
    await pool.query(`create view reports.two as
       select causes.meaning, sessions.wrapup_cause from mart.dim_wrapup_causes as causes
       left join mart.fct_agent_sessions as sessions on sessions.wrapup_cause = causes.wrapup_cause`);
    await pool.query('create materialized view reports.kept as select day, handled_count from mart.rpt_queue_days');
    await rebuild();
    expect((await pool.query('select count(*)::int as count from reports.two')).rows[0].count).toBeGreaterThan(10);
    await pool.query('refresh materialized view reports.kept');
  });

  test('a view of the user in schema mart itself is left alone', async () => {
    await pool.query('create view mart.my_divisions as select division_id from mart.dim_divisions');
    await rebuild();
    expect(await columnsOf('mart.my_divisions')).toEqual(['division_id']);
    await pool.query('drop view mart.my_divisions');
  });

  test.each([
    ['is gone', 'division_id, name as division_name, 1 as former_name', /former_name changed or were removed/],
    ['has another type', 'division_id::varchar(9), name as division_name', /division_id changed or were removed/],
  ])('a column that %s stops it with one sentence, and nothing is changed', async (_, columns, sentence) => {
    await asEarlier(columns);
    await pool.query('create view reports.mine as select * from mart.dim_divisions');
    const failure = await rebuild().catch((error: unknown) => error as Error);
    expect(failure).toBeInstanceOf(UsageError);
    expect((failure as Error).message).toMatch(
      /^View mart\.dim_divisions cannot be rebuilt because another object depends on it \(view reports\.mine\)/,
    );
    expect((failure as Error).message).toMatch(sentence);
    expect(await columnsOf('reports.mine')).toContain('division_name');
    await pool.query('drop view reports.mine');
    await rebuild();
  });

  test('a function of the user that returns our rows survives', async () => {
    await pool.query(
      `create function reports.rows() returns setof mart.dim_queues language sql as 'select * from mart.dim_queues'`,
    );
    await rebuild();
    expect((await pool.query('select * from reports.rows()')).rows).toEqual([]);
  });
});
