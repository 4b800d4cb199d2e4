import type { Socket } from 'node:net';
import pg from 'pg';
import { UsageError } from '../../lib/errors.js';
import type { Log } from '../../lib/log.js';
import { describeConnectionError, describeTarget } from './errors.js';
import { noteEnding } from './lost.js';
import { refuseSharedSessions } from './pooler.js';
import { createTrackedPool } from './silence.js';
import { requireEncryption, withTls } from './tls.js';
import { oldestVersion } from './versions.js';

/** Names this program's sessions in `pg_stat_activity`; also the prefix of longer names. */
export const applicationName = 'genesys-warehouse';
export const isOurApplication = (name: string): boolean => name.startsWith(applicationName);

export interface PoolOptions {
  /** A Postgres URL; `withTls` explains its `sslmode` and the default. */
  readonly connectionString: string;
  /** Shown in `pg_stat_activity`. */
  readonly applicationName: string;
  /** Connections: one for each slice in flight, and a few more. */
  readonly max: number;
  /** Longest time for a statement; 0 for no limit. */
  readonly statementTimeoutMs: number;
  /** Longest wait for a connection. */
  readonly connectMs?: number;
  /** Further settings of each connection, run before it is first used. */
  readonly session?: string;
  readonly log?: Log;
}

/**
 * Also the longest wait for a connection of an exhausted pool. A database that does not answer is
 * reported within half a minute.
 */
const connectMsMax = 20_000;
const idleMsMax = 60_000;
const keepAliveAfterMs = 30_000;
/** Longest wait of a statement for locks of others, which the error then names. */
const lockWaitMsMax = 60_000;
/** The server ends a statement earlier; only a silent server or network is waited for until then. */
const silenceMarginMs = 60_000;

/**
 * Lists the settings this program relies on, which override defaults of the role and database. A setting unknown to the server is skipped.
 * The keepalives let the server notice within two minutes that a client's machine is gone, and end the claims that it held.
 */
const sessionSettings: Readonly<Record<string, string>> = {
  TimeZone: 'UTC',
  DateStyle: 'ISO, MDY',
  IntervalStyle: 'postgres',
  client_encoding: 'UTF8',
  search_path: 'pg_catalog, pg_temp',
  standard_conforming_strings: 'on',
  quote_all_identifiers: 'off',
  array_nulls: 'on',
  transform_null_equals: 'off',
  extra_float_digits: '1',
  bytea_output: 'hex',
  default_transaction_isolation: 'read committed',
  check_function_bodies: 'on',
  plan_cache_mode: 'auto',
  idle_session_timeout: '0',
  transaction_timeout: '0',
  idle_in_transaction_session_timeout: '10min',
  tcp_keepalives_idle: '60',
  tcp_keepalives_interval: '10',
  tcp_keepalives_count: '6',
};

/** Type numbers of Postgres, which never change. */
const types = { int8: 20, date: 1082, timestamp: 1114 };

/**
 * Creates a pool whose connections use UTC and read `bigint` as number (as text beyond 2^53),
 * `timestamptz` as Date, and `date` and `timestamp` as text, because a Date would shift them by
 * this machine's zone. `numeric` stays text. Losing a connection never ends the process: its
 * statement fails, and the next one gets a new connection.
 */
export function createPool(options: PoolOptions): pg.Pool {
  const pool = createTrackedPool({
    ...withTls(options.connectionString),
    application_name: options.applicationName,
    max: options.max,
    connectionTimeoutMillis: options.connectMs ?? connectMsMax,
    idleTimeoutMillis: idleMsMax,
    keepAlive: true,
    keepAliveInitialDelayMillis: keepAliveAfterMs,
    types: { getTypeParser } as pg.CustomTypesConfig,
    onConnect: (client) => prepareSession(client, options),
  } as pg.PoolConfig);
  // Without a listener, Node ends the process when a connection breaks: idle ones report to the pool, others to themselves.
  pool.on('error', (error) => options.log?.warn({ error }, 'Idle database connection lost'));
  pool.on('connect', (client) => {
    endWhenSilent(client, options.statementTimeoutMs);
    client.on('error', (error: Error) => {
      noteEnding(client, error);
      options.log?.debug({ error }, 'lost a database connection in use');
    });
  });
  return pool;
}

/**
 * Ends a connection whose server has fallen silent. Otherwise a peer that vanished would be waited
 * for until the system's keepalives expire, and one that acknowledges bytes but never answers (a
 * hung server, a proxy that lost its other side) forever. This concerns only running statements: an
 * idle connection may be silent.
 */
function endWhenSilent(client: pg.PoolClient, statementTimeoutMs: number): void {
  if (statementTimeoutMs === 0) return;
  const { connection } = client as unknown as { connection?: { stream?: Socket } };
  const silentMs = statementTimeoutMs + Math.min(silenceMarginMs, statementTimeoutMs);
  const stream = connection?.stream;
  stream?.setTimeout(silentMs);
  stream?.on('timeout', () => {
    if ((client as unknown as { _activeQuery?: unknown })._activeQuery) {
      stream.destroy(Object.assign(new Error(`no answer for ${silentMs / 1_000} s`), { code: 'ETIMEDOUT' }));
    }
  });
}

/**
 * Checks that the pool's database can be used; `writable` (the default) refuses a standby. Throws a
 * UsageError with the remedy otherwise: server unreachable or too old, wrong password, unknown
 * database, TLS, encoding.
 */
export async function verifyConnection(
  pool: pg.Pool,
  connectionString: string,
  { writable = true }: { readonly writable?: boolean } = {},
): Promise<void> {
  const target = describeTarget(connectionString);
  const { encoding, read_only } = await askServer(pool).catch((error: unknown) => {
    throw describeConnectionError(error, target);
  });
  await refuseSharedSessions(pool, target);
  if (encoding !== 'UTF8') {
    throw new UsageError(`The database at ${target} stores ${encoding}; create one with encoding UTF8`);
  }
  if (writable && read_only) {
    throw new UsageError(`The database at ${target} is read-only (a standby?); point DATABASE_URL at the primary`);
  }
}

async function askServer(pool: pg.Pool): Promise<{ encoding: string; read_only: boolean }> {
  const { rows } = await pool.query<{ encoding: string; read_only: boolean }>(
    `select current_setting('server_encoding') as encoding,
            current_setting('transaction_read_only')::boolean as read_only`,
  );
  if (rows[0] === undefined) throw new Error('the server answered without a row');
  return rows[0];
}

async function prepareSession(client: pg.ClientBase, options: PoolOptions): Promise<void> {
  requireEncryption(client, options.connectionString);
  const { statementTimeoutMs, session = '' } = options;
  const lockTimeoutMs = Math.min(lockWaitMsMax, statementTimeoutMs || lockWaitMsMax);
  const settings = {
    ...sessionSettings,
    statement_timeout: String(Math.trunc(statementTimeoutMs)),
    lock_timeout: String(Math.trunc(lockTimeoutMs)),
  };
  await client.query(
    `select set_config(wanted.name, wanted.value, false)
     from unnest($1::text[], $2::text[]) as wanted (name, value)
     where current_setting(wanted.name, true) is not null`,
    [Object.keys(settings), Object.values(settings)],
  );
  if (session !== '') await client.query(session);
  const { rows } = await client.query(`select current_setting('server_version_num')::integer as version`);
  const version = (rows[0] as { version: number }).version;
  const majorVersion = Math.trunc(version / 10_000);
  if (majorVersion >= oldestVersion) return;
  throw new UsageError(`The database server is Postgres ${majorVersion}; use Postgres ${oldestVersion} or newer`);
}

function getTypeParser(type: number, format?: 'text' | 'binary'): unknown {
  if (format === 'binary') return pg.types.getTypeParser(type, 'binary');
  if (type === types.int8) return safeNumber;
  if (type === types.date || type === types.timestamp) return (text: string) => text;
  return pg.types.getTypeParser(type, 'text');
}

function safeNumber(text: string): number | string {
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : text;
}

/** Sends an empty query to the database; rejects while it is unavailable. */
export async function probeDatabase(pool: pg.Pool): Promise<void> {
  await pool.query('select 1');
}
