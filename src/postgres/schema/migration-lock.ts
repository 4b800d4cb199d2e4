/** One program at a time migrates a database. The lock is on a table that only the owner of the schemas can lock. */
import { setTimeout as pause } from 'node:timers/promises';
import type pg from 'pg';
import { UsageError } from '../../lib/errors.js';
import { minuteMs, secondMs } from '../../lib/interval.js';
import type { Log } from '../../lib/log.js';
import { describeSessions, gateHolders, isLockTimeout } from '../connection/holders.js';
import { closeGate, gates } from '../connection/locks.js';

/** An upgrade that fills tables from years of facts takes long; nobody else is held up by those who wait for it. */
const waitMsMax = 20 * minuteMs;
const sayEveryMs = 10 * secondMs;
const creationsMax = 50;
const creationPauseMs = 100;
/** SQLSTATE of what another session creates at the same time: unique key, schema, table. */
const concurrentCreation = ['23505', '42P06', '42P07'];

/** Throws when the connection that holds the lock was lost. To be asked between two steps. */
export type StillLocked = () => void;

/**
 * Does `work` while no other program migrates. The lock lies on a connection of its own in an open transaction that has no snapshot
 * and no transaction id, so that it holds up no vacuum. Throws a UsageError that names the holder when that one does not end.
 */
export async function withMigrationLock<T>(
  pool: pg.Pool,
  work: (stillLocked: StillLocked) => Promise<T>,
  log?: Log,
): Promise<T> {
  const client = await pool.connect();
  let lost: Error | undefined;
  const onError = (error: Error) => {
    lost = error;
  };
  client.on('error', onError);
  const stillLocked = () => {
    if (lost !== undefined) throw new Error(`The migration lost its lock: ${lost.message}`, { cause: lost });
  };
  try {
    await createLockTable(client);
    await client.query('begin');
    await waitForLock(client, log);
    return await work(stillLocked);
  } finally {
    await client.query('rollback').catch(() => {});
    client.off('error', onError);
    client.release(lost);
  }
}

/** Makes what the migrator would, which it does only when it runs. Twenty programs may start at once on an empty database. */
async function createLockTable(client: pg.ClientBase): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    const { rows } = await client.query('select to_regclass($1) is not null as "isThere"', [gates.migrations]);
    if (rows[0].isThere) return;
    try {
      await client.query(
        `create schema if not exists extract;
         create table if not exists ${gates.migrations} (
             id varchar(255) primary key, is_locked integer not null default 0
         );
         insert into ${gates.migrations} (id) values ('migration_lock') on conflict do nothing`,
      );
    } catch (error) {
      if (attempt >= creationsMax || !concurrentCreation.includes((error as { code?: string }).code ?? '')) throw error;
      await pause(creationPauseMs);
    }
  }
}

async function waitForLock(client: pg.ClientBase, log: Log | undefined): Promise<void> {
  const sinceMs = performance.now();
  await client.query('set local idle_in_transaction_session_timeout = 0');
  for (;;) {
    await client.query(`savepoint waiting; set local lock_timeout = ${sayEveryMs}`);
    try {
      await closeGate(client, 'migrations');
      return;
    } catch (error) {
      if (!isLockTimeout(error)) throw error;
      await client.query('rollback to savepoint waiting');
    }
    const holders = describeSessions(await gateHolders(client, 'migrations')) || 'Another session';
    if (performance.now() - sinceMs >= waitMsMax)
      throw new UsageError(
        `The database cannot be migrated: ${holders} has been migrating it for ${waitMsMax / minuteMs} minutes. Run it again when that is over, or end it with select pg_terminate_backend(PID).`,
      );
    log?.info(`Waiting for the migration of ${holders}`);
  }
}
