import { minuteMs, secondMs } from './interval.js';

const delayMsFirst = secondMs;
const delayMsMax = minuteMs;

/** Before the next try after so many failures in a row: doubling, and each installation a part of it of its own, so that not all come back at once. */
export function backOffMs(failures: number, random: () => number): number {
  const delayMs = Math.min(delayMsMax, delayMsFirst * 2 ** Math.min(failures, 16));
  return Math.round(delayMs * (0.5 + random() / 2));
}

/** Resolves after `ms`, or as soon as the signal aborts. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done, { once: true });
  });
}
