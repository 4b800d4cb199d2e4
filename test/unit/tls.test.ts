import { describe, expect, test } from 'vitest';
import { describeConnectionError, describeTarget } from '../../src/postgres/connection/errors.js';
import { withTls } from '../../src/postgres/connection/tls.js';

describe('TLS', () => {
  test.each(['postgres://app@db.example.com/x', 'postgres:///x?host=10.0.0.7', 'postgres://app@postgres/x'])(
    'a server on another machine must prove its name: %s',
    (connectionString) => expect(withTls(connectionString)).toEqual({ connectionString, ssl: true }),
  );

  test.each([
    'postgres://app@localhost/x',
    'postgres://app@127.0.0.1:5433/x',
    'postgres://app@[::1]/x',
    'postgres:///x',
    'postgres:///x?host=%2Fvar%2Frun%2Fpostgresql',
  ])('a server on this machine is spoken to without: %s', (connectionString) => {
    expect(withTls(connectionString)).toEqual({ connectionString, ssl: false });
  });

  test.each(['disable', 'no-verify', 'verify-full'])('sslmode=%s is left to the driver', (mode) => {
    const connectionString = `postgres://app@db.example.com/x?sslmode=${mode}`;
    expect(withTls(connectionString)).toEqual({ connectionString });
  });

  test.each(['sslmode=require', 'sslmode=prefer', 'sslrootcert=system'])('%s verifies fully', (parameter) => {
    expect(withTls(`postgres://app@db/x?${parameter}`)).toEqual({
      connectionString: 'postgres://app@db/x?sslmode=verify-full',
    });
  });

  test("libpq's own meaning is left alone where it is asked for", () => {
    const connectionString = 'postgres://app@db/x?sslmode=require&uselibpqcompat=true';
    expect(withTls(connectionString)).toEqual({ connectionString });
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
