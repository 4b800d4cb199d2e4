import type pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.js';
import { migratedDatabase, type TestDatabase, testPool } from '../support/postgres.js';
import { differencesFromTruth, environmentFor, runCommand } from '../support/program.js';

/** An administrator ends the sessions of a whole sync as soon as they begin. */
const at = new Date('2026-03-12T06:12:00Z');
let database: TestDatabase;
let admin: pg.Pool;

beforeEach(async () => {
  database = await migratedDatabase();
  admin = testPool(database.url);
});
afterEach(async () => {
  await admin.end();
  await database.drop();
});

describe('a sync whose sessions are ended all the time', () => {
  let sandbox: Sandbox;
  beforeAll(async () => {
    sandbox = await startSandbox({ seed: 4, conversationsPerDay: 100, agents: 5, clock: { kind: 'fixed', at } });
  });
  afterAll(() => sandbox?.close());

  test('ends in one sentence with status 1; nothing is a dead letter, and the next one completes it', async () => {
    const environment = { ...environmentFor(sandbox, database.url), GENESYS_WAREHOUSE_START: '2026-03-11T00:00:00Z' };
    let isOver = false;
    const running = runCommand(['sync'], sandbox, environment).finally(() => {
      isOver = true;
    });
    // From the first page on, so that slices are met in the middle.
    while (!isOver && sandbox.requests().length < 20) await new Promise((resolve) => setTimeout(resolve, 2));
    while (!isOver) {
      await admin.query(
        `select pg_terminate_backend(pid) from pg_stat_activity
         where application_name = 'genesys-warehouse' and datname = current_database()`,
      );
    }
    const { status, output } = await running;
    expect(status).toBe(1);
    expect(output).toMatch(/connection to the database was lost \(.+?\)\. \w/);
    expect(output).not.toMatch(/"stack"|\n\s+at /);
    const letters = await admin.query('select count(*)::int as count from extract.dead_letters');
    expect(letters.rows).toEqual([{ count: 0 }]);
    const charged = await admin.query('select stream, last_error from extract.slices where attempts > 0');
    expect(charged.rows).toEqual([]);
    expect(await runCommand(['sync'], sandbox, environment)).toMatchObject({ status: 0 });
    expect(await differencesFromTruth(admin, sandbox)).toEqual([]);
  }, 120_000);
});
