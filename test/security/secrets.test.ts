import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.js';
import { migratedDatabase, type TestDatabase, testPool } from '../support/postgres.js';
import { environmentFor, runCommand } from '../support/program.js';
import { databaseText } from './database-text.js';
import { listeningAddresses } from './listening.js';
import { type RecordingProxy, startRecordingProxy } from './recording-proxy.js';

const main = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
const hex = randomBytes(8).toString('hex');
const role = `gw_test_${hex}`;
const secrets = {
  database: `db-password-${hex}`,
  webhook: `webhook-secret-${hex}`,
  survey: `survey-secret-${hex}`,
  privacyKey: `privacy-key-${hex}`,
  write: `write-secret-${hex}`,
};
const faults = {
  http429: { rate: 0.02, retryAfterSeconds: 1 },
  http5xx: { rate: 0.03, body: 'html' as const },
  reset: 0.02,
  truncatedJson: 0.02,
  garbage: 0.01,
  expireTokens: 0.03,
  malformedRecords: 0.03,
};

let sandbox: Sandbox;
let proxy: RecordingProxy;
let database: TestDatabase;
let pool: pg.Pool;
let environment: Record<string, string>;
let output = '';

beforeAll(async () => {
  sandbox = await startSandbox({ seed: 3, conversationsPerDay: 100, agents: 8, requestsPerMinute: 'unlimited' });
  proxy = await startRecordingProxy(sandbox.url);
  database = await migratedDatabase();
  pool = testPool(database.url);
  await pool.query(`create role ${role} login superuser password '${secrets.database}'`);
  const url = new URL(database.url);
  url.username = role;
  url.password = secrets.database;
  environment = {
    ...environmentFor(sandbox, url.href),
    GENESYSCLOUD_API_URL: proxy.url,
    GENESYS_WAREHOUSE_START: '1d',
    GENESYS_WAREHOUSE_LOG_LEVEL: 'debug',
    GENESYS_WAREHOUSE_SERVICE_PORT: String(20_000 + (process.pid % 20_000)),
    GENESYS_WAREHOUSE_WEBHOOK_SECRET: secrets.webhook,
    GENESYS_WAREHOUSE_SURVEY_SECRET: secrets.survey,
    GENESYS_WAREHOUSE_PRIVACY: 'addresses=hash',
    GENESYS_WAREHOUSE_PRIVACY_KEY: secrets.privacyKey,
    GENESYS_WAREHOUSE_WRITE_CLIENT_ID: 'writer',
    GENESYS_WAREHOUSE_WRITE_CLIENT_SECRET: secrets.write,
  };
});
afterAll(async () => {
  await pool?.query(`reassign owned by ${role} to current_user`).catch(() => {});
  await pool?.query(`drop owned by ${role}`).catch(() => {});
  await pool?.query(`drop role if exists ${role}`).catch(() => {});
  await pool?.end();
  await database?.drop();
  await proxy?.close();
  await sandbox?.close();
});

/** Every form in which a secret could slip out. */
function found(text: string): string[] {
  const plain = [...Object.values(secrets), sandbox.clientSecret, ...proxy.tokens];
  const basic = Buffer.from(`${sandbox.clientId}:${sandbox.clientSecret}`).toString('base64');
  return [...plain, basic, ...plain.map(encodeURIComponent)].filter((secret) => text.includes(secret));
}

async function until(isSo: () => boolean, ended: Promise<unknown>): Promise<void> {
  let isOver = false;
  void ended.then(() => {
    isOver = true;
  });
  while (!isSo() && !isOver) await new Promise((resolve) => setTimeout(resolve, 20));
}

describe('secrets', () => {
  test('are in no line of a whole run at level debug with faults, in no answer of its service port and in no process title', {
    timeout: 180_000,
  }, async () => {
    sandbox.setFaults(faults);
    const child = spawn(process.execPath, [main, 'run', '--schedule', '* * * * * *'], {
      env: { PATH: process.env.PATH, HOME: process.env.HOME, ...environment },
    });
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
    const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
    const ticks = () => (output.match(/run (?:done|ended)/g) ?? []).length;
    await until(() => ticks() >= 2, ended);
    const title = process.platform === 'linux' ? readFileSync(`/proc/${child.pid}/cmdline`, 'utf8') : '';
    const addresses = listeningAddresses(child.pid ?? 0);
    const port = environment.GENESYS_WAREHOUSE_SERVICE_PORT;
    let served = '';
    for (const path of ['healthz', 'readyz', 'metrics', 'nothing'])
      served += await fetch(`http://127.0.0.1:${port}/${path}`).then((answer) => answer.text());
    served += await fetch(`http://127.0.0.1:${port}/surveys`, { method: 'POST', body: '{}' }).then((answer) =>
      answer.text(),
    );
    child.kill('SIGTERM');
    expect(await ended).toBe(143);
    expect(ticks()).toBeGreaterThan(1);
    expect(proxy.tokens.length).toBeGreaterThan(1);
    expect(output).toContain('"level":"debug"');
    expect(found(output)).toEqual([]);
    expect(found(served)).toEqual([]);
    expect(found(title)).toEqual([]);
    expect(addresses.filter((address) => !address.startsWith('127.'))).toEqual([]);
    if (process.platform === 'linux') expect(addresses).toContain(`127.0.0.1:${port}`);
  });

  test('are nowhere in the database and in no output of status', async () => {
    expect(found(await databaseText(pool))).toEqual([]);
    const shown = await runCommand(['status', '--json'], sandbox, environment);
    expect(found((await runCommand(['status'], sandbox, environment)).output + shown.output)).toEqual([]);
  });

  test.each([
    ['a secret that Genesys refuses', { GENESYSCLOUD_OAUTHCLIENT_SECRET: secrets.write }],
    [
      'a database password that is refused',
      { DATABASE_URL: `postgres://nobody:${secrets.database}@127.0.0.1:1/nothing` },
    ],
    ['a URL that cannot be read', { DATABASE_URL: `postgres//app:${secrets.database}@host` }],
    [
      'secrets in the wrong variables',
      {
        GENESYS_WAREHOUSE_START: secrets.webhook,
        GENESYS_WAREHOUSE_LOG_LEVEL: secrets.privacyKey,
        GENESYSCLOUD_REGION: secrets.survey,
      },
    ],
    ['an API that is away', { GENESYSCLOUD_API_URL: `http://user:${secrets.write}@127.0.0.1:1` }],
  ])('are in no message about %s', { timeout: 120_000 }, async (_name, wrong) => {
    sandbox.setFaults({});
    // Something has to be asked, or nobody would be refused.
    await pool.query(
      `update extract.slices set due_at = now() - interval '1 hour', retry_at = null where stream = 'directory'`,
    );
    const result = await runCommand(['sync', '--stream', 'directory'], sandbox, { ...environment, ...wrong });
    expect(result.status).not.toBe(0);
    expect(found(result.output)).toEqual([]);
  });
});
