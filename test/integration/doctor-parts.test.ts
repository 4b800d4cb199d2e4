import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Diagnosis } from '../../src/cli/doctor/report.js';
import { checkWriteClient } from '../../src/cli/doctor/write-client.js';
import { parseConfig } from '../../src/config/config.js';
import { silentLog } from '../../src/lib/log.js';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.js';
import { createDatabase, migratedDatabase, type TestDatabase, testPool } from '../support/postgres.js';
import { environmentFor, noDelay, runCommand } from '../support/program.js';

let sandbox: Sandbox;
let database: TestDatabase;
let folder: string;
let environment: Record<string, string>;

beforeAll(async () => {
  sandbox = await startSandbox({ seed: 5, conversationsPerDay: 100, agents: 5, requestsPerMinute: 'unlimited' });
  database = await migratedDatabase();
  folder = await mkdtemp(join(tmpdir(), 'gw-doctor-'));
  environment = {
    ...environmentFor(sandbox, database.url),
    GENESYS_WAREHOUSE_SERVICE_PORT: '0',
    // Few connections are wanted, since other tests use the same server.
    GENESYS_WAREHOUSE_CONCURRENCY: '1',
    GENESYS_WAREHOUSE_WRITE_TOKEN_FILE: join(folder, 'no-token.json'),
  };
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
  await database.drop();
  await sandbox.close();
});

async function diagnosis(more: Record<string, string> = {}) {
  const { status, output } = await runCommand(['doctor', '--json'], sandbox, { ...environment, ...more });
  return { ...(JSON.parse(output) as Diagnosis), output, exitStatus: status };
}

const areas = ({ checks }: Diagnosis) => new Set(checks.map(({ area }) => area));
const check = ({ checks }: Diagnosis, area: string, name: string) =>
  checks.find((each) => each.area === area && each.name === name);

test('what is not configured is not checked: no page, no lake, no write client', async () => {
  expect([...areas(await diagnosis())].sort()).toEqual(['api', 'configuration', 'database', 'machine']);
});

describe('the lake', () => {
  test('one that can be written and creates a file only once is as it should be, and no file stays there', async () => {
    const lake = join(folder, 'lake');
    const found = await diagnosis({ GENESYS_WAREHOUSE_LAKE_URL: lake });
    expect(check(found, 'lake', 'store')).toMatchObject({ state: 'ok', detail: expect.stringContaining(lake) });
    expect(check(found, 'lake', 'disk')?.detail).toContain(`free in ${lake}`);
    const left = await readdir(lake, { recursive: true, withFileTypes: true });
    expect(left.filter((entry) => entry.isFile())).toEqual([]);
    expect(found.exitStatus).toBe(0);
  });

  test('one that cannot be written is a warning that names it, since run continues without it', async () => {
    const file = join(folder, 'a-file');
    await writeFile(file, '');
    const found = await diagnosis({ GENESYS_WAREHOUSE_LAKE_URL: join(file, 'lake') });
    expect(check(found, 'lake', 'store')).toMatchObject({ state: 'warning', detail: expect.stringContaining(file) });
    expect(found.exitStatus).toBe(1);
  });

  test('a store that overwrites what must be created only once is a warning', async () => {
    const objects = new Map<string, Buffer>();
    const server = createServer(async (request, response) => {
      const key = new URL(request.url ?? '', 'http://store').pathname;
      const parts: Buffer[] = [];
      for await (const part of request) parts.push(part as Buffer);
      if (request.method === 'PUT') objects.set(key, Buffer.concat(parts));
      response.statusCode = request.method === 'DELETE' ? 204 : 200;
      response.end(request.method === 'GET' ? objects.get(key) : undefined);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const found = await diagnosis({
      GENESYS_WAREHOUSE_LAKE_URL: 's3://bucket/genesys',
      AWS_ENDPOINT_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      AWS_ACCESS_KEY_ID: 'key',
      AWS_SECRET_ACCESS_KEY: 'a-secret-of-the-store',
    });
    server.close();
    expect(objects.size).toBe(1);
    expect(check(found, 'lake', 'store')).toMatchObject({
      state: 'warning',
      detail: expect.stringMatching(/^s3:\/\/bucket\/genesys overwrites a file .*conditional puts/),
    });
    expect(found.output).not.toContain('a-secret-of-the-store');
  });

  test('an address with credentials is refused without showing them', async () => {
    const found = await diagnosis({ GENESYS_WAREHOUSE_LAKE_URL: 's3://key:hidden-word@bucket/genesys' });
    expect(check(found, 'lake', 'store')).toMatchObject({ state: 'warning' });
    expect(found.output).not.toContain('hidden-word');
  });
});

describe("the page's role", () => {
  /** `run` with the page needs a port; one that was free a moment ago will do. */
  async function pageOn(): Promise<Record<string, string>> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise<void>((resolve) => server.close(() => resolve()));
    return { GENESYS_WAREHOUSE_DASHBOARD: 'on', GENESYS_WAREHOUSE_SERVICE_PORT: String(port) };
  }

  test('one that reads the marts is named', async () => {
    const found = await diagnosis(await pageOn());
    expect(check(found, 'page', 'role')).toMatchObject({
      state: 'ok',
      detail: 'the page reads as genesys_reader, without personal data',
    });
  });

  test('one that does not exist is a fault with the remedy, since run does not start', async () => {
    const found = await diagnosis({ GENESYS_WAREHOUSE_DASHBOARD_ROLE: 'nobody_at_all' });
    expect(check(found, 'page', 'role')).toMatchObject({ state: 'fault' });
    expect(check(found, 'page', 'role')?.detail).toContain('nobody_at_all');
    expect(check(found, 'page', 'role')?.remedy).toContain('GENESYS_WAREHOUSE_DASHBOARD_ROLE');
    expect(found.exitStatus).toBe(2);
  });

  test('one that may not read the marts is a fault that says what to grant', async () => {
    const pool = testPool(database.url, 1);
    const role = `blind_${database.name}`;
    await pool.query(`create role ${role}`);
    const found = await diagnosis({ GENESYS_WAREHOUSE_DASHBOARD_ROLE: role });
    await pool.query(`drop role ${role}`);
    await pool.end();
    expect(check(found, 'page', 'role')).toMatchObject({ state: 'fault' });
    expect(check(found, 'page', 'role')?.remedy).toContain(`grant ${role}`);
  });

  test('is not asked for in an empty database, where the marts come with the first command', async () => {
    const empty = await createDatabase();
    const found = await diagnosis({ ...(await pageOn()), DATABASE_URL: empty.url });
    await empty.drop();
    expect(check(found, 'page', 'role')).toMatchObject({ state: 'skipped' });
  });
});

describe('the write client', () => {
  const credentials = () => ({
    GENESYS_WAREHOUSE_WRITE_CLIENT_ID: sandbox.writeClient.id,
    GENESYS_WAREHOUSE_WRITE_CLIENT_SECRET: sandbox.writeClient.secret,
  });

  test('one that is accepted is as it should be', async () => {
    const found = await diagnosis(credentials());
    expect(check(found, 'write client', 'login')).toMatchObject({ state: 'ok' });
    expect(found.exitStatus).toBe(0);
  });

  test('a wrong secret is a warning without the secret, since reading does not depend on it', async () => {
    const found = await diagnosis({ ...credentials(), GENESYS_WAREHOUSE_WRITE_CLIENT_SECRET: 'not-the-secret-7' });
    expect(check(found, 'write client', 'login')).toMatchObject({ state: 'warning' });
    expect(found.output).not.toContain('not-the-secret-7');
    expect(found.exitStatus).toBe(1);
  });

  test('an id without a secret and without a login says how to log in', async () => {
    const { GENESYS_WAREHOUSE_WRITE_CLIENT_ID } = credentials();
    const found = await diagnosis({ GENESYS_WAREHOUSE_WRITE_CLIENT_ID });
    const login = check(found, 'write client', 'login');
    expect(login).toMatchObject({ state: 'warning', detail: expect.stringContaining('are missing') });
    expect(login?.remedy).toContain('wrapup login');
  });

  test('one of another organisation than the client that reads is a warning', async () => {
    const context = {
      environment,
      directory: folder,
      now: () => sandbox.now(),
      signal: new AbortController().signal,
      createLog: silentLog,
      print: () => {},
      isTerminal: false,
      timing: noDelay,
    };
    const config = parseConfig({ ...environment, ...credentials() }, { api: true });
    const [found] = await checkWriteClient(context, config, '00000000-0000-4000-8000-00000000000a');
    expect(found).toMatchObject({ state: 'warning', detail: expect.stringContaining('another organisation') });
  });
});
