import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import pg from 'pg';
import type { TestDatabase } from '../../support/postgres.js';

export const rolesScript = readFileSync(new URL('../../../docs/roles.sql', import.meta.url), 'utf8');

/** A role that logs in, with a session of its own: what it may do is what anybody with its password may. */
export interface Visitor {
  readonly role: string;
  readonly client: pg.Client;
  readonly url: string;
  query(text: string, values?: readonly unknown[]): Promise<pg.QueryResult>;
  /** SQLSTATE, or `allowed`. */
  codeOf(text: string): Promise<string>;
  /** Another session of the same role. */
  again(): Promise<pg.Client>;
  leave(): Promise<void>;
}

/** Somebody with a password and membership in these roles; none: a stranger, who may only connect if everybody may. */
export async function visit(admin: pg.Pool, database: TestDatabase, memberOf: readonly string[]): Promise<Visitor> {
  const role = `visitor_${randomBytes(4).toString('hex')}`;
  const password = randomBytes(12).toString('hex');
  await admin.query(`create role ${role} login password '${password}'`);
  for (const other of memberOf) await admin.query(`grant ${other} to ${role}`);
  const url = new URL(database.url);
  url.username = role;
  url.password = password;
  const again = async () => {
    const client = new pg.Client({ connectionString: url.href, application_name: 'psql' });
    client.on('error', () => {});
    await client.connect();
    return client;
  };
  const client = await again().catch(async (error: unknown) => {
    await admin.query(`drop role ${role}`).catch(() => {});
    throw error;
  });
  return {
    role,
    client,
    url: url.href,
    query: (text, values = []) => client.query(text, [...values]),
    codeOf: (text) =>
      client.query(text).then(
        () => 'allowed',
        (error: { code: string }) => error.code,
      ),
    again,
    leave: async () => {
      await client.end().catch(() => {});
      await admin.query(`drop owned by ${role}`).catch(() => {});
      await admin.query(`drop role ${role}`);
    },
  };
}
