import { setMaxListeners } from 'node:events';
import { minuteMs, secondMs } from './interval.js';

/**
 * Creates one signal that follows several. `unlink` must be called, because long-lived signals
 * would retain every finished call.
 */
export function linkSignals(
  sources: readonly (AbortSignal | undefined)[],
  timeout?: { readonly ms: number; readonly reason: () => Error },
): { readonly signal: AbortSignal; unlink(): void } {
  const controller = new AbortController();
  const follow = (event: Event) => controller.abort((event.target as AbortSignal).reason);
  const timer = timeout && setTimeout(() => controller.abort(timeout.reason()), timeout.ms);
  for (const source of sources) {
    if (!source) continue;
    if (source.aborted) controller.abort(source.reason);
    // Every call follows this signal; Node would report more than ten listeners as a leak.
    setMaxListeners(0, source);
    source.addEventListener('abort', follow, { once: true });
  }
  const unlink = () => {
    clearTimeout(timer);
    for (const source of sources) source?.removeEventListener('abort', follow);
  };
  return { signal: controller.signal, unlink };
}

export type Sleep = (ms: number, signal?: AbortSignal) => Promise<void>;

/** Resolves after `ms`, or rejects with the signal's reason when that aborts first. */
export function sleepFor(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const abort = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', abort);
      resolve();
    }, ms);
    signal?.addEventListener('abort', abort, { once: true });
  });
}

/** Awaits `promise`; rejects with the signal's reason when that aborts first, without cancelling `promise`. */
export async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  let abort = () => {};
  const aborted = new Promise<never>((_, reject) => {
    abort = () => reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

/** Resolves after `ms`, or as soon as the signal aborts. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return sleepFor(ms, signal).catch(() => {});
}

/** Resolves when the signal aborts. */
export function waitForAbort(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}

const delayMsFirst = secondMs;
const delayMsMax = minuteMs;

/**
 * Returns the delay after so many consecutive failures: doubling, with jitter, so that not all
 * installations retry at once.
 */
export function backOffMs(failures: number, random: () => number): number {
  const delayMs = Math.min(delayMsMax, delayMsFirst * 2 ** Math.min(failures, 16));
  return Math.round(delayMs * (0.5 + random() / 2));
}
