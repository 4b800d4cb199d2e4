export interface CachedOptions {
  /** Age from which a value is read again. */
  readonly keepMs: number;
  /** Time that a caller waits for a new value before it gets the previous one. */
  readonly waitMsMax: number;
  /** Monotonic clock, in milliseconds. */
  readonly clockMs: () => number;
}

export interface Known<T> {
  /** The latest value; absent before the first. */
  readonly value?: T;
  readonly ageMs: number | null;
  /** The error that prevented a newer one. */
  readonly error?: Error;
}

/**
 * Limits concurrent reads: one read serves all callers, and callers that would wait too long get
 * the latest known value.
 */
export function cached<T>(read: () => Promise<T>, options: CachedOptions): () => Promise<Known<T>> {
  let last: { readonly value: T; readonly atMs: number } | undefined;
  let error: Error | undefined;
  let pending: Promise<void> | undefined;
  const refresh = async () => {
    try {
      const value = await read();
      last = { value, atMs: options.clockMs() };
      error = undefined;
    } catch (thrown) {
      error = thrown instanceof Error ? thrown : new Error(String(thrown));
    } finally {
      pending = undefined;
    }
  };
  return async () => {
    if (last !== undefined && error === undefined && options.clockMs() - last.atMs < options.keepMs) {
      return { value: last.value, ageMs: options.clockMs() - last.atMs };
    }
    pending ??= refresh();
    const isLate = await isOverAfter(pending, options.waitMsMax);
    const fault = isLate ? new Error(`no answer within ${options.waitMsMax} ms`) : error;
    return {
      ...(last !== undefined && { value: last.value }),
      ageMs: last === undefined ? null : options.clockMs() - last.atMs,
      ...(fault !== undefined && { error: fault }),
    };
  };
}

async function isOverAfter(work: Promise<void>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(true), ms);
  });
  try {
    return await Promise.race([work.then(() => false), late]);
  } finally {
    clearTimeout(timer);
  }
}
