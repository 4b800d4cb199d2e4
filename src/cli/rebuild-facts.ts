import { rebuildFacts } from '../postgres/derived/rebuild.js';
import { type CommandContext, exitDone } from './app/command.js';
import { withMigratedDatabase } from './app/with-open.js';

/**
 * Recomputes the stored facts from what was pulled. Not needed in normal operation; useful when the
 * facts are in doubt.
 */
export async function rebuildFactsCommand(context: CommandContext): Promise<number> {
  return withMigratedDatabase(context, async (opened) => {
    await rebuildFacts(opened.pool, ({ from }) =>
      opened.log.info({ month: from.toISOString().slice(0, 7) }, 'Facts rebuilt'),
    );
    return exitDone;
  });
}
