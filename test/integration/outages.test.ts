import { describe, expect, test } from 'vitest';
import { prefix } from '../../src/service/metrics-catalog.js';
import { startRun, until } from '../service/support.js';
import { differencesFromTruth, type ProgramRun, runCommand, shortDelay } from '../support/program.js';
import { smallSandboxAt as at, sandbox } from '../support/small-sandbox.js';
import {
  apiGate,
  database,
  databaseGate,
  dataRequests,
  environment,
  expectNothingCharged,
  expectOneCondition,
  expectRecovery,
  faultsOf,
  linesOf,
  pool,
  requestsBefore,
  statusOf,
  sync,
  syncInto,
  withGates,
} from './outages-support.js';

withGates();

describe('an outage in the middle of a backfill ends sync in few lines, and charges no slice', {
  timeout: 120_000,
}, () => {
  test('the host of the API refuses connections', async () => {
    const run = await syncInto(() => apiGate.shut());
    await expectOneCondition(run, 1, /^Genesys Cloud cannot be reached: .*ECONNREFUSED/);
    expect((await statusOf()).outage).toMatchObject({
      since: at.toISOString(),
      reason: expect.stringMatching(/ECONNREFUSED/),
    });
    expect((await runCommand(['status'], sandbox, environment)).output).toMatch(
      /^Outage since 2026-03-12T06:12:00Z, last seen .*\nGenesys Cloud cannot be reached/,
    );
    await apiGate.open();
    await expectRecovery();
  });

  test('the database is away', async () => {
    const run = await syncInto(() => databaseGate.shut());
    await expectOneCondition(run, 1, /database/);
    await databaseGate.open();
    await expectRecovery();
  });

  test('the database is away before anything is asked', async () => {
    await databaseGate.shut();
    const run = await runCommand(sync, sandbox, environment);
    expect(run.status).toBe(1);
    expect(faultsOf(run).map(({ msg }) => msg)).toEqual([expect.stringMatching(/refuses connections .*DATABASE_URL/)]);
    expect(sandbox.requests()).toEqual([]);
    await databaseGate.open();
    expect((await runCommand(sync, sandbox, environment)).status).toBe(0);
  });
});

describe('run', { timeout: 120_000 }, () => {
  const messages = (run: ProgramRun, msg: string) => linesOf(run).filter((line) => line.msg === msg);
  const start = () =>
    startRun(sandbox, database.url, sync.slice(1), { ...environment, GENESYS_WAREHOUSE_START: '4d' }, shortDelay);

  test.each([
    ['genesys', /Genesys Cloud cannot be reached/, () => apiGate],
    ['database', /^The database does not answer since/, () => databaseGate],
  ] as const)('reports an outage of %s once, waits, reports its end once and continues', async (of, reason, gateOf) => {
    const running = await start();
    await until(() => dataRequests() >= requestsBefore);
    await gateOf().shut();
    await until(async () => (await running.metric(`${prefix}outage`, `of="${of}"`)) === 1);
    const ready = await running.get('/readyz');
    expect([ready.status, ready.text]).toEqual([503, expect.stringMatching(reason)]);
    expect((await running.get('/healthz')).status).toBe(200);
    expect((await running.get('/metrics')).text).toMatch(
      new RegExp(`${prefix}outage_since_timestamp_seconds{of="${of}"`),
    );
    await expectNothingCharged();
    if (of === 'genesys') expect((await statusOf()).outage).not.toBeNull();
    await gateOf().open();
    const left = `select count(*)::int as count from extract.slices where due_at <= $1 and retry_at is null`;
    await until(async () => (await pool.query(left, [at])).rows[0].count === 0);
    await until(async () => (await running.get('/readyz')).status === 200);
    expect(await running.metric(`${prefix}outage`, `of="${of}"`)).toBe(0);
    expect((await statusOf()).outage).toBeNull();
    const ended = await running.stop();
    expect(messages(ended, 'Outage began; nothing is pulled until it is over')).toHaveLength(1);
    expect(messages(ended, 'Outage is over')).toHaveLength(1);
    expect(faultsOf(ended)).toHaveLength(1);
    expect(await differencesFromTruth(pool, sandbox)).toEqual([]);
  });
});
