import { describe, expect, test } from 'vitest';
import { describeLoss } from '../../src/postgres/connection/lost.js';

const coded = (code: string, message: string) => Object.assign(new Error(message), { code });

describe('a database that fails underneath a run', () => {
  test.each([
    [coded('57P01', 'terminating connection due to administrator command'), 'The connection to the database was lost'],
    [coded('ECONNRESET', 'read ECONNRESET'), 'The connection to the database was lost'],
    [new Error('Connection terminated unexpectedly'), 'The connection to the database was lost'],
    [coded('53100', 'could not extend file "base/1/2": No space left on device'), 'The disk of the database is full'],
    [coded('ECONNREFUSED', 'connect ECONNREFUSED 127.0.0.1:5432'), 'The database cannot be reached'],
  ])('is described in one sentence with what happens to the work: %s', (error, begin) => {
    const text = describeLoss(error);
    expect(text).toBe(
      `${begin} (${error.message}). Unstored data stays pending; the next run resumes from the last checkpoint.`,
    );
  });

  test('is found behind the slice that met it, which stays named', () => {
    const cause = coded('57P01', 'terminating connection');
    const error = new Error('conversations 2026-01-01 could not be stored: terminating connection', { cause });
    expect(describeLoss(error)).toMatch(
      /^conversations 2026-01-01 could not be stored: the connection to the database was lost \(terminating connection\)\. /,
    );
  });

  test('is found by the driver’s own words where it gives no code', () => {
    const cause = new Error('Client has encountered a connection error and is not queryable');
    const error = new Error(`queue_aggregates 2026-01-01 could not be stored: ${cause.message}`, { cause });
    expect(describeLoss(error)).toMatch(
      /^queue_aggregates 2026-01-01 could not be stored: the connection to the database was lost \(Client has/,
    );
  });

  test('is not what every other error is', () => {
    expect(describeLoss(coded('42P01', 'relation "x" does not exist'))).toBeUndefined();
    expect(describeLoss(new TypeError('x is undefined'))).toBeUndefined();
  });
});
