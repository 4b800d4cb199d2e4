import { readFileSync } from 'node:fs';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.js';
import { allFigures, prefix } from '../../src/service/metrics-catalog.js';
import { migratedDatabase, type TestDatabase, testPool } from '../support/postgres.js';
import { environmentFor, runCommand } from '../support/program.js';
import { metricOf, type Running, startRun, until } from './support.js';

const document = (name: string) => readFileSync(new URL(`../../docs/${name}`, import.meta.url), 'utf8');

let sandbox: Sandbox;
let database: TestDatabase;
let running: Running;

beforeAll(async () => {
  sandbox = await startSandbox({ seed: 5, conversationsPerDay: 100, agents: 8, requestsPerMinute: 'unlimited' });
  database = await migratedDatabase();
  running = await startRun(sandbox, database.url, ['--stream', 'conversations', 'directory']);
  await until(async () => ((await running.metric(`${prefix}ticks_total`, 'outcome="done"')) ?? 0) > 0);
});
afterAll(async () => {
  await running.stop();
  await database.drop();
  await sandbox.close();
});

/** Names as an expression or a text has them, with the suffixes of histograms taken off. */
const namesIn = (text: string) => [...new Set(text.match(/\b(genesys_warehouse|process|nodejs)_[a-z_]+/g) ?? [])];
const namesServed = (text: string) => new Set([...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name));

describe('the service port of run', () => {
  test('says that the process lives and can do its work', async () => {
    expect(await running.get('/healthz')).toEqual({ status: 200, text: 'ok\n' });
    expect(await running.get('/readyz')).toEqual({ status: 200, text: 'ok\n' });
    expect((await running.get('/')).text).toContain('/healthz, /readyz, /metrics');
  });

  test('serves what the ledger, the client and the process know', async () => {
    // Figures of the database are some seconds old: those of the first tick have to come.
    const watermark = `${prefix}stream_watermark_age_seconds`;
    await until(async () => ((await running.metric(watermark, 'stream="conversations"')) ?? 1e9) < 3_600);
    const { text } = await running.get('/metrics');
    const pool = testPool(database.url);
    const stored = await pool.query('select count(*)::int as count from genesys.conversations');
    await pool.end();
    const value = (name: string, labels = '') => metricOf(text, `${prefix}${name}`, labels);
    expect(value('rows_total', 'stream="conversations"')).toBeGreaterThanOrEqual(stored.rows[0].count);
    expect(value('api_requests_total')).toBeGreaterThan(0);
    expect(value('api_allowance_requests_per_minute')).toBe(10_000);
    expect(value('stream_watermark_age_seconds', 'stream="conversations"')).toBeGreaterThan(0);
    expect(value('slices_failing', 'stream="conversations"')).toBe(0);
    expect(value('restatements_in_last_day')).toBe(0);
    expect(value('ready')).toBe(1);
    expect(value('database_up')).toBe(1);
    expect(text).toMatch(/genesys_warehouse_build_info\{version="[\d.]+",node="v\d+/);
    expect(metricOf(text, 'process_resident_memory_bytes')).toBeGreaterThan(0);
  });

  test('never shows the secret, the token or the password', async () => {
    const { text } = await running.get('/metrics');
    expect(text).not.toContain(sandbox.clientSecret);
    expect(text).not.toContain(new URL(database.url).password || 'no password at all');
    expect(text).not.toMatch(/bearer/i);
  });

  test('counts what fails, with the reason and without ids', async () => {
    sandbox.setFaults({ http5xx: { rate: 1, status: 501, body: 'json', path: '/details/query' } });
    const pool = testPool(database.url);
    await pool.query(`update extract.slices set due_at = now() where stream = 'conversations'`);
    const failing = async () => (await running.metric(`${prefix}slices_failing`, 'stream="conversations"')) ?? 0;
    await until(async () => (await failing()) > 0);
    const { text } = await running.get('/metrics');
    const line = text.split('\n').find((candidate) => candidate.startsWith(`${prefix}last_error_timestamp_seconds{`));
    expect(line).toContain('stream="conversations"');
    expect(line).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}-/);
    expect(metricOf(text, `${prefix}slices_total`, 'stream="conversations",outcome="failed"')).toBeGreaterThan(0);
    sandbox.setFaults({});
    await pool.query('update extract.slices set retry_at = null');
    await until(async () => (await failing()) === 0);
    await pool.end();
  });

  test('is not ready while Genesys refuses the login, and ready again afterwards', async () => {
    const pool = testPool(database.url);
    const due = () =>
      pool.query(`update extract.slices set due_at = now(), retry_at = null where stream = 'conversations'`);
    sandbox.setFaults({ revokedCredentials: { rate: 1 }, expireTokens: { rate: 1 } });
    await due();
    await until(async () => (await running.get('/readyz')).status === 503);
    expect((await running.get('/readyz')).text).toContain('Genesys refuses the login');
    expect((await running.get('/healthz')).status).toBe(200);
    sandbox.setFaults({});
    await due();
    await until(async () => (await running.get('/readyz')).status === 200);
    await pool.end();
  });

  test('answers without the database, with the last figures and their age, and says that it is not ready', async () => {
    const server = new pg.Client({ connectionString: database.url.replace(/\/[^/?]+(\?|$)/, '/postgres$1') });
    await server.connect();
    await server.query(`alter database ${database.name} allow_connections false`);
    await server.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [database.name]);
    await until(async () => (await running.get('/readyz')).status === 503);
    expect((await running.get('/readyz')).text).toContain('database does not answer');
    await until(async () => (await running.metric(`${prefix}database_up`)) === 0);
    expect(await running.metric(`${prefix}slices_failing`, 'stream="conversations"')).toBe(0);
    expect(await running.metric(`${prefix}ready`)).toBe(0);
    expect((await running.get('/healthz')).status).toBe(200);
    await server.query(`alter database ${database.name} allow_connections true`);
    await server.end();
    await until(async () => (await running.get('/readyz')).status === 200);
  });

  test('a port that is taken is a mistake where it was asked for', async () => {
    const port = new URL(running.url).port;
    const environment = { ...environmentFor(sandbox, database.url), GENESYS_WAREHOUSE_SERVICE_PORT: port };
    const { status, output } = await runCommand(['run'], sandbox, environment);
    expect(status).toBe(2);
    expect(output).toContain(`The service port ${port} on 127.0.0.1 is in use`);
  });
});

describe('the documents', () => {
  interface Rule {
    readonly alert: string;
    readonly expr: string;
    readonly annotations: { readonly summary: string };
  }

  test('every metric in an alert rule is one that is served', async () => {
    const served = namesServed((await running.get('/metrics')).text);
    const rules = (parse(document('alerts.yaml')) as { groups: { rules: Rule[] }[] }).groups.flatMap(
      ({ rules }) => rules,
    );
    expect(rules.length).toBeGreaterThan(8);
    for (const { alert, expr, annotations } of rules) {
      const names = namesIn(expr);
      expect([alert, names.filter((name) => !served.has(name))]).toEqual([alert, []]);
      expect(names.length).toBeGreaterThan(0);
      expect(annotations.summary.length).toBeGreaterThan(10);
    }
    expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length);
  });

  test('every metric of our own is explained, and nothing is explained that does not exist', async () => {
    const text = document('operations.md');
    const names = allFigures.map(({ name }) => `${prefix}${name}`);
    expect(names.filter((name) => !text.includes(`\`${name}\``))).toEqual([]);
    const served = namesServed((await running.get('/metrics')).text);
    expect(namesIn(text).filter((name) => name.startsWith(prefix) && !served.has(name))).toEqual([]);
    for (const { alert } of (parse(document('alerts.yaml')) as { groups: { rules: Rule[] }[] }).groups.flatMap(
      ({ rules }) => rules,
    ))
      expect(text).toContain(`\`${alert}\``);
  });
});
