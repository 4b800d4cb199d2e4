import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { filledDatabase } from '../support/filled.js';
import { type TestDatabase, testPool } from '../support/postgres.js';
import { pageNow, type ServedPage, sampleValues, servePage, wholeDay } from './support.js';

let database: TestDatabase;
let page: ServedPage;

beforeAll(async () => {
  database = await filledDatabase();
  page = await servePage({ databaseUrl: database.url });
});

afterAll(async () => {
  await page?.close();
  await database?.drop();
});

/** The status of a request whose path is sent as it is, dot segments and all. */
function statusOf(path: string, method = 'GET', headers: Record<string, string> = {}): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request({
      ...new URL(page.url),
      hostname: '127.0.0.1',
      port: new URL(page.url).port,
      path,
      method,
      headers,
    });
    sent.on('response', (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    sent.on('error', reject);
    sent.end();
  });
}

describe('the pages', () => {
  test('are one document at every address of a page, with the strictest policy', async () => {
    for (const path of ['/', '/queues', `/queues/${sampleValues.user}`, '/agents', '/wrapup', '/trust', '/report']) {
      const response = await fetch(page.url + path);
      expect(response.status, path).toBe(200);
      expect(response.headers.get('content-security-policy')).toContain("default-src 'self'");
      expect(response.headers.get('content-security-policy')).not.toContain('unsafe');
      expect(response.headers.get('x-content-type-options')).toBe('nosniff');
      expect(response.headers.get('referrer-policy')).toBe('no-referrer');
      const text = await response.text();
      expect(text).not.toMatch(/<script(?![^>]*\bsrc=)/);
      expect(text).not.toMatch(/\son\w+=|style=|https?:\/\//);
    }
  });

  test('load assets that may be kept for good, in the smallest form that the browser takes', async () => {
    const document = await (await fetch(page.url)).text();
    const [, script = ''] = /src="(\/assets\/[^"]+)"/.exec(document) ?? [];
    const response = await fetch(page.url + script, { headers: { 'accept-encoding': 'gzip, br' } });
    expect(response.headers.get('content-encoding')).toBe('br');
    expect(response.headers.get('cache-control')).toContain('immutable');
    const plain = await fetch(page.url + script, { headers: { 'accept-encoding': 'identity' } });
    expect(plain.headers.get('content-encoding')).toBeNull();
    expect(await plain.text()).toBe(await response.text());
  });

  test('and nothing else is there: no file beside them, no other method, no other host', async () => {
    for (const path of [
      '/../package.json',
      '/assets/../../../package.json',
      '/%2e%2e/package.json',
      '/assets/%2e%2e%2findex.html',
      '/.env',
      '/index',
      '/assets/',
      '/healthz',
      '//etc/passwd',
      '/api',
      '/api/query/',
      '/api/query/..%2f..%2fmart%2ffct_conversations',
    ])
      expect(await statusOf(path), path).toBeGreaterThanOrEqual(400);
    for (const method of ['PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE'])
      expect(await statusOf('/api/page', method), method).toBe(405);
    expect(await statusOf('/api/query/queues', 'POST')).toBe(404);
    expect(await statusOf('/', 'GET', { host: 'evil.example' })).toBe(421);
  });
});

describe('the queries', () => {
  test('answer all, each with a definition of every column', async () => {
    for (const query of page.reader.queries.values()) {
      const values = new URLSearchParams(sampleFor(query.name));
      const { status, body } = await page.json<{ columns: { name: string; definition?: string }[]; error?: string }>(
        `/api/query/${query.name}?${values}`,
      );
      expect({ query: query.name, status, error: body.error }).toEqual({ query: query.name, status: 200 });
      const undefinedOnes = body.columns.filter(({ definition }) => !definition).map(({ name }) => name);
      expect({ query: query.name, undefinedOnes }).toEqual({ query: query.name, undefinedOnes: [] });
    }
  });

  test('give the figures that plain SQL gives', async () => {
    const pool = testPool(database.url);
    const { rows } = await pool.query(
      `select sum(offered_count)::int as offered, round(sum(service_level_numerator) / nullif(sum(service_level_denominator), 0), 6)::float8 as level
       from mart.rpt_queue_days where day = $1`,
      [wholeDay],
    );
    await pool.end();
    const { body } = await page.json<{ columns: { name: string }[]; rows: unknown[][] }>(
      `/api/query/today-figures?day=${wholeDay}`,
    );
    const day = body.rows.find(([period]) => period === 'day') ?? [];
    const value = (name: string) => day[body.columns.findIndex((column) => column.name === name)];
    expect(rows[0].offered).toBeGreaterThan(0);
    expect(value('offered_count')).toBe(rows[0].offered);
    expect(value('service_level_rate')).toBe(rows[0].level);
    expect(value('until_local')).toBe('2026-03-16T00:00:00');
  });

  test('take SQL in no parameter', async () => {
    const attacks = [
      "1'; drop schema mart cascade; --",
      "' or 1=1 --",
      '$1',
      '1); select pg_sleep(10); --',
      "\\'",
      '%00',
    ];
    for (const query of page.reader.queries.values()) {
      for (const { name } of query.parameters) {
        for (const attack of attacks) {
          const values = new URLSearchParams({ ...sampleFor(query.name), [name]: attack });
          const { status } = await page.json(`/api/query/${query.name}?${values}`);
          expect([200, 400], `${query.name} ${name} ${attack}`).toContain(status);
        }
      }
    }
    expect((await page.json('/api/query/queue-list')).status).toBe(200);
  });

  test('that nobody has written are not there, and values that a query does not take are named', async () => {
    expect((await page.json('/api/query/pg_tables')).status).toBe(404);
    const { status, body } = await page.json('/api/query/queue-list?limit=1');
    expect(status).toBe(400);
    expect(body).toEqual({ error: '"limit" is not asked for here; this query takes nothing.' });
  });

  test('also come as a file', async () => {
    const response = await fetch(`${page.url}/api/query/queue-list.csv`);
    expect(response.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    const text = await response.text();
    expect(text.split('\r\n')[0]).toContain('queue_id,queue_name,division_name');
    expect(text.split('\r\n').length).toBeGreaterThan(5);
  });
});

function sampleFor(name: string): Record<string, string> {
  const parameters = page.reader.queries.get(name)?.parameters ?? [];
  return Object.fromEntries(
    parameters
      .filter(({ isOptional, type }) => !isOptional && type !== 'zone')
      .map((parameter) => [parameter.name, sampleValues[parameter.name] ?? '']),
  );
}

describe('the connections of the page', () => {
  test('read as genesys_reader, cannot write, and end long statements', async () => {
    const pool = testPool(database.url);
    await page.json('/api/query/queue-list');
    const { rows } = await pool.query(
      `select count(*)::int as count from pg_stat_activity where application_name = 'genesys-warehouse dashboard' and datname = $1`,
      [database.name],
    );
    await pool.end();
    expect(rows[0].count).toBeGreaterThan(0);
    expect(rows[0].count).toBeLessThanOrEqual(4);
    const { body } = await page.json<{ access: Record<string, unknown>; nowLocal: string; timeZone: string }>(
      '/api/page',
    );
    expect(body.access).toEqual({ role: 'genesys_reader', isPersonal: false, isOwner: false });
    expect(body.timeZone).toBe('Europe/Berlin');
    expect(body.nowLocal).toBe('2026-03-16T16:07:00');
    expect(pageNow.toISOString()).toBe('2026-03-16T15:07:00.000Z');
  });
});
