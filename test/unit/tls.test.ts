import { describe, expect, test } from 'vitest';
import { UsageError } from '../../src/lib/errors.js';
import { describeConnectionError, describeTarget } from '../../src/postgres/connection/errors.js';
import { mustEncrypt, withTls } from '../../src/postgres/connection/tls.js';

const remote = 'postgres://app@db.example.com/x';
const verified = { connectionString: `${remote}?sslmode=verify-full` };

describe('TLS', () => {
  test.each([remote, 'postgres:///x?host=10.0.0.7', 'postgres://app@postgres/x'])(
    'a server on another machine must prove its name: %s',
    (connectionString) => {
      const { connectionString: given, ssl } = withTls(connectionString);
      expect(ssl).toBeUndefined();
      expect(new URL(given as string).searchParams.get('sslmode')).toBe('verify-full');
      expect(mustEncrypt(connectionString)).toBe(true);
    },
  );

  test.each([
    'postgres://app@localhost/x',
    'postgres://app@127.0.0.1:5433/x',
    'postgres://app@[::1]/x',
    'postgres:///x',
    'postgres:///x?host=%2Fvar%2Frun%2Fpostgresql',
    'postgres://app@localhost/x?sslmode=&sslrootcert=',
    'postgres://app@localhost/x?sslnegotiation=postgres',
  ])('a server on this machine is spoken to without: %s', (connectionString) => {
    expect(withTls(connectionString).ssl).toBe(false);
    expect(mustEncrypt(connectionString)).toBe(false);
  });

  test.each([
    'sslnegotiation=postgres',
    'sslrootcert=',
    'sslcert=',
    'sslkey=',
    'sslmode=',
    'ssl=',
    'ssl',
    'ssl=true',
    'sslmode=require',
    'sslmode=prefer',
    'sslmode=verify-ca',
    'sslmode=verify-full',
    'sslrootcert=system',
    'sslmode=require&uselibpqcompat=',
  ])('no parameter that says nothing of the kind turns it off or weakens it: %s', (parameter) => {
    const { connectionString, ssl } = withTls(`${remote}?${parameter}`);
    expect(ssl).toBeUndefined();
    expect(new URL(connectionString as string).searchParams.get('sslmode')).toBe('verify-full');
  });

  test('only disable turns it off, only no-verify takes any certificate', () => {
    expect(withTls(`${remote}?sslmode=disable`)).toEqual({ connectionString: remote, ssl: false });
    expect(withTls(`${remote}?sslmode=no-verify`)).toEqual({ connectionString: `${remote}?sslmode=no-verify` });
    expect(withTls(`${remote}?sslmode=verify-full`)).toEqual(verified);
    const file = withTls(`${remote}?sslrootcert=%2Fca.pem`).connectionString as string;
    expect(new URL(file).searchParams.get('sslrootcert')).toBe('/ca.pem');
  });

  test.each([
    'ssl=false',
    'ssl=yes',
    'ssl=disable',
    'sslmode=REQUIRE',
    'sslmode=allow',
    'sslmode=on',
    'sslnegotiation=x',
  ])('a word that is not known is refused in one sentence: %s', (parameter) => {
    expect(() => withTls(`${remote}?${parameter}`)).toThrow(UsageError);
    expect(() => withTls(`${remote}?${parameter}`)).toThrow(/in DATABASE_URL is not known\. Use /);
  });
});

describe('the target in a message', () => {
  test('names host, port, database and user, never the password', () => {
    expect(describeTarget('postgres://app:hush@db.example.com/ware%20house?sslmode=require')).toBe(
      'db.example.com:5432/ware house as app',
    );
    expect(describeTarget('postgres:///x?host=%2Frun&port=6432&user=me&password=hush')).toBe('/run:6432/x as me');
  });

  test('an error that nobody foresaw comes back as it is', () => {
    const error = new Error('odd');
    expect(describeConnectionError(error, 'db')).toBe(error);
  });
});
