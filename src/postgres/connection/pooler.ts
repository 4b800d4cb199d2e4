/** Refuses a pooler that lends a server connection for one transaction at a time: claims and settings would stay behind on it. */
import type pg from 'pg';
import { UsageError } from '../../lib/errors.js';

/** Each holds a server connection of the pooler, so that the first client's own is lent to one of them. */
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
    // What the server itself said when the connection was made; a pooler says something of its own.
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
