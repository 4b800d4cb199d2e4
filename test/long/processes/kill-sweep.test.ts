import { expect, test } from 'vitest';
import { migratedDatabase, testPool } from '../../support/postgres.js';
import { runCommand, spawnCommand } from '../../support/program.js';
import { smallSandboxAt as at, sandbox, withSmallSandbox } from '../../support/small-sandbox.js';
import { dataRequests, environment, expectTruth, until } from './kill-support.js';

/** More kills than a sync has requests would mean that it never gets anywhere. */
const killsMax = 60;

withSmallSandbox();

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
