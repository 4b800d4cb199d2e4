import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runProgram } from '../../src/cli/program.js';
import type { QueryValues } from '../../src/model/mart-query.js';
import { openMartReader } from '../../src/postgres/dashboard/mart-reader.js';
import { filledAt, filledDatabase } from '../support/filled.js';
import { createDatabase, type TestDatabase, testPool } from '../support/postgres.js';
import { onDatabase, otherFilledDatabase, runOn } from './support.js';

/** The page, the catalogue and exports over a federated database. */
let members: TestDatabase[];
let federated: TestDatabase;
let pool: pg.Pool;

beforeAll(async () => {
  members = [await filledDatabase(), await otherFilledDatabase()];
  federated = await createDatabase();
  const [emea, apac] = members.map(({ url }) => url);
  const run = await runOn(federated.url, ['federate', '--member', `emea=${emea}`, `apac=${apac}`]);
  if (run.status !== 0) throw new Error(run.output);
  pool = testPool(federated.url);
}, 300_000);
afterAll(async () => {
  await pool?.end();
  for (const database of [...(members ?? []), federated]) await database?.drop();
});

const values: Readonly<Record<string, unknown>> = {
  day: '2026-03-11',
  instant: '2026-03-11T00:00:00Z',
  uuid: '00000000-0000-4000-8000-000000000000',
  number: 30,
  integer: 30,
  text: 'x',
};
/** For genesys_personal only, here as in a warehouse. */
const personal = ['conversation-addresses', 'conversation-attributes'];

describe('the page over a federated database', () => {
  test('each of its queries answers, in UTC where the zones of members differ', async () => {
    const reader = await openMartReader({ connectionString: federated.url });
    try {
      expect(reader.timeZone).toBe('UTC');
      let rowCount = 0;
      for (const [name, query] of reader.queries) {
        if (personal.includes(name)) continue;
        const given = query.parameters.map((each) => [each.name, each.isOptional ? undefined : values[each.type]]);
        rowCount += (await reader.run(name, Object.fromEntries(given) as QueryValues)).rows.length;
      }
      expect(rowCount).toBeGreaterThan(300);
    } finally {
      await reader.close();
    }
  }, 120_000);

  test('is served by dashboard, whose figures are those of all members', async () => {
    const stopping = new AbortController();
    let print: (text: string) => void = () => {};
    const printed = new Promise<string>((resolve) => {
      print = resolve;
    });
    const status = runProgram(['dashboard', '--port', '0'], {
      directory: process.cwd(),
      now: () => filledAt,
      signal: stopping.signal,
      print: (text) => print(text),
      isTerminal: false,
      environment: { DATABASE_URL: federated.url },
      writeLog: () => {},
    });
    const address = await printed;
    expect((await fetch(address)).status).toBe(200);
    const facts = await (await fetch(`${address}api/page`)).json();
    expect(facts).toMatchObject({ timeZone: 'UTC', access: { role: 'genesys_reader' } });
    const queues = await (await fetch(`${address}api/query/queue-list`)).json();
    const { rows } = await pool.query('select count(*)::int as count from mart.dim_queues');
    expect((queues as { rows: unknown[] }).rows).toHaveLength(rows[0].count);
    stopping.abort(new Error('Stopped by the test'));
    expect(await status).toBe(0);
  });

  test('counts each session once, whichever relations a query joins', async () => {
    const of = async (url: string) => {
      const reader = await openMartReader({ connectionString: url });
      const { columns, rows } = await reader
        .run('wrapup-days', { from: '2026-03-01', to: '2026-03-31' })
        .finally(() => reader.close());
      const at = columns.findIndex(({ name }) => name === 'session_count');
      return rows.reduce((sum, row) => sum + Number(row[at] ?? 0), 0);
    };
    const [first = 0, second = 0] = await Promise.all(members.map(({ url }) => of(url)));
    expect(first).toBeGreaterThan(0);
    expect(await of(federated.url)).toBe(first + second);
  });
});

describe('commands over a federated database', () => {
  test('catalog describes every column once, the organisation among them, and only joins that hold', async () => {
    const run = await runOn(federated.url, ['catalog', '--format', 'json']);
    expect(run.status, run.output).toBe(0);
    expect(run.output).toContain('"organization_id"');
    const { rows } = await pool.query<{ from: string; column: string; to: string; key: string }>(
      `select from_relation as "from", from_column as "column", to_relation as "to", to_column as "key" from mart.ops_relationships`,
    );
    expect(rows.length).toBeGreaterThan(80);
    for (const key of new Set(rows.map((row) => `${row.to} ${row.key}`))) {
      const [to, column] = key.split(' ');
      const { rows: doubled } = await pool.query(
        `select ${column} from mart.${to} where ${column} is not null group by 1 having count(*) > 1 limit 1`,
      );
      expect(doubled, key).toEqual([]);
    }
    for (const format of ['powerbi', 'tableau', 'metabase', 'dbt'])
      expect((await runOn(federated.url, ['catalog', '--format', format])).status, format).toBe(0);
  }, 120_000);

  test('export writes the rows of all members', async () => {
    const counts = await Promise.all(
      members.map(({ url }) =>
        onDatabase(
          url,
          async (client) =>
            (await client.query('select count(*)::int as count from mart.rpt_queue_days')).rows[0].count,
        ),
      ),
    );
    const run = await runOn(federated.url, ['export', 'dim_queues']);
    expect(run.status, run.output).toBe(0);
    const { rows } = await pool.query('select count(*)::int as count from mart.rpt_queue_days');
    expect(rows[0].count).toBe(counts[0] + counts[1]);
  });
});
