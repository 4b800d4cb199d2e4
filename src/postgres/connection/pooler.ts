/** Refuses a pooler in transaction mode, because claims and settings would stay on the shared server connection. */
import type pg from 'pg';
import { UsageError } from '../../lib/errors.js';

/** Each holds a server connection of the pooler, so that one of them gets the first client's. */
const othersMax = 3;

/**
 * Throws a UsageError when different clients meet on one server connection. Without a pooler, or with one in session mode, each client
 * keeps its own.
 */
export async function refuseSharedSessions(pool: pg.Pool, target: string): Promise<void> {
  const client = await pool.connect();
  const others: pg.PoolClient[] = [];
  try {
    const pid = await serverPid(client);
    // The process id that the server itself reported when the connection was opened; a pooler
    // reports one of its own.
    if (pid === (client as unknown as { processID: number }).processID) return;
    while (others.length < othersMax) {
      const other = await pool.connect();
      others.push(other);
      const isShared = await other.query('begin').then(
        async () => (await serverPid(other)) === pid,
        () => true,
      );
      if (isShared) throw sharedSessions(target);
    }
    if ((await serverPid(client)) !== pid) throw sharedSessions(target);
  } finally {
    for (const other of others) {
      await other.query('rollback').catch(() => {});
      other.release();
    }
    client.release();
  }
}

async function serverPid(client: pg.ClientBase): Promise<number> {
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
  return rows[0]?.pid as number;
}

function sharedSessions(target: string): UsageError {
  return new UsageError(
    `The database at ${target} is behind a connection pooler in transaction or statement mode, which shares sessions. Use the pooler's session mode, or the address of the server itself.`,
  );
}
