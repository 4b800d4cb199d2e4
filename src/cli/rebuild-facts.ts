import { rebuildFacts } from '../postgres/derived/rebuild.js';
import { migrate } from '../postgres/migrate.js';
import { type CommandContext, exitDone } from './app/command.js';
import { openDatabase, viewSettings } from './app/open.js';

/** Works the stored facts out anew from what was pulled. Never needed in the ordinary run of things: whoever doubts them runs it. */
export async function rebuildFactsCommand(context: CommandContext): Promise<number> {
  const opened = await openDatabase(context);
  try {
    await migrate(opened.pool, viewSettings(opened.config));
    await rebuildFacts(opened.pool, ({ from }) =>
      opened.log.info({ month: from.toISOString().slice(0, 7) }, 'The facts of a month are rebuilt'),
    );
    return exitDone;
  } finally {
    await opened.close();
  }
}
