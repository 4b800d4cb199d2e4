import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readSnapshot } from '../../../src/lake/delta/snapshot.js';
import { folderStore } from '../../../src/lake/stores/folder-store.js';
import { type Sandbox, startSandbox } from '../../../src/sandbox/index.js';
import { differingTables, tablesIn, versionsOf } from '../../lake/support.js';
import { migratedDatabase, type TestDatabase, testPool } from '../../support/postgres.js';
import { environmentFor, runCommand, spawnCommand } from '../../support/program.js';

const at = new Date('2026-03-12T15:07:00Z');
const kills = 50;
/** Longer than an export of this size takes, so that kills fall into all of it. */
const killMsMax = 6_000;

let sandbox: Sandbox;
let database: TestDatabase;
let pool: pg.Pool;
let root: string;
let environment: Record<string, string>;

beforeAll(async () => {
  sandbox = await startSandbox({
    seed: 7,
    conversationsPerDay: 100,
    agents: 8,
    clock: { kind: 'fixed', at },
    requestsPerMinute: 'unlimited',
  });
  database = await migratedDatabase();
  pool = testPool(database.url);
  root = await mkdtemp(join(tmpdir(), 'lake-'));
  environment = { ...environmentFor(sandbox, database.url), GENESYS_WAREHOUSE_START: '2d' };
  expect(await runCommand(['sync'], sandbox, environment)).toMatchObject({ status: 0 });
});
afterAll(async () => {
  await pool?.end();
  await database?.drop();
  await sandbox?.close();
  if (root !== undefined) await rm(root, { recursive: true, force: true });
});

/** Facts of every day that has a session in a queue, and the queues themselves. */
async function change(count: number): Promise<void> {
  await pool.query(`update genesys.queues set name = $1, acw_wrapup_prompt = $2 where valid_to is null`, [
    `Queue ${count}`,
    count % 2 === 0 ? 'OPTIONAL' : 'MANDATORY',
  ]);
}

test(`an export that is killed at ${kills} instants, sometimes two at once, leaves tables equal to Postgres and nothing twice`, {
  timeout: 1_800_000,
}, async () => {
  for (let count = 0; count < kills; count += 1) {
    await change(count);
    const children = Array.from({ length: count % 5 === 4 ? 2 : 1 }, () =>
      spawnCommand(['lake', 'export', root], at, environment),
    );
    const after = Math.round((killMsMax * ((count * 37) % kills)) / kills);
    const timer = setTimeout(() => {
      for (const child of children) child.kill('SIGKILL');
    }, after);
    await Promise.all(children.map(({ ended }) => ended));
    clearTimeout(timer);
  }
  await change(kills);
  const last = await Promise.all([0, 1].map(() => runCommand(['lake', 'export', root], sandbox, environment)));
  expect(last.map(({ status }) => status)).toEqual([0, 0]);
  expect(await differingTables(pool, root)).toEqual([]);
  const before = await versionsOf(root);
  expect(await runCommand(['lake', 'export', root], sandbox, environment)).toMatchObject({ status: 0 });
  expect(await versionsOf(root)).toEqual(before);
  // From its checkpoint each table is the same as from all of its commits, which `differingTables` has replayed.
  for (const path of await tablesIn(root)) {
    const { version } = await readSnapshot(folderStore(root), path);
    expect(version).toBe(before[path]);
  }
});
