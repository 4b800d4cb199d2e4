import type { Socket } from 'node:net';
import pg from 'pg';
import { pause } from '../../lib/abort.js';
import { asError, withCode } from '../../lib/errors.js';
import { secondMs } from '../../lib/interval.js';

export interface SilenceLimits {
  /** Time between two probes. */
  readonly everyMs: number;
  /** Limit of the time for an answer, on an open connection and once more on a new one. */
  readonly answerMsMax: number;
}

/** Shorter wait for the connections that a run opens at its end, once the server has fallen silent. */
const connectMsAfterSilence = 2 * secondMs;

/** All clients of each pool, including those that are still connecting. */
const clientsOf = new WeakMap<pg.Pool, Set<pg.Client>>();

/** Returns a pool of `options` whose connections `watchSilence` can end. */
export function createTrackedPool(options: pg.PoolConfig): pg.Pool {
  const clients = new Set<pg.Client>();
  class TrackedClient extends pg.Client {
    constructor(config?: pg.ClientConfig) {
      super(config);
      clients.add(this);
      this.once('end', () => clients.delete(this));
    }
  }
  const pool = new pg.Pool({ ...options, Client: TrackedClient });
  clientsOf.set(pool, clients);
  const connectMs = options.connectionTimeoutMillis;
  // The server answers again.
  pool.on('connect', () => Object.assign(pool.options, { connectionTimeoutMillis: connectMs }));
  return pool;
}

/**
 * Probes a server at intervals with an empty query on the one connection of `probe`. If it does not
 * answer, not even on a new connection (it is frozen, or the network drops everything), the
 * connections of `pools` are ended, so that no statement waits for its own limit of minutes. An
 * error counts as an answer, because the callers of `pools` meet it as well. Returns a function
 * that stops the watch.
 */
export function watchSilence(
  probe: pg.Pool,
  pools: () => readonly pg.Pool[],
  limits: SilenceLimits,
): () => Promise<void> {
  const stopping = new AbortController();
  void watch(probe, pools, limits, stopping.signal);
  return async () => {
    stopping.abort();
    cutConnections(probe);
    await probe.end();
  };
}

async function watch(
  probe: pg.Pool,
  pools: () => readonly pg.Pool[],
  { everyMs, answerMsMax }: SilenceLimits,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    await pause(everyMs, signal);
    if (signal.aborted || !(await isSilent(probe, answerMsMax, signal))) continue;
    const message = `no answer for ${(2 * answerMsMax) / secondMs} s`;
    for (const pool of [...pools(), probe]) cutConnections(pool, withCode('ETIMEDOUT', message));
  }
}

function cutConnections(pool: pg.Pool, error?: Error): void {
  pool.options.connectionTimeoutMillis = connectMsAfterSilence;
  for (const client of clientsOf.get(pool) ?? [])
    (client as unknown as { readonly connection: { readonly stream: Socket } }).connection.stream.destroy(error);
}

/**
 * Returns true if two probes fail. The second uses a new connection, because the pool drops the one
 * that did not answer.
 */
async function isSilent(probe: pg.Pool, answerMsMax: number, signal: AbortSignal): Promise<boolean> {
  for (let attempt = 0; attempt < 2; attempt += 1) {
    const answer = await ask(probe, answerMsMax);
    if (answer !== 'silent' || signal.aborted) return false;
  }
  return true;
}

const silentWords = /^Query read timeout|^timeout e|due to connection timeout$/;

async function ask(probe: pg.Pool, answerMsMax: number): Promise<'answered' | 'failed' | 'silent'> {
  try {
    await probe.query({ text: 'select 1', query_timeout: answerMsMax } as pg.QueryConfig);
    return 'answered';
  } catch (thrown) {
    return silentWords.test(asError(thrown).message) ? 'silent' : 'failed';
  }
}
