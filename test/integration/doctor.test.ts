import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Diagnosis } from '../../src/cli/doctor/report.js';
import { runProgram } from '../../src/cli/program.js';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.js';
import { dataAccess } from '../../src/streams/data-access.js';
import { createDatabase, migratedDatabase, type TestDatabase, testPool } from '../support/postgres.js';
import { environmentFor, noDelay, runCommand } from '../support/program.js';

const hourMs = 3_600_000;
let sandbox: Sandbox;
let database: TestDatabase;
let pool: pg.Pool;
let environment: Record<string, string>;

beforeAll(async () => {
  sandbox = await startSandbox({ seed: 5, conversationsPerDay: 100, agents: 5, requestsPerMinute: 'unlimited' });
  database = await migratedDatabase();
  pool = testPool(database.url);
  environment = {
    ...environmentFor(sandbox, database.url),
    GENESYS_WAREHOUSE_SERVICE_PORT: '0',
    // Few connections are wanted, since other tests use the same server.
    GENESYS_WAREHOUSE_CONCURRENCY: '1',
  };
});
afterEach(() => {
  sandbox.setFaults({});
  sandbox.resetRequests();
});
afterAll(async () => {
  await pool.end();
  await database.drop();
  await sandbox.close();
});

async function diagnosis(more: Record<string, string> = {}) {
  const { status, output } = await runCommand(['doctor', '--json'], sandbox, { ...environment, ...more });
  return { ...(JSON.parse(output) as Diagnosis), output, exitStatus: status };
}

const check = ({ checks }: Diagnosis, area: string, name: string) =>
  checks.find((each) => each.area === area && each.name === name);
const states = ({ access }: Diagnosis) =>
  Object.fromEntries(access.map(({ dataSets, state }) => [dataSets[0] ?? '', state]));

describe('where all is well', () => {
  test('the exit status is 0, every data set is granted, and no check asks for anything but small changes', async () => {
    const found = await diagnosis();
    expect(found.checks.filter(({ state }) => state !== 'ok' && state !== 'note')).toEqual([]);
    expect(Object.values(states(found)).filter((state) => state !== 'granted')).toEqual(['not_used']);
    expect(states(found).queue_observations).toBe('not_used');
    expect(found.exitStatus).toBe(0);
  });

  test('it costs at most 30 requests, starts no job and writes nothing into the database', async () => {
    const writes = async () => {
      const { rows } = await pool.query('select count(*)::int as count from extract.slices');
      return rows[0].count;
    };
    const before = await writes();
    await diagnosis();
    const sent = sandbox.requests().filter(({ path }) => path.startsWith('/api/'));
    expect(sent.length).toBeLessThanOrEqual(30);
    expect(sent.filter(({ method, path }) => method === 'POST' && !path.endsWith('/query'))).toEqual([]);
    expect(await writes()).toBe(before);
  });

  test('the text for people names data set, permission and what is lost without it', async () => {
    const { status, output } = await runCommand(['doctor'], sandbox, environment);
    expect(status).toBe(0);
    expect(output).toMatch(/user_details +analytics:userDetail:view +granted +Presences and routing statuses/);
    expect(output).toContain('All well.');
  });
});

describe('a permission that is missing', () => {
  test.each(
    dataAccess.flatMap(({ dataSets, permission }) => (permission === null ? [] : [[permission, dataSets[0] ?? '']])),
  )('%s takes exactly %s away, and the exit status is 1', async (permission, dataSet) => {
    sandbox.setFaults({ missingPermissions: [permission] });
    const found = await diagnosis({ GENESYS_WAREHOUSE_STREAMS: '+queue_observations' });
    const lost = Object.entries(states(found)).filter(([, state]) => state !== 'granted');
    expect(lost).toEqual([[dataSet, dataSet === 'wrapup_codes' ? 'partly' : 'missing']]);
    expect(found.exitStatus).toBe(1);
  });

  test('with none at all, what needs no permission is still granted and the login is accepted', async () => {
    sandbox.setFaults({ missingPermissions: ['*'] });
    const found = await diagnosis({ GENESYS_WAREHOUSE_STREAMS: '+queue_observations' });
    const needless = dataAccess.filter(({ permission }) => permission === null).map(({ dataSets }) => dataSets[0]);
    const granted = found.access.filter(({ state }) => state === 'granted').map(({ dataSets }) => dataSets[0]);
    expect(granted).toEqual(needless);
    expect(check(found, 'api', 'login')?.state).toBe('ok');
  });

  test('costs nothing where the data set is not wanted', async () => {
    sandbox.setFaults({ missingPermissions: ['analytics:surveyAggregate:view'] });
    const found = await diagnosis({ GENESYS_WAREHOUSE_STREAMS: '-survey_aggregates' });
    expect(states(found).survey_aggregates).toBe('not_used');
    expect(found.exitStatus).toBe(0);
  });

  test('is named for the administrator in one line', async () => {
    sandbox.setFaults({ missingPermissions: ['routing:queue:view', 'routing:skill:view'] });
    const { output } = await runCommand(['doctor'], sandbox, environment);
    expect(output).toMatch(/Add to a role of the OAuth client .*: routing:queue:view, routing:skill:view\./);
  });
});

describe('the OAuth client and the API', () => {
  test('a wrong secret is a fault that names the variables, never the secret; the database is checked all the same', async () => {
    const found = await diagnosis({ GENESYSCLOUD_OAUTHCLIENT_SECRET: 'not-the-secret-9' });
    expect(check(found, 'api', 'login')).toMatchObject({ state: 'fault' });
    expect(check(found, 'api', 'login')?.remedy).toContain('GENESYSCLOUD_OAUTHCLIENT_SECRET');
    expect(check(found, 'database', 'connection')?.state).toBe('ok');
    expect(found.access).toEqual([]);
    expect(found.output).not.toContain('not-the-secret-9');
    expect(found.exitStatus).toBe(2);
  });

  test('an API that answers nothing but errors is a warning, since no setting is to blame', async () => {
    sandbox.setFaults({ http5xx: 1 });
    const found = await diagnosis();
    expect(check(found, 'api', 'login')).toMatchObject({ state: 'warning' });
    expect(found.exitStatus).toBe(1);
  });

  test('a clock that differs from the one of the API is a warning with the difference', async () => {
    const lines: string[] = [];
    const status = await runProgram(['doctor', '--json'], {
      directory: process.cwd(),
      now: () => new Date(sandbox.now().getTime() - hourMs),
      signal: new AbortController().signal,
      print: (text) => lines.push(text),
      isTerminal: false,
      environment,
      timing: noDelay,
      writeLog: (line) => lines.push(line),
    });
    const found = JSON.parse(lines.join('\n')) as Diagnosis;
    expect(check(found, 'api', 'clock')).toMatchObject({ state: 'warning', detail: '60 minutes after this machine' });
    expect(check(found, 'database', 'clock')).toMatchObject({ state: 'warning' });
    expect(status).toBe(1);
  });
});

describe('the configuration', () => {
  test('every fault is a check of its own, and what does not depend on it is checked', async () => {
    const { GENESYSCLOUD_API_URL: _url, GENESYSCLOUD_OAUTHCLIENT_ID: _id, ...rest } = environment;
    const run = await runCommand(['doctor', '--json'], sandbox, rest);
    const found = JSON.parse(run.output) as Diagnosis;
    const faults = found.checks.filter(({ area }) => area === 'configuration').map(({ detail }) => detail);
    expect(faults).toEqual(['GENESYSCLOUD_OAUTHCLIENT_ID is missing', 'GENESYSCLOUD_REGION is missing']);
    expect(check(found, 'database', 'connection')?.state).toBe('ok');
    expect(check(found, 'api', 'login')?.state).toBe('skipped');
    expect(run.status).toBe(2);
  });

  test('a misspelt variable keeps nothing from being said', async () => {
    const found = await diagnosis({ GENESYS_WAREHOUSE_TIMEZONE: 'UTC' });
    expect(check(found, 'configuration', 'variables')?.detail).toContain('GENESYS_WAREHOUSE_TIMEZONE');
    expect(check(found, 'machine', 'node')?.state).toBe('ok');
    expect(found.exitStatus).toBe(2);
  });
});

describe('the database', () => {
  test('one that is away is a fault without its password; the permissions are checked all the same', async () => {
    const found = await diagnosis({ DATABASE_URL: 'postgres://u:hidden-word@127.0.0.1:9/x' });
    expect(check(found, 'database', 'connection')).toMatchObject({ state: 'fault' });
    expect(check(found, 'database', 'connection')?.detail).toContain('127.0.0.1:9');
    expect(found.output).not.toContain('hidden-word');
    expect(states(found).conversations).toBe('granted');
    expect(found.exitStatus).toBe(2);
  });

  test('a role that may not create schemas in an empty one is a fault', async () => {
    const empty = await createDatabase();
    const role = `doctor_${database.name}`;
    await pool.query(`create role ${role} login password 'only-reads'`);
    const url = new URL(empty.url);
    url.username = role;
    url.password = 'only-reads';
    const found = await diagnosis({ DATABASE_URL: url.href });
    expect(check(found, 'database', 'rights')).toMatchObject({ state: 'fault' });
    expect(check(found, 'database', 'schema')?.detail).toContain('empty');
    await empty.drop();
    await pool.query(`drop role ${role}`);
  });

  test('one that a newer program has migrated is a fault', async () => {
    await pool.query(`insert into extract.schema_migrations (name, timestamp) values ('999999_later', '')`);
    const found = await diagnosis();
    await pool.query(`delete from extract.schema_migrations where name = '999999_later'`);
    expect(check(found, 'database', 'schema')).toMatchObject({ state: 'fault' });
  });

  test('settings that make loads slow are a note with the statements that change them', async () => {
    const found = await diagnosis();
    const settings = check(found, 'database', 'settings');
    const { rows } = await pool.query(`select pg_size_bytes(current_setting('max_wal_size')) < 4294967296 as small`);
    expect(settings?.remedy?.includes("alter system set max_wal_size = '4GB';") ?? false).toBe(rows[0].small);
  });
});

describe('the service port', () => {
  let other: Server;
  let port: string;
  beforeAll(async () => {
    other = createServer((_request, response) => response.end('something else'));
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    port = String((other.address() as AddressInfo).port);
  });
  afterAll(() => void other.close());

  test('one that was asked for and that another program has is a fault', async () => {
    const found = await diagnosis({ GENESYS_WAREHOUSE_SERVICE_PORT: port });
    expect(check(found, 'machine', 'service port')).toMatchObject({ state: 'fault' });
    expect(check(found, 'machine', 'service port')?.detail).toContain(port);
    expect(found.exitStatus).toBe(2);
  });
});

test('what reads an empty database says that it holds no warehouse yet, without a stack', async () => {
  const empty = await createDatabase();
  for (const command of [['status'], ['export', 'rpt_queue_days']]) {
    const run = await runCommand(command, sandbox, { ...environment, DATABASE_URL: empty.url });
    expect(run.status).not.toBe(0);
    expect(run.output).toContain('genesys-warehouse migrate');
    expect(run.output).not.toContain('pg-pool');
  }
  await empty.drop();
});
