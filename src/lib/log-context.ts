import { AsyncLocalStorage } from 'node:async_hooks';

/**
 * Fields added to every line logged during some work, such as the ids of run and slice, which code
 * that logs a request does not know.
 */
export type LogContext = Readonly<Record<string, string>>;

const storage = new AsyncLocalStorage<LogContext>();

/** Runs `work` with these fields added to each log line of it and of everything that it starts. */
export function withLogContext<T>(members: LogContext, work: () => T): T {
  return storage.run({ ...storage.getStore(), ...members }, work);
}

export function logContext(): LogContext {
  return storage.getStore() ?? {};
}
