import { type CommandContext, exitDone } from './app/command.js';
import { withMigratedDatabase } from './app/with-open.js';

export async function migrateCommand(context: CommandContext): Promise<number> {
  return withMigratedDatabase(context, async (opened) => {
    opened.log.info({ timeZone: opened.config.timeZone }, 'The database is at this version, its views are rebuilt');
    return exitDone;
  });
}
