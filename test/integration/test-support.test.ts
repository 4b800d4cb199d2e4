import { expect, test } from 'vitest';
import { createDatabase, migratedDatabase, templateDatabase, testPool } from '../support/postgres.js';

test('a template is built once for a run and each copy is a database of its own', async () => {
  let builds = 0;
  const build = async (url: string) => {
    builds += 1;
    const pool = testPool(url);
    await pool.query('create table public.seen (n integer)');
    await pool.end();
  };
  const names = await Promise.all([templateDatabase('support test', build), templateDatabase('support test', build)]);
  expect(names[0]).toBe(names[1]);
  expect(builds).toBe(1);
  const [first, second] = await Promise.all([createDatabase(names[0]), createDatabase(names[0])]);
  const pools = [testPool(first?.url ?? ''), testPool(second?.url ?? '')];
  await pools[0]?.query('insert into public.seen values (1)');
  expect((await pools[1]?.query('select count(*) as count from public.seen'))?.rows).toEqual([{ count: 0 }]);
  await Promise.all(pools.map((pool) => pool.end()));
  await Promise.all([first.drop(), second.drop()]);
});

test('a migrated database has the three schemas', async () => {
  const database = await migratedDatabase();
  const pool = testPool(database.url);
  const { rows } = await pool.query(
    `select nspname as name from pg_namespace where nspname in ('extract', 'genesys', 'mart') order by 1`,
  );
  expect(rows.map(({ name }) => name)).toEqual(['extract', 'genesys', 'mart']);
  await pool.end();
  await database.drop();
});
