import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';
import { createPool } from '../../src/postgres/connection/pool.js';
import { migrate } from '../../src/postgres/migrate.js';

export interface TestDatabase {
  readonly url: string;
  readonly name: string;
  /** Disconnects all sessions and drops the database. */
  drop(): Promise<void>;
}

/** Any constant: with a hash of the label, the key with which test processes that want the same template take turns. */
const templateLockClass = 7_236_499;

/** An empty database of the run's own server, or a copy of `template`, a name that `templateDatabase` gave. */
export async function createDatabase(template = 'template0'): Promise<TestDatabase> {
  const name = `${inject('databasePrefix')}${randomBytes(5).toString('hex')}`;
  await onServer((client) => copyDatabase(client, template, name));
  const drop = () => onServer((client) => client.query(`drop database if exists ${name} with (force)`));
  return { url: urlOf(name), name, drop: async () => void (await drop()) };
}

/** Copies files, which takes half the time of copying through the log, the default since version 15. */
async function copyDatabase(client: pg.Client, template: string, name: string): Promise<void> {
  const { rows } = await client.query<{ hasStrategy: boolean }>(
    `select current_setting('server_version_num')::int >= 150000 as "hasStrategy"`,
  );
  const strategy = rows[0]?.hasStrategy ? ' strategy file_copy' : '';
  await client.query(`create database ${name} template ${template}${strategy}`);
}

/** The name of a database to copy, which `build` fills the first time that any file of this run asks for it. */
export async function templateDatabase(label: string, build: (url: string) => Promise<void>): Promise<string> {
  const name = `${inject('databasePrefix')}template_${label.toLowerCase().replaceAll(/[^a-z0-9]/g, '_')}`;
  await onServer(async (client) => {
    // Held by the session: it ends with the connection, whatever happens in between.
    await client.query('select pg_advisory_lock($1, hashtext($2))', [templateLockClass, name]);
    const found = await client.query('select 1 from pg_database where datname = $1', [name]);
    if (found.rowCount) return;
    const unfinished = await createDatabase();
    await build(unfinished.url);
    await client.query(`alter database ${unfinished.name} rename to ${name}`);
  });
  return name;
}

/** A database with this program's schema and views, no rows. */
export async function migratedDatabase(timeZone = 'UTC'): Promise<TestDatabase> {
  const template = await templateDatabase(`migrated_${timeZone}`, async (url) => {
    const pool = testPool(url);
    await migrate(pool, { timeZone }).finally(() => pool.end());
  });
  return createDatabase(template);
}

/** A pool as the program itself makes it; the caller ends it. */
export function testPool(url: string, max = 4): pg.Pool {
  return createPool({ connectionString: url, applicationName: 'test', max, statementTimeoutMs: 60_000 });
}

function urlOf(database: string): string {
  const url = new URL(inject('postgresUrl'));
  url.pathname = `/${database}`;
  return url.href;
}

async function onServer<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: inject('postgresUrl') });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
