import { migrate } from '../postgres/migrate.js';
import { type CommandContext, exitDone } from './app/command.js';
import { openDatabase, viewSettings } from './app/open.js';

export async function migrateCommand(context: CommandContext): Promise<number> {
  const opened = await openDatabase(context);
  try {
    await migrate(opened.pool, viewSettings(opened.config));
    opened.log.info({ timeZone: opened.config.timeZone }, 'The database is at this version, its views are rebuilt');
    return exitDone;
  } finally {
    await opened.close();
  }
}
