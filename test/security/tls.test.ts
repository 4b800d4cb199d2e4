import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { UsageError } from '../../src/lib/errors.js';
import { createPool, verifyConnection } from '../../src/postgres/connection/pool.js';
import { requireEncryption } from '../../src/postgres/connection/tls.js';
import { createDatabase, type TestDatabase, testPool } from '../support/postgres.js';
import { authorityFile, startTlsProxy, type TlsBehaviour, type TlsProxy } from '../support/tls-proxy.js';

/** Tests what a server on another machine, or an attacker in between, may try; the pool is the program's own. */
let database: TestDatabase;
let proxy: TlsProxy | undefined;

beforeAll(async () => {
  database = await createDatabase();
});
afterEach(async () => {
  await proxy?.close();
  proxy = undefined;
});
afterAll(() => database.drop());

/** Returns the outcome of connecting: `connected`, or the sentence that a person reads. */
async function connectThrough(behaviour: TlsBehaviour, parameters: string): Promise<string> {
  proxy = await startTlsProxy(database.url, behaviour);
  const connectionString = `${proxy.url}?${parameters}`;
  const pool = createPool({ connectionString, applicationName: 'tls test', max: 2, statementTimeoutMs: 10_000 });
  try {
    await verifyConnection(pool, connectionString);
    return 'connected';
  } catch (error) {
    expect(error).toBeInstanceOf(UsageError);
    return (error as Error).message;
  } finally {
    await pool.end();
  }
}

const trusting = `sslrootcert=${encodeURIComponent(authorityFile)}`;

describe('a server on another machine', () => {
  test.each([trusting, `${trusting}&sslmode=verify-full`, `${trusting}&sslmode=prefer`, 'sslmode=no-verify'])(
    'that speaks TLS and proves its address is used, encrypted: %s',
    async (parameters) => {
      expect(await connectThrough('tls', parameters)).toBe('connected');
      expect(proxy?.encrypted()).toBeGreaterThan(0);
      expect(proxy?.clearBytes()).toBe(0);
    },
  );

  test('whose authority nobody named is refused', async () => {
    expect(await connectThrough('tls', '')).toMatch(/certificate of an unknown authority.*sslrootcert=FILE/);
  });

  test('that proves another name is refused, also where that name is localhost', async () => {
    expect(await connectThrough('tls of another host', trusting)).toMatch(/certificate for another host name/);
  });

  test.each([
    '',
    trusting,
    'sslmode=prefer',
    'sslmode=no-verify',
    'sslmode=',
    'sslrootcert=',
    'sslcert=',
    'ssl',
    'sslnegotiation=postgres',
  ])('that says it has no TLS gets no user name and no password: %s', async (parameters) => {
    expect(await connectThrough('no tls', parameters)).toMatch(/does not support TLS.*sslmode=disable/);
    expect(proxy?.clearBytes()).toBe(0);
  });

  test.each([trusting, 'sslmode=no-verify'])(
    'that promises TLS and continues without gets nothing either: %s',
    async (parameters) => {
      expect(await connectThrough('broken promise', parameters)).toMatch(/breaks off the TLS handshake/);
      expect(proxy?.clearBytes()).toBe(0);
    },
  );
});

test('whatever the driver made of the parameters, a connection that must be encrypted and is not is given up', async () => {
  const pool = testPool(database.url);
  const client = await pool.connect();
  try {
    expect(() => requireEncryption(client, database.url)).not.toThrow();
    expect(() => requireEncryption(client, 'postgres://app:hush@db.example.com/x')).toThrow(
      /^The connection to db\.example\.com:5432\/x as app is not encrypted\. Enable TLS there, or add sslmode=disable/,
    );
  } finally {
    client.release();
    await pool.end();
  }
});
