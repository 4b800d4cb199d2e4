/** Changing relations that others may be reading: waits are short, since every later reader queues behind one, and they are repeated. */
import { setTimeout as pause } from 'node:timers/promises';
import type pg from 'pg';
import { UsageError } from '../../lib/errors.js';
import { secondMs } from '../../lib/interval.js';

export interface LockPatience {
  /** The longest that one attempt waits for locks; no reader is held up by it for longer. */
  readonly waitMsMax: number;
  readonly attemptsMax: number;
  /** Between attempts: whoever queued behind the last one goes first. */
  readonly pauseMs: number;
}

export const lockPatience: LockPatience = { waitMsMax: 2 * secondMs, attemptsMax: 8, pauseMs: 3 * secondMs };

const lockNotAvailable = '55P03';
const blockersShownMax = 3;
const ourSchemas = ['extract', 'genesys', 'mart', 'wrapup'];

export const isLockTimeout = (error: unknown): boolean =>
  (error as { code?: unknown } | null)?.code === lockNotAvailable;

/**
 * Runs `work`, a transaction or several on `client`, with a lock timeout, again after each timeout. When the attempts are used up it throws a
 * UsageError that names who holds the lock. `what` begins its sentence, e.g. `The views cannot be rebuilt`.
 */
export async function withLockRetries<T>(
  client: pg.ClientBase,
  what: string,
  work: (budget: LockBudget) => Promise<T>,
  patience: LockPatience = lockPatience,
): Promise<T> {
  let blockers = '';
  for (let attempt = 1; attempt <= patience.attemptsMax; attempt += 1) {
    await client.query(`set lock_timeout = ${Math.trunc(patience.waitMsMax)}`);
    try {
      return await work(lockBudget(client, patience.waitMsMax));
    } catch (error) {
      if (!isLockTimeout(error)) throw error;
      // Read at once: a second later the culprit may be gone and an innocent reader be there.
      blockers = (await readBlockers(client, patience.waitMsMax)) || blockers;
    } finally {
      await client.query('set lock_timeout = 0').catch(() => {});
    }
    if (attempt < patience.attemptsMax) await pause(patience.pauseMs);
  }
  throw new UsageError(
    `${what}: ${blockers || 'another session'} holds a lock on what is to be changed, also at the last of ${patience.attemptsMax} attempts. Run it again when that is over, or end it with select pg_terminate_backend(PID).`,
  );
}

/** What is left of an attempt's waiting, for transactions that take many locks one after the other. */
export interface LockBudget {
  /** To be called before each statement that may wait: all of them together wait no longer than the attempt may. */
  renew(): Promise<void>;
}

function lockBudget(client: pg.ClientBase, waitMsMax: number): LockBudget {
  const since = performance.now();
  return {
    renew: async () => {
      const left = Math.max(1, Math.trunc(waitMsMax - (performance.now() - since)));
      await client.query(`set local lock_timeout = ${left}`);
    },
  };
}

/** Sessions that have held a lock on one of our relations for at least as long as we waited, the oldest first. */
async function readBlockers(client: pg.ClientBase, waitedMs: number): Promise<string> {
  const { rows } = await client.query<{ pid: number; application: string; role: string; seconds: number | null }>(
    `select activity.pid, activity.application_name as application, activity.usename as role,
         extract(epoch from clock_timestamp() - activity.xact_start)::float8 as seconds
     from pg_stat_activity as activity
     where activity.datname = current_database() and activity.pid <> pg_backend_pid()
         and (activity.xact_start is null or activity.xact_start <= clock_timestamp() - $1 * interval '1 millisecond')
         and exists (
             select from pg_locks as held join pg_class as relation on relation.oid = held.relation
             join pg_namespace as schema on schema.oid = relation.relnamespace
             where held.pid = activity.pid and held.granted and schema.nspname = any($2)
         )
     order by activity.xact_start nulls last limit ${blockersShownMax}`,
    [waitedMs, ourSchemas],
  );
  return rows.map(described).join(' and ');
}

function described({
  pid,
  application,
  role,
  seconds,
}: {
  readonly pid: number;
  readonly application: string;
  readonly role: string;
  readonly seconds: number | null;
}): string {
  const since = seconds === null ? '' : `, since ${Math.round(seconds)} s`;
  return `session ${pid} (application "${application}", role ${role}${since})`;
}
