import { migrate } from '../postgres/migrate.js';
import { lockRetryPolicy } from '../postgres/schema/lock-wait.js';
import { type CommandContext, exitDone } from './app/command.js';
import { viewSettings } from './app/open.js';
import { withDatabase } from './app/with-open.js';

export async function migrateCommand(context: CommandContext): Promise<number> {
  return withDatabase(context, async ({ pool, config, log }) => {
    await migrate(pool, viewSettings(config), lockRetryPolicy, log);
    log.info({ timeZone: config.timeZone }, 'Migrations applied, views rebuilt');
    return exitDone;
  });
}
