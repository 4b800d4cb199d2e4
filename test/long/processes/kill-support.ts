import type pg from 'pg';
import { expect } from 'vitest';
import type { TestDatabase } from '../../support/postgres.js';
import { differencesFromTruth, environmentFor, missingConversations } from '../../support/program.js';
import { smallSandboxAt as at, sandbox } from '../../support/small-sandbox.js';

const from = new Date('2026-03-11T00:00:00Z');

export async function expectTruth(pool: pg.Pool): Promise<void> {
  expect(await differencesFromTruth(pool, sandbox)).toEqual([]);
  expect(await missingConversations(pool, sandbox, from, new Date('2026-03-12T06:10:00Z'))).toEqual([]);
  const pending = await pool.query(
    `select stream, slice_from, last_error from extract.slices where due_at <= $1 and retry_at is null`,
    [at],
  );
  expect(pending.rows).toEqual([]);
}

export function environment(database: TestDatabase): Record<string, string> {
  return { ...environmentFor(sandbox, database.url), GENESYS_WAREHOUSE_START: from.toISOString() };
}

/** Data requests sent since `since`, without logins. */
export const dataRequests = (since = 0) =>
  sandbox
    .requests()
    .slice(since)
    .filter((request) => request.path.startsWith('/api/'));

export async function until(condition: () => boolean | Promise<boolean>, ended: Promise<unknown>): Promise<void> {
  let over = false;
  void ended.then(() => {
    over = true;
  });
  while (!over && !(await condition())) await new Promise((resolve) => setTimeout(resolve, 2));
}
