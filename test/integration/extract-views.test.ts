import { expect, test } from 'vitest';
import { migrate } from '../../src/postgres/migrate.js';
import { migratedDatabase, testPool } from '../support/postgres.js';

test('views of schema extract that have not changed stay where others are built again', async () => {
  const database = await migratedDatabase('UTC');
  const pool = testPool(database.url);
  try {
    for (const timeZone of ['Europe/Berlin', 'UTC']) {
      await migrate(pool, { timeZone });
      const { rows } = await pool.query('select count(*)::int as count from mart.ops_requests');
      expect(rows).toEqual([{ count: 0 }]);
      const known = await pool.query("select to_regclass('extract.request_budget_facts') is not null as is_there");
      expect(known.rows).toEqual([{ is_there: true }]);
    }
  } finally {
    await pool.end();
    await database.drop();
  }
});
