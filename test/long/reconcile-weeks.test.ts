import { expect, test } from 'vitest';
import { comparedMetrics } from '../../src/postgres/reconcile/reconcile.js';
import { startSandbox } from '../../src/sandbox/index.js';
import { migratedDatabase, testPool } from '../support/postgres.js';
import { environmentFor, runCommand } from '../support/program.js';

const at = new Date('2026-03-12T15:07:00Z');
const hour = 3_600_000;
const streams = ['conversation_history', 'queue_aggregates'];

test('days become final by their passes alone, and syncs compare them without being asked', {
  timeout: 180_000,
}, async () => {
  const small = await startSandbox({
    seed: 5,
    conversationsPerDay: 100,
    agents: 8,
    clock: { kind: 'fixed', at },
    requestsPerMinute: 'unlimited',
  });
  const own = await migratedDatabase();
  const ownPool = testPool(own.url);
  const names = streams.flatMap((name) => ['--stream', name]);
  const settings = { ...environmentFor(small, own.url), GENESYS_WAREHOUSE_START: '2d' };
  try {
    expect(await runCommand(['sync', ...names], small, settings)).toMatchObject({ status: 0 });
    small.setNow(new Date(at.getTime() + 32 * 24 * hour));
    // After weeks of downtime one sync compares the latest days only, the next one those that are left.
    expect(await runCommand(['sync', ...names], small, settings)).toMatchObject({ status: 0 });
    expect(await runCommand(['sync', ...names], small, settings)).toMatchObject({ status: 0 });
    const { rows: compared } = await ownPool.query(
      `select state, count(*)::int as days, sum(different_count + not_final_different_count)::int as different
       from mart.ops_reconciliation group by state order by state`,
    );
    expect(compared).toEqual([
      { state: 'equal', days: 3, different: 0 },
      { state: 'not_final', days: expect.any(Number), different: 0 },
    ]);
    const { rows: late } = await ownPool.query(
      `select count(*)::int as count from genesys.session_metrics
       where emit_date >= date_trunc('day', conversation_start, 'UTC') + interval '1 day' and name = any($1)`,
      [comparedMetrics],
    );
    // The rule is put to the test by what is emitted on a later day than the conversation began.
    expect(late[0].count).toBeGreaterThan(20);
  } finally {
    await ownPool.end();
    await own.drop();
    await small.close();
  }
});
