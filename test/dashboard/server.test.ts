import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { filledDatabase } from '../support/filled.js';
import { type TestDatabase, testPool } from '../support/postgres.js';
import { propertyCases } from '../support/runs.js';
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

  test('load assets that may be cached permanently, in the smallest form that the browser takes', async () => {
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
    const all = [...page.reader.queries.values()];
    const personal = await servePage({ databaseUrl: database.url, role: 'genesys_personal' });
    for (const query of all) {
      const values = new URLSearchParams(sampleFor(query.name));
      const { status, body } = await (query.isPersonal ? personal : page).json<{
        columns: { name: string; definition?: string }[];
        error?: string;
      }>(`/api/query/${query.name}?${values}`);
      if (query.isPersonal) expect((await page.json(`/api/query/${query.name}?${values}`)).status).toBe(403);
      expect({ query: query.name, status, error: body.error }).toEqual({ query: query.name, status: 200 });
      const undefinedOnes = body.columns.filter(({ definition }) => !definition).map(({ name }) => name);
      expect({ query: query.name, undefinedOnes }).toEqual({ query: query.name, undefinedOnes: [] });
    }
    expect(all.filter(({ isPersonal }) => isPersonal).length).toBe(2);
    await personal.close();
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
    let turn = 0;
    for (const query of page.reader.queries.values()) {
      for (const { name } of query.parameters) {
        // Each parameter gets one of them in turn, and all in the long suite.
        turn += 1;
        for (const attack of propertyCases(attacks, [attacks[turn % attacks.length] as string])) {
          const values = new URLSearchParams({ ...sampleFor(query.name), [name]: attack });
          const { status } = await page.json(`/api/query/${query.name}?${values}`);
          expect([200, 400, 403], `${query.name} ${name} ${attack}`).toContain(status);
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

describe('a report', () => {
  interface Body {
    readonly columns: { name: string; definition?: string }[];
    readonly rows: unknown[][];
    readonly error?: string;
  }
  const report = (query: string) => page.json<Body>(`/api/report?${query}`);
  const span = `from=2026-03-12&to=2026-03-16`;

  test('gives what plain SQL gives, by any column and step of time', async () => {
    const { status, body } = await report(
      `relation=fct_queue_intervals&by=queue_name&measures=sum:offered_count,ratio:service_level_rate,count&step=week&${span}&where=media_type:is:voice`,
    );
    expect(status, body.error).toBe(200);
    expect(body.columns.map(({ name }) => name)).toEqual([
      'step_local',
      'queue_name',
      'offered_count',
      'service_level_rate',
      'row_count',
    ]);
    expect(body.columns.filter(({ definition }) => !definition)).toEqual([]);
    const pool = testPool(database.url);
    const { rows } = await pool.query({
      text: `select to_char(date_trunc('week', interval_start_local), 'YYYY-MM-DD"T"HH24:MI:SS') as step, queue_name,
               sum(offered_count)::int as offered,
               round(sum(service_level_numerator) / nullif(sum(service_level_denominator), 0), 6)::float8 as level, count(*)::int as rows
             from mart.fct_queue_intervals
             where media_type = 'voice' and interval_start_local >= '2026-03-12' and interval_start_local < '2026-03-16'
             group by 1, 2 order by 1, 2`,
      rowMode: 'array',
    });
    await pool.end();
    expect(rows.length).toBeGreaterThan(3);
    expect(body.rows).toEqual(rows);
  });

  test('lists rows where nothing is measured, and knows every filter', async () => {
    const filters =
      'where=offered_count:least:1&where=offered_count:most:1000&where=queue_name:contains:I&where=queue_name:filled&where=queue_name:not:Nobody';
    const { status, body } = await report(`relation=rpt_queue_days&by=day,queue_name,offered_count&${span}&${filters}`);
    expect(status, body.error).toBe(200);
    expect(body.rows.length).toBeGreaterThan(0);
    for (const [day, name, count] of body.rows) {
      expect(String(day) >= '2026-03-12' && String(day) < '2026-03-16').toBe(true);
      expect(String(name).toLowerCase()).toContain('i');
      expect(count).toBeGreaterThan(0);
    }
  });

  test('can be made of every relation and every column of the dictionary', async () => {
    const { body: relations } = await page.json<{ name: string; columns: { name: string }[] }[]>('/api/relations');
    expect(relations.length).toBeGreaterThan(30);
    for (const { name, columns } of relations) {
      const some = columns.slice(0, 40).map((column) => column.name);
      const { status, body } = await report(`relation=${name}&by=${some.join(',')}&where=${some[0]}:empty`);
      expect({ name, status, error: body.error }).toEqual({ name, status: 200 });
      const counted = await report(`relation=${name}&measures=count`);
      expect({ name, status: counted.status }).toEqual({ name, status: 200 });
    }
  });

  test.each([
    ['relation=pg_user&by=usename', 'There is no relation "pg_user"'],
    ['relation=dim_queues&by=name', 'dim_queues has no column "name"'],
    ['relation=dim_queues&by=queue_name);drop schema mart', 'has no column'],
    ['relation=fct_queue_intervals&measures=sum:service_level_rate', 'must not be summed'],
    ['relation=fct_queue_intervals&measures=eval:offered_count', 'is not a figure'],
    ['relation=fct_queue_intervals&measures=median:queue_name', 'is not a number'],
    ['relation=dim_queues&by=queue_name&step=day', 'no time to group by'],
    ['relation=dim_queues&by=queue_name&where=queue_name:like:x', 'is not a filter'],
    ['relation=fct_queue_intervals&by=queue_name&where=offered_count:least:1e9', 'needs a number'],
    ['relation=fct_queue_intervals&by=queue_name&from=yesterday', 'use a day'],
    ['relation=dim_queues', 'at least one column'],
    ['relation=dim_queues&by=queue_name&sql=select', 'is not asked for here'],
  ])('%s is refused with a sentence', async (query, sentence) => {
    const { status, body } = await report(query);
    expect(status).toBe(400);
    expect(body.error).toContain(sentence);
  });

  test('is also a file', async () => {
    const response = await fetch(
      `${page.url}/api/report.csv?relation=fct_agent_intervals&by=user_name,handled_count&${span}`,
    );
    const lines = (await response.text()).trimEnd().split('\r\n');
    expect(lines[0]).toContain('user_name,handled_count');
    expect(lines.length).toBeGreaterThan(100);
  });
});

describe('the record of a conversation', () => {
  test('is for an owner only', async () => {
    const pool = testPool(database.url);
    const { rows } = await pool.query(
      'select conversation_id, current_user as owner from mart.fct_conversations limit 1',
    );
    await pool.end();
    const path = `/api/conversations/${rows[0].conversation_id}/record`;
    expect((await page.json(path)).status).toBe(403);
    const owned = await servePage({ databaseUrl: database.url, role: rows[0].owner });
    const { status, body } = await owned.json<{ record: { conversationId: string } }>(path);
    const nothing = await owned.json('/api/conversations/00000000-0000-4000-8000-000000000000/record');
    await owned.close();
    expect(status).toBe(200);
    expect(body.record.conversationId).toBe(rows[0].conversation_id);
    expect(nothing.body).toEqual({ record: null });
  });
});

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
