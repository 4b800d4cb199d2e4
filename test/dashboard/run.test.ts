import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.js';
import { type Running, startRun } from '../service/support.js';
import { migratedDatabase, type TestDatabase } from '../support/postgres.js';

const password = 'correct horse battery';
let sandbox: Sandbox;
let database: TestDatabase;
let running: Running;

beforeAll(async () => {
  sandbox = await startSandbox({ seed: 5, conversationsPerDay: 100, agents: 8, requestsPerMinute: 'unlimited' });
  database = await migratedDatabase();
  running = await startRun(sandbox, database.url, ['--stream', 'directory'], {
    GENESYS_WAREHOUSE_DASHBOARD: 'on',
    GENESYS_WAREHOUSE_DASHBOARD_PASSWORD: password,
  });
});
afterAll(async () => {
  await running?.stop();
  await database?.drop();
  await sandbox?.close();
});

test('run serves the page on its service port, beside health and metrics, to who has the password', async () => {
  expect((await running.get('/healthz')).text).toBe('ok\n');
  expect((await running.get('/queues')).text).toContain('<title>Genesys Warehouse</title>');
  expect((await running.get('/api/page')).status).toBe(401);
  const logIn = (given: string, headers: Record<string, string> = {}) =>
    fetch(`${running.url}/api/login`, { method: 'POST', body: JSON.stringify({ password: given }), headers });
  expect((await logIn('wrong')).status).toBe(401);
  expect((await logIn(password, { origin: 'http://evil.example' })).status).toBe(403);
  expect((await logIn('x'.repeat(5_000))).status).toBe(413);
  const response = await logIn(password);
  const cookie = response.headers.get('set-cookie') ?? '';
  expect(cookie).toMatch(/^genesys_warehouse_session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/);
  const session = { cookie: cookie.split(';')[0] ?? '' };
  expect((await fetch(`${running.url}/api/page`, { headers: session })).status).toBe(200);
  await fetch(`${running.url}/api/logout`, { method: 'POST', headers: session });
  expect((await fetch(`${running.url}/api/page`, { headers: session })).status).toBe(401);
  const { output } = await running.stop();
  expect(output).not.toContain(password);
});
