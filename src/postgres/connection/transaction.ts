import pg from 'pg';
import { describeSessions, isLockTimeout, longHolders } from './holders.js';
import { endsSession, reasonOf } from './lost.js';

/** Runs `work` in one transaction of its own connection; any error rolls everything back and is rethrown. */
export function inTransaction<T>(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  return onConnection(pool, (client) => transactionOn(client, () => work(client)));
}

/** Runs `work` on a connection of its own, which is closed if an error may have left it in an unknown state. */
export async function onConnection<T>(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    return await work(client);
  } catch (thrown) {
    const error = reasonOf(client, thrown);
    if (!isUsableAfter(error)) broken = error as Error;
    throw error;
  } finally {
    client.release(broken);
  }
}

/** Only an error that Postgres itself reported, and that did not end the session, leaves a connection that may be used again. */
const isUsableAfter = (error: unknown): boolean => error instanceof pg.DatabaseError && !endsSession(error);

/**
 * Yields what `read` yields in one read transaction on its own connection, e.g. the batches of a
 * cursor. The transaction ends with the iteration, even if the consumer stops early or throws.
 */
export async function* streamTransaction<T>(
  pool: pg.Pool,
  read: (client: pg.PoolClient) => AsyncGenerator<T>,
): AsyncGenerator<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query('begin');
    yield* read(client);
  } catch (error) {
    if (!isUsableAfter(error)) broken = error as Error;
    throw reasonOf(client, error);
  } finally {
    // Nothing was written, so a rollback loses nothing and is correct after an error as well.
    await client.query('rollback').catch((error: Error) => {
      broken = error;
    });
    client.release(broken);
  }
}

/**
 * Runs `work` in a transaction on a connection that the caller holds, e.g. because a claim ends
 * with it. After a lock timeout the error names the holders.
 */
export async function transactionOn<T>(client: pg.PoolClient, work: () => Promise<T>): Promise<T> {
  try {
    await client.query('begin');
    const result = await work();
    await client.query('commit');
    return result;
  } catch (thrown) {
    const error = reasonOf(client, thrown);
    // The server has already rolled back a lost connection; its error must not hide the first one.
    await client.query('rollback').catch(() => {});
    if (isLockTimeout(error)) await nameHolders(client, error as Error);
    throw error;
  }
}

/** Adds the holders of the lock to the error, at once because they may be gone a moment later. */
async function nameHolders(client: pg.PoolClient, error: Error): Promise<void> {
  const { rows } = await client.query<{ waitedMs: number }>(
    `select extract(epoch from current_setting('lock_timeout')::interval)::float8 * 1000 as "waitedMs"`,
  );
  const holders = await longHolders(client, rows[0]?.waitedMs ?? 0, { withReaders: false });
  if (holders.length > 0) error.message += `; held by ${describeSessions(holders)}`;
}
