import pg from 'pg';
import { UsageError } from '../../lib/errors.js';
import type { Log } from '../../lib/log.js';
import { describeConnectionError, describeTarget } from '../connection/errors.js';
import { createPool } from '../connection/pool.js';

export interface ReaderPoolOptions {
  readonly connectionString: string;
  /** The role to read as; chosen by `readingRole` where absent. */
  readonly role?: string;
  readonly log?: Log;
}

export interface ReaderPool {
  readonly pool: pg.Pool;
  readonly role: string;
}

/** Few, so that the page cannot exhaust the extractor's processors or connections. */
const connectionsMax = 4;
const statementTimeoutMs = 10_000;
/** Limit of the time that a file may wait for a slow client between two parts. */
const idleMsMax = 60_000;
const readerRole = 'genesys_reader';

/**
 * Opens the pool of the page: every connection is read-only and assumes the role before it is used.
 * Throws a UsageError where the marts are missing or the login may not read as that role.
 */
export async function openReaderPool(options: ReaderPoolOptions): Promise<ReaderPool> {
  const role = options.role ?? (await readingRole(options.connectionString));
  const pool = createPool({
    connectionString: options.connectionString,
    applicationName: 'genesys-warehouse dashboard',
    max: connectionsMax,
    statementTimeoutMs,
    session: sessionOf(role),
    ...(options.log !== undefined && { log: options.log }),
  });
  try {
    await pool.query('select from mart.dim_queues limit 0');
    return { pool, role };
  } catch (error) {
    await pool.end();
    throw describeRefusal(error, role, options.connectionString);
  }
}

/**
 * Returns the default role of the page: a login that sees schema genesys (owner, writer, superuser)
 * reads as genesys_reader; any other login reads as itself, so that its own division access
 * applies.
 */
async function readingRole(connectionString: string): Promise<string> {
  const pool = createPool({
    connectionString,
    applicationName: 'genesys-warehouse dashboard',
    max: 1,
    statementTimeoutMs,
  });
  try {
    const { rows } = await pool.query<{ login: string; sees_all: boolean | null }>(
      `select current_user as login,
           (select has_schema_privilege(oid, 'usage') from pg_namespace where nspname = 'genesys') as sees_all`,
    );
    const [found] = rows;
    return found === undefined || found.sees_all !== false ? readerRole : found.login;
  } catch (error) {
    throw describeConnectionError(error, describeTarget(connectionString));
  } finally {
    await pool.end();
  }
}

function sessionOf(role: string): string {
  return `set default_transaction_read_only = on;
    set idle_in_transaction_session_timeout = ${idleMsMax};
    set jit = off;
    set max_parallel_workers_per_gather = 1;
    set role ${pg.escapeIdentifier(role)};`;
}

function describeRefusal(thrown: unknown, role: string, connectionString: string): Error {
  const target = describeTarget(connectionString);
  const error = thrown as Error & { code?: string };
  if (error.code === '42P01' || error.code === '3F000')
    return new UsageError(`The database at ${target} has no marts yet. Run genesys-warehouse migrate.`, {
      cause: error,
    });
  if (error.code === '22023')
    return new UsageError(
      `The role ${role} does not exist at ${target}. Run genesys-warehouse migrate, or correct GENESYS_WAREHOUSE_DASHBOARD_ROLE.`,
      { cause: error },
    );
  if (error.code === '42501')
    return new UsageError(
      `The login of ${target} may not read schema mart as ${role} (${error.message}). Make it a member of that role: grant ${role} to LOGIN.`,
      { cause: error },
    );
  return describeConnectionError(error, target);
}
