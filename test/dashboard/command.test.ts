import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runProgram } from '../../src/cli/program.js';
import { filledDatabase } from '../support/filled.js';
import { createDatabase, type TestDatabase, testPool } from '../support/postgres.js';
import { pageNow, servePage } from './support.js';

let database: TestDatabase;

beforeAll(async () => {
  database = await filledDatabase();
});

afterAll(async () => {
  await database?.drop();
});

interface Started {
  readonly printed: Promise<string>;
  readonly log: string[];
  readonly status: Promise<number>;
  stop(): void;
}

/** The command as a person starts it; `printed` is its first line on standard output. */
function start(args: readonly string[], environment: Record<string, string>): Started {
  const stopping = new AbortController();
  const log: string[] = [];
  let print: (text: string) => void = () => {};
  const printed = new Promise<string>((resolve) => {
    print = resolve;
  });
  const status = runProgram(args, {
    directory: process.cwd(),
    now: () => pageNow,
    signal: stopping.signal,
    print: (text) => print(text),
    isTerminal: false,
    environment,
    writeLog: (line) => void log.push(line),
  });
  return { printed, log, status, stop: () => stopping.abort(new Error('Stopped by the test')) };
}

describe('genesys-warehouse dashboard', () => {
  test('prints its address, serves the page there, and ends when it is stopped', async () => {
    const started = start(['dashboard', '--port', '0'], { DATABASE_URL: database.url });
    const address = await started.printed;
    expect(address).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/);
    const response = await fetch(address);
    expect(response.status).toBe(200);
    expect(await response.text()).toContain('<title>Genesys Warehouse</title>');
    const facts = await (await fetch(`${address}api/page`)).json();
    expect(facts).toMatchObject({ timeZone: 'Europe/Berlin', access: { role: 'genesys_reader' }, hasLogin: false });
    started.stop();
    expect(await started.status).toBe(0);
    await expect(fetch(address)).rejects.toThrow();
  });

  test.each([
    [{ GENESYS_WAREHOUSE_SERVICE_HOST: '0.0.0.0' }, 'GENESYS_WAREHOUSE_DASHBOARD_PASSWORD is missing'],
    [{ GENESYS_WAREHOUSE_DASHBOARD_ROLE: 'nobody_of_this_name' }, 'role nobody_of_this_name does not exist'],
  ])('with %j ends with status 2 and one sentence', async (more, sentence) => {
    const started = start(['dashboard', '--port', '0'], { DATABASE_URL: database.url, ...more });
    expect(await started.status).toBe(2);
    expect(started.log.join('\n')).toContain(sentence);
  });

  test('over a database that was never migrated says what to run', async () => {
    const empty = await createDatabase();
    const started = start(['dashboard', '--port', '0'], { DATABASE_URL: empty.url });
    expect(await started.status).toBe(2);
    expect(started.log.join('\n')).toContain('has no marts yet. Run genesys-warehouse migrate.');
    await empty.drop();
  });
});

describe('a login of its own', () => {
  test('reads as itself, so that its divisions hold on the page as in SQL', async () => {
    const pool = testPool(database.url);
    const login = `page_${database.name}`.slice(0, 60);
    await pool.query(`create role ${login} login password 'page-password' in role genesys_reader`);
    const { rows } = await pool.query(
      `select division_id, count(*)::int as queues from mart.dim_queues group by 1 order by 2 desc, 1 limit 1`,
    );
    await pool.query('insert into extract.division_access (role_name, division_id) values ($1, $2)', [
      login,
      rows[0].division_id,
    ]);
    const url = new URL(database.url);
    url.username = login;
    url.password = 'page-password';
    const page = await servePage({ databaseUrl: url.href });
    try {
      const facts = await page.json<{ access: { role: string } }>('/api/page');
      expect(facts.body.access.role).toBe(login);
      const seen = await page.json<{ rows: unknown[][] }>('/api/query/queue-list');
      const all = await pool.query('select count(*)::int as count from mart.dim_queues');
      expect(seen.body.rows.length).toBe(rows[0].queues);
      expect(seen.body.rows.length).toBeLessThan(all.rows[0].count);
    } finally {
      await page.close();
      await pool.query('delete from extract.division_access where role_name = $1', [login]);
      await pool.query(`drop role ${login}`);
      await pool.end();
    }
  });
});
