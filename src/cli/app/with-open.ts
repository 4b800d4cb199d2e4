import { refuseFederation } from '../../postgres/federation/target.js';
import { prepareDatabase } from '../../postgres/migrate.js';
import type { CommandContext } from './command.js';
import { type Opened, type OpenedWithApi, openDatabase, openWithApi, viewSettings } from './open.js';

/** Opens the database as it is for `work` and closes it afterwards. */
export function withDatabase<T>(context: CommandContext, work: (opened: Opened) => Promise<T>): Promise<T> {
  return closing(openDatabase(context), work);
}

/** Opens the database as it is for `work` that needs a warehouse. Throws a UsageError for a federated database. */
export function withWarehouse<T>(context: CommandContext, work: (opened: Opened) => Promise<T>): Promise<T> {
  return withDatabase(context, async (opened) => {
    await refuseFederation(opened.pool);
    return work(opened);
  });
}

/** Opens the database for `work`. An empty or older database is migrated first; views of another build are kept. */
export function withMigratedDatabase<T>(context: CommandContext, work: (opened: Opened) => Promise<T>): Promise<T> {
  return withDatabase(context, async (opened) => {
    await prepareDatabase(opened.pool, viewSettings(opened.config), opened.log);
    return work(opened);
  });
}

/** Opens the database, migrated to this program's schema, and the API for `work`. */
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
