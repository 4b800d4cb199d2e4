import { migrate } from '../../postgres/migrate.js';
import type { CommandContext } from './command.js';
import { type Opened, type OpenedWithApi, openDatabase, openWithApi, viewSettings } from './open.js';

/** Opens the database as it is for `work`, and closes it however that ends. */
export function withDatabase<T>(context: CommandContext, work: (opened: Opened) => Promise<T>): Promise<T> {
  return closing(openDatabase(context), work);
}

/** Opens the database, brings it to this program's schema and does `work` on it. */
export function withMigratedDatabase<T>(context: CommandContext, work: (opened: Opened) => Promise<T>): Promise<T> {
  return withDatabase(context, async (opened) => {
    await migrate(opened.pool, viewSettings(opened.config));
    return work(opened);
  });
}

/** Opens the database, brought to this program's schema, and the API for `work`. */
export function withApi<T>(context: CommandContext, work: (opened: OpenedWithApi) => Promise<T>): Promise<T> {
  return closing(openWithApi(context), work);
}

async function closing<O extends Opened, T>(opening: Promise<O>, work: (opened: O) => Promise<T>): Promise<T> {
  const opened = await opening;
  try {
    return await work(opened);
  } finally {
    await opened.close();
  }
}
