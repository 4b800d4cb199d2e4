import { describe, expect, test } from 'vitest';
import { prefix } from '../../src/service/metrics-catalog.js';
import { startProxy } from '../genesys/proxy-server.js';
import { startRun, until } from '../service/support.js';
import { differencesFromTruth, type ProgramRun, runCommand, shortDelay } from '../support/program.js';
import {
  apiGate,
  at,
  database,
  databaseGate,
  dataRequests,
  environment,
  expectNothingCharged,
  expectOneCondition,
  expectRecovery,
  faultsOf,
  gateway,
  linesOf,
  pool,
  port,
  requestsBefore,
  sandbox,
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

  test('the proxy closes the connection on CONNECT', async () => {
    const proxy = await startProxy({ port: port() });
    const extra = { GENESYSCLOUD_API_URL: gateway, HTTP_PROXY: proxy.url };
    let connectsBefore = 0;
    const run = await syncInto(() => {
      proxy.change('close');
      connectsBefore = proxy.connects.length;
    }, extra);
    await expectOneCondition(run, 1, new RegExp(`^Genesys Cloud cannot be reached: .*the proxy at ${proxy.host}`));
    // Of each slice in flight as many as a call has attempts, and not thousands a second.
    expect(proxy.connects.length - connectsBefore).toBeLessThan(100);
    await expectRecovery();
  });

  test.each([407])('the proxy answers %d, which is a mistake of configuration', async (status) => {
    const proxy = await startProxy({ port: port() });
    const extra = {
      GENESYSCLOUD_API_URL: gateway,
      HTTP_PROXY: proxy.url.replace('//', '//user:open-sesame@'),
    };
    let connectsBefore = 0;
    const run = await syncInto(() => {
      proxy.change({ status });
      connectsBefore = proxy.connects.length;
    }, extra);
    await expectOneCondition(run, 2, new RegExp(`the proxy answers ${status} .*HTTPS_PROXY`));
    expect(run.output).not.toContain('open-sesame');
    expect(proxy.connects.length - connectsBefore).toBeLessThan(20);
    await expectRecovery();
  });

  test('the token endpoint fails', async () => {
    const run = await syncInto(() =>
      sandbox.setFaults({
        http5xx: { rate: 1, status: 503, body: 'html', path: '/oauth/' },
        expireTokens: { rate: 1 },
      }),
    );
    await expectOneCondition(run, 1, /^Genesys Cloud cannot be reached: login failed with 503/);
    sandbox.setFaults({});
    await expectRecovery();
  });

  test.each([502])('a gateway answers everything with %d', async (status) => {
    const run = await syncInto(() => sandbox.setFaults({ http5xx: { rate: 1, status, body: 'html', path: '/api/' } }));
    await expectOneCondition(
      run,
      1,
      new RegExp(`^Genesys Cloud cannot be reached: .*${status}.*Nothing else is answered`),
    );
    sandbox.setFaults({});
    await expectRecovery();
  });

  test('the credentials are refused, which is a mistake of configuration', async () => {
    const run = await syncInto(() => sandbox.setFaults({ revokedCredentials: { rate: 1 }, expireTokens: { rate: 1 } }));
    await expectOneCondition(run, 2, /GENESYSCLOUD_OAUTHCLIENT_SECRET/);
    sandbox.setFaults({});
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
