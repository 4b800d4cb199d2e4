import { afterAll, beforeAll, expect, test } from 'vitest';
import { sendRows } from '../../src/postgres/connection/copy.js';
import { migratedDatabase, type TestDatabase, testPool } from '../support/postgres.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await migratedDatabase();
});
afterAll(() => database.drop());

const megabyte = 1024 * 1024;

/** Rows without end that the server refuses at the first look, while megabytes of them are still on their way. */
function* refused(count: number) {
  const bytes = Buffer.alloc(megabyte, 0x7f);
  for (let index = 0; index < count; index += 1) yield { bytes, start: 0, end: bytes.length };
}

test('what the server refuses in the middle of a COPY is an error of that COPY, and the connection serves on', async () => {
  const pool = testPool(database.url);
  const client = await pool.connect();
  try {
    for (const size of [1, 2, 5, 20, 3, 40]) {
      await expect(sendRows(client, 'extract.status_days', refused(size))).rejects.toMatchObject({ code: '22P04' });
      expect((await client.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
    }
  } finally {
    client.release();
    await pool.end();
  }
});

test('a connection that is cut in the middle of a COPY is an error of that COPY', async () => {
  const pool = testPool(database.url);
  pool.on('error', () => {});
  try {
    for (let round = 0; round < 5; round += 1) {
      const client = await pool.connect();
      client.on('error', () => {});
      const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
      const sent = sendRows(client, 'extract.status_days', refused(200));
      await Promise.all([
        expect(sent).rejects.toThrow(),
        pool.query('select pg_terminate_backend($1)', [rows[0]?.pid]),
      ]);
      client.release(true);
    }
  } finally {
    await pool.end();
  }
});
