/**
 * Waiting for locks on relations that others may be reading: waits are short, because every later
 * reader queues behind one, and they are retried.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type pg from 'pg';
import { UsageError } from '../../lib/errors.js';
import { secondMs } from '../../lib/interval.js';
import { describeSessions, isLockTimeout, longHolders } from '../connection/holders.js';
import { withSettings } from '../connection/settings.js';

export interface LockPatience {
  /** Longest wait of one attempt for locks, and thus the longest delay of a reader. */
  readonly waitMsMax: number;
  readonly attemptsMax: number;
  /** Pause between attempts, in which sessions that queued behind the last one proceed. */
  readonly pauseMs: number;
}

export const lockRetryPolicy: LockPatience = { waitMsMax: 2 * secondMs, attemptsMax: 8, pauseMs: 3 * secondMs };

/**
 * Runs `work`, a transaction or several on `client`, with a lock timeout, again after each timeout. When the attempts are used up it throws a
 * UsageError that names who holds the lock. `what` begins its sentence, e.g. `The views cannot be rebuilt`.
 */
export async function withLockRetries<T>(
  client: pg.ClientBase,
  what: string,
  work: (budget: LockBudget) => Promise<T>,
  patience: LockPatience = lockRetryPolicy,
): Promise<T> {
  const waitMsMax = Math.trunc(patience.waitMsMax);
  return withSettings(client, { lock_timeout: String(waitMsMax) }, async () => {
    let holders = '';
    for (let attempt = 1; attempt <= patience.attemptsMax; attempt += 1) {
      try {
        return await work(lockBudget(client, waitMsMax));
      } catch (error) {
        if (!isLockTimeout(error)) throw error;
        // Read at once: a second later the holder may be gone and another reader be there.
        holders = describeSessions(await longHolders(client, waitMsMax, { withReaders: true })) || holders;
      }
      if (attempt < patience.attemptsMax) await pause(patience.pauseMs);
    }
    throw new UsageError(
      `${what}: ${holders || 'another session'} still holds a conflicting lock after ${patience.attemptsMax} attempts. Run it again when that is over, or end it with select pg_terminate_backend(PID).`,
    );
  });
}

/** Holds the remaining waiting time of an attempt, for transactions that take many locks one after the other. */
export interface LockBudget {
  /** Must be called before each statement that may wait: all of them together wait no longer than one attempt may. */
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
