import type pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Sandbox, startSandbox } from '../../../src/sandbox/index.js';
import { migratedDatabase, type TestDatabase, testPool } from '../../support/postgres.js';
import {
  differencesFromTruth,
  environmentFor,
  missingConversations,
  runCommand,
  spawnCommand,
} from '../../support/program.js';

/** Small enough that every request of a first sync can have its own killed process. */
const at = new Date('2026-03-12T06:12:00Z');
const from = new Date('2026-03-11T00:00:00Z');
/** More kills than a sync has requests would mean that it never gets anywhere. */
const killsMax = 60;

let sandbox: Sandbox;

beforeAll(async () => {
  sandbox = await startSandbox({
    seed: 11,
    conversationsPerDay: 100,
    agents: 8,
    clock: { kind: 'fixed', at },
    requestsPerMinute: 'unlimited',
  });
});
afterAll(() => sandbox.close());

async function expectTruth(pool: pg.Pool): Promise<void> {
  expect(await differencesFromTruth(pool, sandbox)).toEqual([]);
  expect(await missingConversations(pool, sandbox, from, new Date('2026-03-12T06:10:00Z'))).toEqual([]);
  const pending = await pool.query(
    `select stream, slice_from, last_error from extract.slices where due_at <= $1 and retry_at is null`,
    [at],
  );
  expect(pending.rows).toEqual([]);
}

function environment(database: TestDatabase): Record<string, string> {
  return { ...environmentFor(sandbox, database.url), GENESYS_WAREHOUSE_START: from.toISOString() };
}

/** Data requests sent since `since`, without logins. */
const dataRequests = (since = 0) =>
  sandbox
    .requests()
    .slice(since)
    .filter((request) => request.path.startsWith('/api/'));

async function until(condition: () => boolean, ended: Promise<unknown>): Promise<void> {
  let over = false;
  void ended.then(() => {
    over = true;
  });
  while (!over && !condition()) await new Promise((resolve) => setTimeout(resolve, 2));
}

test('a process killed at every request in turn leaves tables that the next ones complete to the truth', {
  timeout: 300_000,
}, async () => {
  const database = await migratedDatabase();
  const pool = testPool(database.url);
  const variables = environment(database);
  let kills = 0;
  for (; kills < killsMax; kills += 1) {
    const before = dataRequests().length;
    const child = spawnCommand(['sync'], at, variables);
    // Each life gets one request further than none, so that every point of the way is once the point of death.
    await until(() => dataRequests().length >= before + 1 + (kills % 3), child.ended);
    child.kill('SIGKILL');
    const { signal } = await child.ended;
    if (signal === null) break;
    const { rows } = await pool.query(`select count(*)::int as count from extract.slices where due_at <= $1`, [at]);
    if (kills > 5 && rows[0].count === 0) break;
  }
  expect(kills).toBeGreaterThan(3);
  const last = await runCommand(['sync'], sandbox, variables);
  expect(last).toMatchObject({ status: 0 });
  await expectTruth(pool);
  await pool.end();
  await database.drop();
});

test('processes killed at random instants by time leave the truth after one undisturbed sync', {
  timeout: 300_000,
}, async () => {
  const database = await migratedDatabase();
  const pool = testPool(database.url);
  for (const delayMs of [650, 900, 750, 1_100, 820, 980, 700]) {
    const child = spawnCommand(['sync'], at, environment(database));
    const timer = setTimeout(() => child.kill('SIGKILL'), delayMs);
    await child.ended;
    clearTimeout(timer);
  }
  expect(await runCommand(['sync'], sandbox, environment(database))).toMatchObject({ status: 0 });
  await expectTruth(pool);
  await pool.end();
  await database.drop();
});
