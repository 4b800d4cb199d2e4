import { AsyncLocalStorage } from 'node:async_hooks';

/** What every line written during some work carries, such as the run's and the slice's id, whoever writes it: a request's report has no log of the slice. */
export type LogContext = Readonly<Record<string, string>>;

const storage = new AsyncLocalStorage<LogContext>();

/** Does `work` with these members added to each of its log lines, and to those of everything it starts and awaits. */
export function withLogContext<T>(members: LogContext, work: () => T): T {
  return storage.run({ ...storage.getStore(), ...members }, work);
}

export function logContext(): LogContext {
  return storage.getStore() ?? {};
}
