import { Kysely, PostgresDialect } from 'kysely';
import type pg from 'pg';
import type { Database } from '../ledger/tables.js';

export type Db = Kysely<Database>;

export function kyselyOnPool(pool: pg.Pool): Db {
  return new Kysely<Database>({ dialect: new PostgresDialect({ pool }) });
}

/**
 * Creates a Kysely on one checked-out client, so that its statements join that client's
 * transaction. It closes nothing: the caller keeps the client.
 */
export function kyselyOnClient(client: pg.PoolClient): Db {
  const connection = { query: client.query.bind(client), release: () => {} };
  const pool = { connect: async () => connection, end: async () => {} };
  return new Kysely<Database>({ dialect: new PostgresDialect({ pool: pool as never }) });
}
