import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import type pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { OutageError, UsageError } from '../../src/lib/errors.js';
import { createPool, verifyConnection } from '../../src/postgres/connection/pool.js';
import { createDatabase, type TestDatabase } from '../support/postgres.js';

let database: TestDatabase;
const pools: pg.Pool[] = [];
const servers: Server[] = [];

beforeAll(async () => {
  database = await createDatabase();
});
afterEach(async () => {
  await Promise.all(pools.splice(0).map((pool) => pool.end()));
  for (const server of servers.splice(0)) server.close();
});
afterAll(() => database.drop());

function open(connectionString = database.url, statementTimeoutMs = 0): pg.Pool {
  const pool = createPool({ connectionString, applicationName: 'pool test', max: 2, statementTimeoutMs });
  pools.push(pool);
  return pool;
}

function changed(change: (url: URL) => void): string {
  const url = new URL(database.url);
  change(url);
  return url.href;
}

const errorOf = (connectionString: string): Promise<unknown> =>
  verifyConnection(open(connectionString), connectionString).catch((fault: unknown) => fault);

/** The sentence about a mistake of configuration. */
async function faultOf(connectionString: string): Promise<string> {
  const error = await errorOf(connectionString);
  expect(error).toBeInstanceOf(UsageError);
  return (error as Error).message;
}

/** The sentence about a database that may be back in a minute. */
async function outageOf(connectionString: string): Promise<string> {
  const error = await errorOf(connectionString);
  expect(error).toBeInstanceOf(OutageError);
  return (error as Error).message;
}

async function listen(onConnection: (socket: Socket) => void): Promise<number> {
  const server = createServer(onConnection);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

describe('a server that goes silent', () => {
  test('is given up some time after any statement should have ended; an idle connection may be silent', async () => {
    const target = Number(new URL(database.url).port || 5432);
    let isSilent = false;
    const port = await listen((client) => {
      const server = connect(target, '127.0.0.1');
      server.on('data', (chunk) => isSilent || client.write(chunk));
      client.on('data', (chunk) => server.write(chunk));
      for (const socket of [client, server]) socket.on('error', () => {});
      client.on('close', () => server.destroy());
    });
    const pool = open(
      changed((url) => Object.assign(url, { host: `127.0.0.1:${port}` })),
      200,
    );
    await pool.query('select 1');
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect((await pool.query('select 2 as two')).rows).toEqual([{ two: 2 }]);
    isSilent = true;
    await expect(pool.query('select 3')).rejects.toMatchObject({ code: 'ETIMEDOUT' });
  });
});

describe('values', () => {
  test('a bigint is a number, or text beyond what a number holds', async () => {
    const { rows } = await open().query(
      `select 5000000000::bigint as big, -9007199254740991::bigint as least, 9007199254740993::bigint as beyond`,
    );
    expect(rows).toEqual([{ big: 5_000_000_000, least: -9_007_199_254_740_991, beyond: '9007199254740993' }]);
  });

  test('an instant is a Date, a local day or time is text that no zone has moved', async () => {
    const { rows } = await open().query(
      `select '2026-03-29 01:30+01'::timestamptz as at, '2026-03-29'::date as day, '2026-03-29 02:30'::timestamp as local,
              '0.10'::numeric as share`,
    );
    expect(rows).toEqual([
      { at: new Date('2026-03-29T00:30:00Z'), day: '2026-03-29', local: '2026-03-29 02:30:00', share: '0.10' },
    ]);
  });

  test('a session keeps UTC and ISO dates, whatever the database has as its defaults', async () => {
    const name = new URL(database.url).pathname.slice(1);
    await open().query(
      `alter database ${name} set time zone 'Asia/Tokyo'; alter database ${name} set datestyle to 'German'`,
    );
    const { rows } = await open().query(`select current_setting('TimeZone') as zone, now() as now`);
    expect(rows[0].zone).toBe('UTC');
    expect(Number.isNaN(rows[0].now.getTime())).toBe(false);
  });
});

test('a session sets everything that it depends on, whatever the database has as its defaults', async () => {
  const name = new URL(database.url).pathname.slice(1);
  const defaults = {
    standard_conforming_strings: 'off',
    quote_all_identifiers: 'on',
    array_nulls: 'off',
    transform_null_equals: 'on',
    lock_timeout: '50ms',
    idle_session_timeout: '500ms',
    idle_in_transaction_session_timeout: '500ms',
    search_path: 'public',
    extra_float_digits: '-15',
    IntervalStyle: 'iso_8601',
    bytea_output: 'escape',
    default_transaction_isolation: 'serializable',
  };
  for (const [setting, value] of Object.entries(defaults))
    await open().query(`alter database ${name} set ${setting} to '${value}'`);
  const { rows } = await open(database.url, 600_000).query(
    'select name, current_setting(name) as value from unnest($1::text[]) as name',
    [Object.keys(defaults)],
  );
  expect(Object.fromEntries(rows.map((row) => [row.name, row.value]))).toEqual({
    standard_conforming_strings: 'on',
    quote_all_identifiers: 'off',
    array_nulls: 'on',
    transform_null_equals: 'off',
    lock_timeout: '1min',
    idle_session_timeout: '0',
    idle_in_transaction_session_timeout: '10min',
    search_path: 'pg_catalog, pg_temp',
    extra_float_digits: '1',
    IntervalStyle: 'postgres',
    bytea_output: 'hex',
    default_transaction_isolation: 'read committed',
  });
});

describe('resilience', () => {
  test('a connection that the server cuts off fails its statement only; the pool stays usable', async () => {
    const pool = open();
    const client = await pool.connect();
    const { rows } = await client.query('select pg_backend_pid() as pid');
    await pool.query('select pg_terminate_backend($1)', [rows[0].pid]);
    const error: unknown = await client.query('select 1').catch((fault) => fault);
    expect(error).toBeInstanceOf(Error);
    // A connection that failed goes back with its error, or the pool would hand it out again.
    client.release(error as Error);
    expect((await pool.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
  });

  test('an idle connection that the server cuts off is replaced', async () => {
    const pool = open();
    const lost = new Promise((resolve) => pool.once('error', resolve));
    const { rows } = await pool.query('select pg_backend_pid() as pid');
    await open().query('select pg_terminate_backend($1)', [rows[0].pid]);
    await lost;
    expect((await pool.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
  });

  test('a statement that runs longer than allowed is ended', async () => {
    await expect(open(database.url, 50).query('select pg_sleep(20)')).rejects.toMatchObject({ code: '57014' });
  });
});

describe('a connection that cannot be used is explained in one sentence', () => {
  test('nobody listens', async () => {
    const port = await listen(() => {});
    await new Promise((resolve) => servers.pop()?.close(resolve));
    expect(await outageOf(`postgres://app:hush@127.0.0.1:${port}/x`)).toMatch(
      /^The database at 127\.0\.0\.1:\d+\/x as app refuses connections \(.*\); check the host and port/,
    );
  });

  test('the server restarts, with and without a port', async () => {
    expect(await outageOf('postgres://app:hush@localhost/x?host=/absent')).toMatch(/^No server listens on the socket/);
    const fields = 'SFATAL\0C57P03\0Mthe database system is starting up\0\0';
    const length = Buffer.alloc(4);
    length.writeInt32BE(fields.length + 4);
    const refusal = Buffer.concat([Buffer.from('E'), length, Buffer.from(fields)]);
    const port = await listen((socket) => socket.once('data', () => socket.end(refusal)).on('error', () => {}));
    expect(await outageOf(`postgres://app:hush@127.0.0.1:${port}/x`)).toMatch(/is starting up or shutting down/);
  });

  test('the host name is unknown', async () => {
    expect(await faultOf('postgres://app:hush@no-such-host.invalid/x')).toMatch(/host name/);
  });

  test('the password is wrong', async () => {
    // Not the run's own server, which may trust everybody.
    const fields = 'SFATAL\0C28P01\0Mpassword authentication failed for user "app"\0\0';
    const length = Buffer.alloc(4);
    length.writeInt32BE(fields.length + 4);
    const refusal = Buffer.concat([Buffer.from('E'), length, Buffer.from(fields)]);
    const port = await listen((socket) => socket.once('data', () => socket.end(refusal)).on('error', () => {}));
    const message = await faultOf(`postgres://app:hush-hush@127.0.0.1:${port}/x`);
    expect(message).toMatch(/refuses the user name or password \(password authentication failed for user "app"\)/);
    expect(message).not.toMatch(/hush/);
  });

  test('the database does not exist', async () => {
    expect(
      await faultOf(
        changed((url) => {
          url.pathname = '/absent';
        }),
      ),
    ).toMatch(/\/absent as \S+ does not exist/);
  });

  test('the database is read-only', async () => {
    expect(
      await faultOf(
        changed((url) => {
          url.searchParams.set('options', '-c default_transaction_read_only=on');
        }),
      ),
    ).toMatch(/is read-only/);
  });

  test('the server does not support TLS', async () => {
    // The server's answer to a request for TLS is one byte: N.
    const port = await listen((socket) => socket.once('data', () => socket.end('N')).on('error', () => {}));
    expect(await faultOf(`postgres://app:hush@127.0.0.1:${port}/x?sslmode=require`)).toMatch(
      /does not support TLS.*sslmode=disable/,
    );
  });

  test('a certificate file is missing', async () => {
    expect(await faultOf('postgres://app@127.0.0.1/x?sslrootcert=/absent/ca.pem')).toMatch(
      /^\/absent\/ca\.pem is missing/,
    );
  });

  test('the role may not create what it has to', async () => {
    const { describeConnectionError } = await import('../../src/postgres/connection/errors.js');
    const admin = open();
    const role = `limited_${process.pid}`;
    await admin.query(`create role ${role}`);
    const client = await admin.connect();
    try {
      await client.query(`set role ${role}`);
      const refused: unknown = await client.query('create schema not_allowed').catch((error) => error);
      expect(describeConnectionError(refused, 'db:5432/x as app').message).toMatch(
        /permission denied.*owns the database/,
      );
    } finally {
      await client.query('reset role');
      client.release();
      await admin.query(`drop role ${role}`);
    }
  });
});
