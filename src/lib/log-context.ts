import { AsyncLocalStorage } from 'node:async_hooks';

/** Fields that every line logged during some work carries, such as ids of the run and the slice; code that logs a request does not know these. */
export type LogContext = Readonly<Record<string, string>>;

const storage = new AsyncLocalStorage<LogContext>();

/** Does `work` with these members added to each of its log lines, and to those of everything it starts and awaits. */
export function withLogContext<T>(members: LogContext, work: () => T): T {
  return storage.run({ ...storage.getStore(), ...members }, work);
}

export function logContext(): LogContext {
  return storage.getStore() ?? {};
}
