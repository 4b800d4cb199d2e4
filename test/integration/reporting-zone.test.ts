import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.js';
import { migratedDatabase, type TestDatabase, testPool } from '../support/postgres.js';
import { environmentFor, runCommand } from '../support/program.js';

const at = new Date('2026-03-12T06:12:00Z');
let sandbox: Sandbox;
let database: TestDatabase;
beforeAll(async () => {
  sandbox = await startSandbox({ seed: 4, conversationsPerDay: 100, agents: 5, clock: { kind: 'fixed', at } });
  database = await migratedDatabase('Europe/Berlin');
});
afterAll(async () => {
  await database?.drop();
  await sandbox?.close();
});

test('a sync with another time zone than the reports have changes nothing and says who may', async () => {
  const views = async () => {
    const pool = testPool(database.url, 1);
    const { rows } = await pool.query(
      `select relname, oid from pg_class where relnamespace = 'mart'::regnamespace order by 1`,
    );
    await pool.end();
    return rows;
  };
  const before = await views();
  const environment = { ...environmentFor(sandbox, database.url), GENESYS_WAREHOUSE_TIME_ZONE: 'Asia/Tokyo' };
  const { status, output } = await runCommand(['sync'], sandbox, environment);
  expect(status).toBe(2);
  expect(output).toMatch(
    /The reports of this database are in the time zone Europe\/Berlin, but GENESYS_WAREHOUSE_TIME_ZONE is Asia\/Tokyo here\. .* genesys-warehouse migrate\./,
  );
  expect(await views()).toEqual(before);
});
