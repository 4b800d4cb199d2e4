import { backOffMs, type Sleep, unlessAborted } from '../../lib/abort.js';
import { asError } from '../../lib/errors.js';
import { type Store, StoreError } from './store.js';

export interface StoreTiming {
  readonly sleep: Sleep;
  /** In [0, 1). */
  readonly random: () => number;
  /** Longest time for one operation, or for a pause within a write. */
  readonly stallMsMax: number;
}

const attemptsMax = 4;

/**
 * Limits every operation in time and retries those that may be repeated. The write of a stream
 * cannot be, because its rows are consumed, so the table's export fails and the next one repeats
 * it.
 */
export function guardedStore(store: Store, timing: StoreTiming, signal: AbortSignal): Store {
  const bounded = <T>(what: string, work: (signal: AbortSignal) => Promise<T>) =>
    repeat(store, what, timing, signal, work);
  return {
    address: store.address,
    read: (path) => bounded(`read ${path}`, (inner) => store.read(path, inner)),
    list: (prefix) => bounded(`list ${prefix}`, (inner) => store.list(prefix, inner)),
    putIfAbsent: (path, bytes) => bounded(`create ${path}`, (inner) => store.putIfAbsent(path, bytes, inner)),
    delete: (path) => bounded(`delete ${path}`, (inner) => store.delete(path, inner)),
    put: (path, bytes) => putWatched(store, path, bytes, timing, signal),
  };
}

async function repeat<T>(
  store: Store,
  what: string,
  { sleep, random, stallMsMax }: StoreTiming,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  for (let failures = 0; ; failures += 1) {
    const limit = AbortSignal.timeout(stallMsMax);
    try {
      const both = AbortSignal.any([signal, limit]);
      return await unlessAborted(work(both), both);
    } catch (error) {
      signal.throwIfAborted();
      const cause = limit.aborted ? new Error(`no answer in ${stallMsMax / 1_000} s`) : asError(error);
      if (error instanceof StoreError || failures + 1 >= attemptsMax) throw failedTo(store, what, cause);
      await sleep(backOffMs(failures, random), signal);
    }
  }
}

function failedTo(store: Store, what: string, cause: Error): Error {
  if (cause instanceof StoreError) return cause;
  return new StoreError(
    `Store ${store.address} failed to ${what} (${cause.message}). Check address, credentials and network; the next export repeats it.`,
    { cause },
  );
}

/** Writes a stream; fails if neither the rows nor the store make progress for too long. */
async function putWatched(
  store: Store,
  path: string,
  bytes: AsyncIterable<Uint8Array>,
  { stallMsMax }: StoreTiming,
  signal: AbortSignal,
): Promise<void> {
  const stalled = new AbortController();
  const both = AbortSignal.any([signal, stalled.signal]);
  const giveUp = () => stalled.abort(new Error(`no progress in ${stallMsMax / 1_000} s`));
  let timer = setTimeout(giveUp, stallMsMax);
  const moved = () => {
    clearTimeout(timer);
    timer = setTimeout(giveUp, stallMsMax);
  };
  try {
    await unlessAborted(store.put(path, watched(bytes, moved), both), both);
  } catch (error) {
    signal.throwIfAborted();
    throw failedTo(store, `write ${path}`, asError(error));
  } finally {
    clearTimeout(timer);
  }
}

async function* watched(bytes: AsyncIterable<Uint8Array>, moved: () => void): AsyncGenerator<Uint8Array> {
  for await (const chunk of bytes) {
    moved();
    yield chunk;
  }
  moved();
}
