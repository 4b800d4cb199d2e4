import { readFileSync } from 'node:fs';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runProgram } from '../../../src/cli/program.js';
import { openReaderPool } from '../../../src/postgres/dashboard/reader-pool.js';
import { StormServer } from '../../chaos/storm-server.js';

/** On a server of its own, where nobody has made the roles yet. */
const rolesScript = readFileSync(new URL('../../../docs/roles.sql', import.meta.url), 'utf8');
let server: StormServer;

beforeAll(async () => {
  server = await StormServer.start();
});
afterAll(() => server?.remove());

const asAdmin = <T>(database: string, work: (client: pg.Client) => Promise<T>) => server.withClient(database, work);

/** A database that belongs to a role of its own with these attributes; returns the URL by which that role logs in. */
async function databaseOf(owner: string, attributes: string): Promise<string> {
  await asAdmin('postgres', async (client) => {
    await client.query(`create role ${owner} login password 'of-the-test' ${attributes}`);
    await client.query(`create database ${owner}_warehouse owner ${owner}`);
  });
  const url = new URL(server.url(`${owner}_warehouse`));
  url.username = owner;
  url.password = 'of-the-test';
  return url.href;
}

async function migrateAt(url: string): Promise<{ status: number; output: string }> {
  const lines: string[] = [];
  const status = await runProgram(['migrate'], {
    directory: import.meta.dirname,
    environment: { DATABASE_URL: url },
    now: () => new Date('2026-03-12T00:00:00Z'),
    signal: new AbortController().signal,
    print: () => {},
    isTerminal: false,
    writeLog: (line) => lines.push(line),
  });
  return { status, output: lines.join('\n') };
}

describe('migrate by a role that is not a superuser', () => {
  const missing =
    /Only the owner may read personal data, because the role genesys_personal is missing\. Run docs\/roles\.sql/;

  test('and may not create roles says which role it needs, and which one only personal data needs', async () => {
    const url = await databaseOf('plain', 'nocreaterole');
    const refused = await migrateAt(url);
    expect(refused.status).not.toBe(0);
    expect(refused.output).toMatch(/ask an administrator for: create role genesys_reader nologin/);

    await asAdmin('postgres', (client) => client.query('create role genesys_reader nologin'));
    const done = await migrateAt(url);
    expect(done.status, done.output).toBe(0);
    expect(done.output).toMatch(missing);
    await asAdmin('plain_warehouse', async (client) => {
      const { rows } = await client.query(
        `select has_table_privilege('genesys_reader', 'mart.fct_attributes', 'select') as is_open,
             has_table_privilege('genesys_reader', 'mart.fct_conversations', 'select') as is_readable`,
      );
      expect(rows).toEqual([{ is_open: false, is_readable: true }]);
    });
    // The page cannot act as a role that somebody else made for others; the sentence says what is to be done.
    await expect(openReaderPool({ connectionString: url })).rejects.toThrow(/grant genesys_reader to LOGIN/);
    await asAdmin('postgres', (client) => client.query('grant genesys_reader to plain'));
    const { pool, role } = await openReaderPool({ connectionString: url });
    expect(role).toBe('genesys_reader');
    await pool.end();
    await asAdmin('postgres', async (client) => {
      await client.query('drop database plain_warehouse');
      await client.query('drop role genesys_reader');
    });
  });

  test('and may create roles makes both, and can serve the page', async () => {
    const url = await databaseOf('creator', 'createrole');
    const done = await migrateAt(url);
    expect(done.status, done.output).toBe(0);
    expect(done.output).not.toMatch(missing);
    const { pool } = await openReaderPool({ connectionString: url });
    const { rows } = await pool.query('select current_user::text as role, count(*)::int as count from mart.dim_dates');
    expect(rows[0]).toMatchObject({ role: 'genesys_reader' });
    await pool.end();
  });

  test('runs docs/roles.sql as well, twice; what only a superuser may revoke is named', async () => {
    const url = await databaseOf('administrator', 'createrole');
    const notices: string[] = [];
    const { createPool } = await import('../../../src/postgres/connection/pool.js');
    const pool = createPool({ connectionString: url, applicationName: 'psql', max: 1, statementTimeoutMs: 0 });
    pool.on('connect', (client) => client.on('notice', ({ message }) => notices.push(String(message))));
    // The roles of the test before belong to the role that created them.
    await asAdmin('postgres', async (client) => {
      for (const role of ['genesys_reader', 'genesys_personal'])
        await client.query(`grant ${role} to administrator with admin option`);
    });
    await pool.query(rolesScript);
    await pool.query(rolesScript);
    expect(notices.join('\n')).toContain('lo_creat, lo_create and lo_from_bytea stay open to everybody');
    const { rows } = await pool.query(
      `select has_database_privilege('public', current_database(), 'connect') as is_open,
           has_database_privilege('genesys_reader', current_database(), 'connect') as is_readable`,
    );
    expect(rows).toEqual([{ is_open: false, is_readable: true }]);
    await pool.end();
  });
});
