import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { filledDatabase } from '../support/filled.js';
import { type TestDatabase, testPool } from '../support/postgres.js';

/** Each file is a query that returns offenders: no rows passes. */
const directory = join(import.meta.dirname, '../sql/details');
const checks = readdirSync(directory).filter((name) => name.endsWith('.sql'));

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

test.each(checks)('%s finds no offenders', async (name) => {
  const text = readFileSync(join(directory, name), 'utf8');
  expect((await pool.query(`select * from (${text}) as offenders limit 5`)).rows).toEqual([]);
});

test.each([
  ['dim_teams', 2],
  ['dim_skills', 3],
  ['dim_languages', 2],
  ['dim_groups', 2],
  ['dim_locations', 2],
  ['dim_flows', 5],
  ['dim_flow_outcomes', 2],
  ['dim_campaigns', 2],
  ['dim_contact_lists', 2],
  ['dim_forms', 3],
  ['bridge_queue_members', 30],
  ['bridge_queue_wrapup_codes', 50],
  ['bridge_user_skills', 30],
  ['bridge_user_languages', 30],
  ['fct_segments', 1_000],
  ['fct_transfers', 10],
  ['fct_callbacks', 5],
  ['fct_flows', 100],
  ['fct_dial_attempts', 5],
  ['fct_voice_quality', 100],
  ['bridge_leg_skills', 50],
  ['bridge_conversation_divisions', 500],
])('%s has at least %i rows, and flags that are true or false, never null', async (relation, rowsMin) => {
  const { rows: flags } = await pool.query<{ name: string }>(
    `select column_name as name from information_schema.columns
     where table_schema = 'mart' and table_name = $1 and data_type = 'boolean'`,
    [relation],
  );
  const condition = flags.map(({ name }) => `${name} is null`).join(' or ') || 'false';
  const { rows } = await pool.query(
    `select count(*)::int as rows, count(*) filter (where ${condition})::int as faulty from mart.${relation}`,
  );
  expect(rows[0].rows).toBeGreaterThanOrEqual(rowsMin);
  expect(rows[0].faulty).toBe(0);
});

test('users have the names of their teams and of their locations, and some are placed nowhere', async () => {
  const { rows } = await pool.query(
    `select count(*) filter (where team_name is null)::int as teamless,
            count(location_name)::int as placed,
            count(*) filter (where location_name is null)::int as unplaced
     from mart.dim_users`,
  );
  expect(rows[0].teamless).toBe(0);
  expect(rows[0].placed).toBeGreaterThan(10);
  expect(rows[0].unplaced).toBeGreaterThan(2);
});
