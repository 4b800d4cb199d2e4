import pg from 'pg';
import { runProgram } from '../../src/cli/program.js';
import { publishMart } from '../../src/postgres/federation/published.js';
import { startSandbox } from '../../src/sandbox/index.js';
import { filledAt } from '../support/filled.js';
import { createDatabase, type TestDatabase, templateDatabase, testPool } from '../support/postgres.js';
import { environmentFor, type ProgramRun, runCommand } from '../support/program.js';

export const otherTimeZone = 'America/New_York';

/** A database that another organisation's warehouse has filled, in another zone. */
export async function otherFilledDatabase(): Promise<TestDatabase> {
  return createDatabase(
    await templateDatabase('filled_other', async (url) => {
      const sandbox = await startSandbox({
        seed: 12,
        conversationsPerDay: 120,
        agents: 15,
        timeZone: otherTimeZone,
        clock: { kind: 'fixed', at: filledAt },
        requestsPerMinute: 'unlimited',
      });
      try {
        const environment = {
          ...environmentFor(sandbox, url),
          GENESYS_WAREHOUSE_START: '2d',
          GENESYS_WAREHOUSE_TIME_ZONE: otherTimeZone,
        };
        const { status, output } = await runCommand(['sync'], sandbox, environment);
        if (status !== 0) throw new Error(output);
      } finally {
        await sandbox.close();
      }
    }),
  );
}

/** As a warehouse of an earlier version: without `mart.dim_divisions.description` and without `mart.rpt_handle_times`. */
export async function makeOlder(url: string): Promise<void> {
  await onDatabase(url, async (client) => {
    await client.query('begin');
    await client.query('drop view mart.rpt_handle_times cascade');
    await client.query('drop view mart.dim_divisions');
    await client.query(
      'create view mart.dim_divisions as select division_id, name as division_name, is_home_division from genesys.divisions',
    );
    await client.query(`comment on view mart.dim_divisions is 'Older words.'`);
    await client.query(`delete from extract.schema_migrations where name > '000018'`);
    await client.query('grant select on mart.dim_divisions to genesys_reader');
    await publishMart(client);
    await client.query('commit');
  });
}

/** An empty warehouse that knows whose it is. */
export async function nameOrganization(url: string, id: string, name: string): Promise<void> {
  await onDatabase(url, (client) =>
    client.query(
      `insert into extract.settings (name, value) values ('organization_id', $1), ('organization_name', $2)`,
      [id, name],
    ),
  );
}

export async function onDatabase<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** The program with nothing but a database. */
export async function runOn(databaseUrl: string, args: readonly string[]): Promise<ProgramRun> {
  const lines: string[] = [];
  const status = await runProgram(args, {
    directory: process.cwd(),
    now: () => new Date('2026-03-20T12:00:00Z'),
    signal: new AbortController().signal,
    print: (text) => lines.push(text),
    isTerminal: false,
    environment: { DATABASE_URL: databaseUrl },
    writeLog: (line) => lines.push(line),
  });
  return { status, output: lines.join('\n') };
}

export async function planOf(pool: pg.Pool, statement: string): Promise<string> {
  const { rows } = await pool.query<{ 'QUERY PLAN': string }>(`explain (verbose, costs off) ${statement}`);
  return rows.map((row) => row['QUERY PLAN']).join('\n');
}

/** A login that reads mart, personal relations among it, and nothing else. */
export async function createReader(url: string, name: string, password: string, grant = true): Promise<string> {
  await onDatabase(url, async (client) => {
    await client.query(`create role ${name} login password '${password}'`);
    if (grant) await client.query(`grant genesys_personal to ${name}`);
  });
  const address = new URL(url);
  address.username = name;
  address.password = password;
  return address.href;
}

export interface Column {
  readonly relation: string;
  readonly name: string;
  readonly type: string;
  readonly comment: string | null;
  readonly relation_comment: string | null;
}

/** The columns of schema mart, in order. */
export async function columnsOf(url: string): Promise<Column[]> {
  return onDatabase(url, async (client) => {
    const { rows } = await client.query<Column>(
      `select c.relname as relation, a.attname as name, format_type(a.atttypid, null) as type,
           col_description(c.oid, a.attnum) as comment, obj_description(c.oid, 'pg_class') as relation_comment
       from pg_class as c join pg_attribute as a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
       where c.relnamespace = 'mart'::regnamespace and c.relkind in ('v', 'r') order by c.relname, a.attnum`,
    );
    return rows;
  });
}

export { testPool };
