import dns from 'node:dns';
import type pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.js';
import { prefix } from '../../src/service/metrics-catalog.js';
import { startProxy } from '../genesys/proxy-server.js';
import { startRun, until } from '../service/support.js';
import { Gate } from '../support/gate.js';
import { migratedDatabase, type TestDatabase, testPool } from '../support/postgres.js';
import { differencesFromTruth, environmentFor, type ProgramRun, runCommand, shortDelay } from '../support/program.js';

/** Everything is pulled through gates, so that the API's host and the database can go away in the middle. */
const at = new Date('2026-03-12T06:12:00Z');
const sync = ['sync', '--stream', 'conversations', 'conversation_history', 'queue_aggregates'];
const linesMax = 10;
const requestsBefore = 12;

let sandbox: Sandbox;
let apiGate: Gate;
let databaseGate: Gate;
let database: TestDatabase;
let pool: pg.Pool;
let environment: Record<string, string>;

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

beforeEach(async () => {
  database = await migratedDatabase();
  pool = testPool(database.url);
  apiGate = new Gate(sandbox.url);
  databaseGate = new Gate(database.url);
  await Promise.all([apiGate.open(), databaseGate.open()]);
  environment = {
    ...environmentFor(sandbox, databaseGate.urlOf(database.url)),
    GENESYSCLOUD_API_URL: apiGate.urlOf(sandbox.url),
    GENESYS_WAREHOUSE_API_INSECURE: 'on',
    GENESYS_WAREHOUSE_START: '4d',
  };
  sandbox.resetRequests();
});
afterEach(async () => {
  sandbox.setFaults({});
  await Promise.all([apiGate.shut(), databaseGate.shut(), pool.end()]);
  await database.drop();
});

const dataRequests = () => sandbox.requests().filter(({ path }) => path.startsWith('/api/')).length;

/** `sync`, to which `outage` happens as soon as some requests were answered. */
async function syncInto(outage: () => Promise<void> | void, extra: Record<string, string> = {}): Promise<ProgramRun> {
  const silence = { everyMs: 50, answerMsMax: 1_000 };
  const running = runCommand(sync, sandbox, { ...environment, ...extra }, undefined, shortDelay, silence);
  await until(() => dataRequests() >= requestsBefore);
  await outage();
  return running;
}

interface Line {
  readonly level: string;
  readonly msg: string;
}

const linesOf = ({ output }: ProgramRun): Line[] =>
  output.split('\n').flatMap((line) => (line.startsWith('{') ? [JSON.parse(line) as Line] : []));
const faultsOf = (run: ProgramRun) => linesOf(run).filter(({ level }) => level === 'error');

/** Nothing is charged to any slice, everything stays due, and the run says so in one line of few. */
async function expectOneCondition(run: ProgramRun, status: number, about: RegExp): Promise<void> {
  expect({ status: run.status, output: run.output }).toMatchObject({ status });
  expect(linesOf(run).length).toBeLessThanOrEqual(linesMax);
  expect(faultsOf(run).map(({ msg }) => msg)).toEqual([expect.stringMatching(about)]);
  await expectNothingCharged();
}

async function expectNothingCharged(): Promise<void> {
  const charged = await pool.query(
    `select stream, slice_from, attempts, last_error from extract.slices
     where attempts > 0 or last_error is not null`,
  );
  expect(charged.rows).toEqual([]);
  const due = await pool.query('select count(*)::int as count from extract.slices where due_at <= $1', [at]);
  expect(due.rows[0].count).toBeGreaterThan(0);
}

async function statusOf(): Promise<{ outage: { since: string; reason: string } | null }> {
  const run = await runCommand(['status', '--json'], sandbox, environment);
  return JSON.parse(run.output);
}

async function expectRecovery(): Promise<void> {
  expect(await runCommand(sync, sandbox, environment)).toMatchObject({ status: 0 });
  expect(await differencesFromTruth(pool, sandbox)).toEqual([]);
  expect((await statusOf()).outage).toBeNull();
}

const port = () => Number(new URL(sandbox.url).port);
const gateway = 'http://gateway.example.test';

/** Resolves the gateway's name to this machine until `goAway`; ends with `restore`. */
function nameServer() {
  const { lookup } = dns;
  const state = { isAway: false };
  dns.lookup = ((name: string, options: object, callback: (error: Error | null, ...found: unknown[]) => void) => {
    if (name !== new URL(gateway).hostname) return lookup(name, options, callback as never);
    if (state.isAway) return callback(Object.assign(new Error(`getaddrinfo ENOTFOUND ${name}`), { code: 'ENOTFOUND' }));
    return lookup('127.0.0.1', options, callback as never);
  }) as typeof dns.lookup;
  return {
    goAway: () => {
      state.isAway = true;
    },
    restore: () => {
      dns.lookup = lookup;
    },
  };
}

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

  test('the name of the host is not resolved', async () => {
    const names = nameServer();
    try {
      const extra = { GENESYSCLOUD_API_URL: `${gateway}:${apiGate.port}` };
      const run = await syncInto(async () => {
        names.goAway();
        await apiGate.shut();
      }, extra);
      await expectOneCondition(run, 1, /^Genesys Cloud cannot be reached: .*ENOTFOUND/);
    } finally {
      names.restore();
    }
    await apiGate.open();
    await expectRecovery();
  });

  test('TLS is refused', async () => {
    await syncInto(() => apiGate.shut());
    await apiGate.open();
    const secure = environment.GENESYSCLOUD_API_URL?.replace('http:', 'https:') ?? '';
    const run = await runCommand(
      sync,
      sandbox,
      { ...environment, GENESYSCLOUD_API_URL: secure },
      undefined,
      shortDelay,
    );
    await expectOneCondition(run, 1, /^Genesys Cloud cannot be reached: .*(SSL|EPROTO)/);
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

  test.each([407, 403])('the proxy answers %d, which is a mistake of configuration', async (status) => {
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

  test.each([502, 503, 504])('a gateway answers everything with %d', async (status) => {
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

  test('the database falls silent and keeps every connection', async () => {
    const run = await syncInto(() => databaseGate.fallSilent());
    await expectOneCondition(run, 1, /^.*the connection to the database was lost \(.*no answer for 2 s\)/i);
    await databaseGate.shut();
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
